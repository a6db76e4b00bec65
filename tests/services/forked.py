"""Our programs in processes of their own, forked from one that has loaded them already: loading is most of what a short command takes.

Each gets arguments, environment, directory and streams as after an exec, and ends at the latest with the test run that started it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import IO, Any

from app.bootstrap import end_with_parent

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(
    ["app.cli", "app.adapters.exchange", "workers.__main__", "celery.bin.worker", __name__]
)


def fork(
    main: Callable[[], None],
    arguments: Sequence[str],
    environment: Mapping[str, str],
    directory: Path,
    out: IO[Any] | None = None,
    err: IO[Any] | None = None,
) -> ForkServerProcess:
    """Start `main` as the program of `arguments`, the first of which is its name; at the head of a process group of its own.

    `main` is importable by name. A stream that is not given is nowhere (`out`), or the tests' own (`err`).
    """
    streams = [stream and DupFd(stream.fileno()) for stream in (out, err)]
    process = _PROCESSES.Process(target=_become, args=(main, arguments, environment, directory, streams))
    process.start()
    return process


def together(work: Callable[..., None], *each: Sequence[Any]) -> list[int | None]:
    """Carry `work` out once for each of these arguments, all at once in processes of their own; their exit codes.

    `work` is importable by name.
    """
    processes = [_PROCESSES.Process(target=work, args=arguments) for arguments in each]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


def _become(
    main: Callable[[], None],
    arguments: Sequence[str],
    environment: Mapping[str, str],
    directory: Path,
    streams: Sequence[Any],
) -> None:
    os.setsid()
    end_with_parent(os.getppid(), signal.SIGKILL)
    out, err = streams
    os.dup2(out.detach() if out else os.open(os.devnull, os.O_WRONLY), 1)
    if err:
        os.dup2(err.detach(), 2)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = list(arguments)
    try:
        main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()

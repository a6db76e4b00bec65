"""What becomes of a command's result and errors. Errors made on purpose are sentences on standard error, without a traceback."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import ParamSpec

import typer

from app.cli.exits import Exit
from app.errors import BadInput, WiceSyncError

_P = ParamSpec("_P")


def handled(command: Callable[_P, Exit | None]) -> Callable[_P, None]:
    """`command` for typer: its exit code is what it returns, or what its error means."""

    @functools.wraps(command)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> None:
        raise typer.Exit(_code(lambda: command(*args, **kwargs)))

    return run


def _code(command: Callable[[], Exit | None]) -> Exit:
    try:
        return command() or Exit.DONE
    except BadInput as error:
        _say(*error.problems)
        return Exit.USAGE
    except WiceSyncError as error:
        _say(str(error))
    except (typer.Abort, KeyboardInterrupt):
        _say("Interrupted. What was done is recorded; the next run goes on from there.")
    except BrokenPipeError:
        # Whoever read the output has seen enough; the interpreter must not try to flush the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.FAILED


def _say(*lines: str) -> None:
    for line in lines:
        sys.stderr.write(f"wice-sync: {line}\n")

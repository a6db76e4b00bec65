"""One sandbox server in a process of its own, for tests."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sandbox.serving import Seed, Side

TODAY = date(2026, 11, 23)


@contextmanager
def running(side: Side, *, seed: Seed = "empty", people: int = 3, imports: Sequence[Path] = ()) -> Iterator[str]:
    """The address of a server that answers, such as "http://127.0.0.1:40123"; it is stopped at the end."""
    command = [sys.executable, "-m", "sandbox.serving", side, "--port", "0", "--seed", seed, "--people", str(people)]
    command += ["--today", TODAY.isoformat(), *(part for file in imports for part in ("--import", str(file)))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin
        assert server.stdout
        try:
            yield f"http://127.0.0.1:{json.loads(server.stdout.readline())['port']}"
        finally:
            server.stdin.close()
            server.wait(10)

"""The embedded broker of an installation, as `wice-sync up` starts it: with it the servers' budgets are where they are in production."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from app.adapters.queue import broker_command
from app.settings import Settings

_PATIENCE_S: Final = 10.0


@contextmanager
def broker(home: Path) -> Iterator[None]:
    """Runs for the block. Raises: RuntimeError if it does not come up."""
    settings = Settings(home=home)
    process = subprocess.Popen(broker_command(settings), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = monotonic() + _PATIENCE_S
        while not settings.broker_socket.exists():
            if process.poll() is not None or monotonic() > until:
                raise RuntimeError("the embedded broker does not start")
            sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)

"""A child process that does not outlive its parent, even if that is killed. On Linux; elsewhere children end with a parent that ends in order."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def end_with_parent(parent: int, sign: signal.Signals = signal.SIGTERM) -> None:
    """Have the system send `sign` to this process when its parent, of the pid `parent`, dies. Survives exec. Source: prctl(2)."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(sign))
    if os.getppid() != parent:
        # It died before it could be watched.
        os.kill(os.getpid(), sign)

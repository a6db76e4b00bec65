"""What a process has used so far."""

from __future__ import annotations

from pathlib import Path


def memory_kb() -> int:
    """Resident memory of the calling process now, in KB. Source: proc(5), VmRSS."""
    return _told("VmRSS:")


def peak_kb() -> int:
    """The most it ever was. Source: proc(5), VmHWM; unlike getrusage(2)'s, it does not begin with what the parent had."""
    return _told("VmHWM:")


def _told(name: str) -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))

"""Who holds a lease: a process, named so that another process of the same machine can tell whether it still lives.

The text is `<machine>:<pid>:<start>`. The machine is host name, boot and process id name space, for containers may share a host name; the
start time (clock ticks since boot) tells a process from a later one of the same pid. Source: proc(5), /proc/pid/stat fields 3 and 22.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

_PROC = Path("/proc")


def this_process() -> str:
    """The holder's name of the calling process."""
    return name_of(os.getpid())


def name_of(pid: int) -> str:
    """The holder's name of a process of this machine."""
    return f"{_machine()}:{pid}:{_start(pid)}"


def is_dead(holder: str) -> bool:
    """Is it certain that this holder is no more? Never certain for another machine, nor where the system does not say."""
    machine, _, process = holder.partition(":")
    pid, _, start = process.partition(":")
    if machine != _machine() or not pid.isdecimal() or not (_PROC / "self" / "stat").exists():
        return False
    return _start(int(pid)) != start


def _machine() -> str:
    return f"{socket.gethostname()}/{_boot()}/{_name_space()}"


def _boot() -> str:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()[:8]
    except OSError:
        return ""


def _name_space() -> str:
    try:
        return (_PROC / "self/ns/pid").readlink().name.strip("pid:[]")
    except OSError:
        return ""


def _start(pid: int) -> str:
    """Start time of a process; "" if there is none, or only its remains that nobody has collected yet."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    # The second field is the command in brackets and may hold anything, so count from its end.
    state, *rest = stat.rpartition(")")[2].split()
    return "" if state in "ZX" else rest[18]

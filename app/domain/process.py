"""The processes of an installation: who is alive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

BEATS_EVERY: Final = timedelta(seconds=10)
"""How often a process gives a sign of life."""

SILENT_AFTER: Final = timedelta(seconds=45)
"""Who gave none for so long counts as dead: four beats, for a database may be slow once."""


class ProcessKind(StrEnum):
    """What a process is for."""

    PORTAL = "portal"
    WORKER = "worker"
    SCHEDULER = "scheduler"
    LISTENER = "listener"


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process that is alive. `seen`: its last sign of life."""

    kind: ProcessKind
    host: str
    pid: int
    version: str
    started: datetime
    seen: datetime

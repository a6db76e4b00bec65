"""Signs of life of this installation's processes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.domain.process import Process, ProcessKind


class Processes(Protocol):
    """One row per process, in the database that all of them share."""

    def beat(self, kind: ProcessKind, version: str, pid: int = 0) -> None:
        """A sign of life of the process `pid` of this machine, 0 for the calling one. Raises: Retry."""
        ...

    def leave(self, pid: int = 0) -> None:
        """It ends in order. Raises: Retry."""
        ...

    def alive(self) -> Sequence[Process]:
        """By kind, then the longest running first. Raises: Retry."""
        ...

    def forget_the_dead(self) -> None:
        """Rows of processes that have been silent for a day."""
        ...

"""What was learnt of a server in one run and need not be asked again in the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol


class Learnt(Protocol):
    """Yes and no by name, per server; known only as long as the server's settings are those under which it was learnt, and for a day."""

    def recall(self, server: str, settings: str, now: datetime) -> Mapping[str, bool]:
        """What is known; nothing if it is too old or was learnt under other settings."""
        ...

    def keep(self, server: str, settings: str, facts: Mapping[str, bool], now: datetime) -> None:
        """Remember `facts` instead of all that was known."""
        ...

    def forget(self, server: str) -> None:
        """The server has contradicted it."""
        ...


class Memory(Protocol):
    """What one session knows of its server from before, and what it leaves to the next."""

    def recall(self) -> Mapping[str, bool]:
        """What is known."""
        ...

    def keep(self, facts: Mapping[str, bool]) -> None:
        """Remember `facts` instead."""
        ...

    def forget(self) -> None:
        """The server has contradicted it."""
        ...


class NoMemory:
    """Everything is found out anew."""

    def recall(self) -> Mapping[str, bool]:
        """Nothing."""
        return {}

    def keep(self, facts: Mapping[str, bool]) -> None:
        """Nobody asks later."""

    def forget(self) -> None:
        """Nothing is known."""

"""Hints that something has changed at a server. They only bring forward what the schedule would do anyway; what they miss, the schedule finds."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from app.domain.ids import ProfileId


class Hints(Protocol):
    """Marks profiles as due. The same hint twice is one; a profile that was just synchronised rests for a moment first.

    Profiles without a schedule, and those that are not active, stay as they are: nobody wants them to run by themselves.
    """

    def changed(self, profiles: Collection[ProfileId]) -> int:
        """Something has changed for these profiles; how many of them are due sooner by that."""
        ...

    def changed_in_wice(self, server: str, users: Collection[str] | None) -> int:
        """Something has changed for these users of a Wice server, None for all of them; as `changed`. Raises: NotFound (server)."""
        ...

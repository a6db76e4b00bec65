"""Where the options of the whole server are kept."""

from __future__ import annotations

from typing import Protocol

from app.domain.options import Options
from app.domain.people import Actor


class OptionStore(Protocol):
    """One set of options."""

    def read(self) -> Options:
        """The options in force: those that were set, defaults for the others."""
        ...

    def replace(self, seen: Options, wanted: Options, by: Actor) -> bool:
        """Set all that differs, written down in the audit log; True if anything does. Raises: Superseded if they are not as `seen` any more."""
        ...

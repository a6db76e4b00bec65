"""What an administrator sets for the whole server, as opposed to the environment's settings, which whoever installs it decides on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of the whole server, all with a sensible value from the start."""

    organisation: str = ""
    """Shown in the portal's head, "" for none."""
    language: str = "en"
    """Of users and visitors whose browser asks for none that the portal speaks: "de" or "en"."""
    time_zone: str = "Europe/Berlin"
    """Of users who have not chosen one; IANA."""
    session_idle_hours: int = 8
    """A session that was not used for so long ends."""
    session_days: int = 7
    """A session ends after so many days, used or not."""

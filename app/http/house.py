"""What every answer says of the whole server: how it stands with the licence (R39), and its options. Looked up every few seconds, not every time."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Final

from app.domain.licence import LicenceStatus
from app.domain.options import Options
from app.errors import WiceSyncError
from app.ports.options import OptionStore
from app.services.licences import Licences

FRESH_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Known:
    """`licence` is None as long as the database is out of reach."""

    licence: LicenceStatus | None
    options: Options


class House:
    """One per process, used by all its threads."""

    def __init__(self, licences: Licences, options: OptionStore) -> None:
        self._licences = licences
        self._options = options
        self._last: tuple[float, Known] | None = None

    def known(self) -> Known | None:
        """What was looked up in the last few seconds."""
        last = self._last
        return last[1] if last and monotonic() - last[0] < FRESH_S else None

    def look(self) -> Known:
        """Look it up."""
        at = monotonic()
        try:
            known = Known(self._licences.status(), self._options.read())
        except WiceSyncError:
            # Whoever is asked for something will say it; the page about that needs a language and a zone all the same.
            return Known(None, Options())
        self._last = (at, known)
        return known

    def forget(self) -> None:
        """It was changed here: the next page shows it."""
        self._last = None

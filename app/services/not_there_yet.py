"""The folder that an analysis without a licence would have created (R25, R38): empty. Its lists leave no trace that the real one would continue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from app.domain.ids import ItemId
from app.domain.sync import Absence, Absent, Found, Item, Kind, Page, Side
from app.domain.writes import Create, Outcome, Write
from app.errors import Halt, HaltCode
from app.ports import Known


class NotThereYet:
    """`app.ports.Store` of a folder that does not exist."""

    side: Final = Side.EXCHANGE

    def __init__(self, kind: Kind) -> None:
        self.kind: Final = kind

    def changes(self, cursor: str | None, known: Known) -> Iterator[Page]:
        """Nothing, and no cursor: the first list of the real folder is an inventory."""
        del cursor, known
        yield Page(sightings=(), cursor=None, inventory=True, last=True)

    def unchanged(self, cursor: str, *, children: bool) -> bool:
        """There is nothing to compare with."""
        del cursor, children
        return False

    def look_ahead(self, cursor: str | None) -> None:
        """There is nobody to ask."""

    def fetch(self, ids: Sequence[ItemId]) -> Iterator[Found]:
        """Nothing is there."""
        return (Absent(item, Absence.DELETED) for item in ids)

    def write(self, writes: Sequence[Write]) -> Iterator[Outcome]:
        """Raises: Halt; what executes a plan has asked for the licence before."""
        raise Halt(HaltCode.LICENCE, f"{len(writes)} items cannot be written to a folder that does not exist")

    def resume(self, creations: Sequence[Create]) -> Iterator[Item | None]:
        """Nothing was ever created here."""
        return (None for _ in creations)

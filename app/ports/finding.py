"""How *explain* looks items up in the books. Reads only; needs no lease (R41)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from app.domain.finding import BookEntry, Happened, Hit
from app.domain.ids import ItemId, ProfileId
from app.domain.run import Run
from app.domain.sync import Kind, Side


class Finder(Protocol):
    """The books of all profiles, by names. Words are folded (`app.domain.terms.words_of`), all of them must occur."""

    def profiles(self, limit: int) -> Sequence[str]:
        """account/name of the first profiles by name, to propose."""
        ...

    def search(self, words: Sequence[str], limit: int) -> Sequence[Hit]:
        """Items of all profiles, at most `limit`; what is synchronised now comes before what was."""
        ...

    def entries(self, profile: ProfileId, words: Sequence[str], limit: int) -> Sequence[BookEntry]:
        """Items of one profile."""
        ...

    def entry(self, profile: ProfileId, kind: Kind, key: str) -> BookEntry | None:
        """One item by its link's id or `<side>:<item id>`; None if the books do not know it."""
        ...

    def of_items(self, profile: ProfileId, kind: Kind, side: Side, ids: Collection[ItemId]) -> Sequence[BookEntry]:
        """What the books hold of these items of one server; a former link only where no other is known."""
        ...

    def latest(self, profile: ProfileId) -> Run | None:
        """The newest run of a profile that has ended."""
        ...

    def timeline(self, profile: ProfileId, entry: BookEntry) -> Sequence[Happened]:
        """Every write about an item, oldest first."""
        ...

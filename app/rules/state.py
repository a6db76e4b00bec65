"""What the engine has found out about one side, as the planner sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.fingerprint import Record
from app.domain.ids import ItemId
from app.domain.plan import Seen
from app.domain.sync import Absence, Change, End, Held, Item, Link, Side


@dataclass(frozen=True, kw_only=True)
class SideView:
    """One side of one kind. Linked items that are in none of the maps are unchanged.

    `items` and `held` were read in this run; `gone` is proven absence (the server was asked for the id), `remains` what the server still holds
    of such items. `parked` are items that were held by earlier runs and have not changed since. `size` counts what exists. `unlisted` counts
    linked items that a complete list left out although the server still has them; `doubtful` those whose absence needs a second run as a witness,
    for now they count as unchanged (R42). `aged` counts linked items that this side's list does not name any more because they have left the
    window (R20).
    """

    side: Side
    items: Mapping[ItemId, Item] = field(default_factory=dict)
    held: Mapping[ItemId, Held] = field(default_factory=dict)
    gone: Mapping[ItemId, Absence] = field(default_factory=dict)
    remains: Mapping[ItemId, Record] = field(default_factory=dict)
    parked: Sequence[Seen] = ()
    size: int = 0
    unlisted: int = 0
    doubtful: int = 0
    aged: int = 0

    def change(self, end: End) -> Change:
        """State of a linked item since its last sync: the version only says "look", the fingerprint decides (R3)."""
        if end.id in self.gone:
            return Change.GONE
        item = self.items.get(end.id)
        return Change.EDITED if item is not None and item.fingerprint != end.fingerprint else Change.SAME


def end_of(item: Item) -> End:
    """The end of a link that this item is."""
    return End(id=item.id, version=item.version, fingerprint=item.fingerprint, certain=item.certain)


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One linked item with both sides' present states. An item is None when it is gone, or unchanged and not read."""

    link: Link
    wice: Item | None
    exchange: Item | None
    wice_change: Change
    exchange_change: Change
    wice_absence: Absence | None = None
    wice_remains: Record | None = None
    exchange_absence: Absence | None = None

    def item(self, side: Side) -> Item | None:
        """The item on `side`."""
        return self.wice if side is Side.WICE else self.exchange

    def change(self, side: Side) -> Change:
        """The state on `side`."""
        return self.wice_change if side is Side.WICE else self.exchange_change

    def end(self, side: Side) -> End:
        """The end as it is now: as read, else as remembered."""
        item = self.item(side)
        return end_of(item) if item else self.link.end(side)

    @classmethod
    def of(cls, link: Link, wice: SideView, exchange: SideView) -> Pair:
        """Look a link up in both views."""
        return cls(
            link=link,
            wice=wice.items.get(link.wice.id),
            exchange=exchange.items.get(link.exchange.id),
            wice_change=wice.change(link.wice),
            exchange_change=exchange.change(link.exchange),
            wice_absence=wice.gone.get(link.wice.id),
            wice_remains=wice.remains.get(link.wice.id),
            exchange_absence=exchange.gone.get(link.exchange.id),
        )

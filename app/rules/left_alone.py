"""What was undone stays as it is until somebody edits it on either side; only then the normal rules apply again (R33).

An active link needs nothing for that: each end has its own fingerprint, and neither side has changed. What an undo has left without a partner is
known by its former link: `ended`, `undone`, and the item still has the content of its end. Neither a complete list nor a moved version releases
it (R42).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from app.domain.ids import ItemId
from app.domain.plan import Hint, HintReason
from app.domain.sync import Item, Link, Side
from app.rules.state import SideView

Alone = Mapping[ItemId, Link]
"""Items that are left alone, with their former links."""


def memory(links: Iterable[Link]) -> list[Link]:
    """The former links that leave something alone."""
    return [link for link in links if link.ended and link.undone]


def left_alone(links: Sequence[Link], views: Iterable[SideView]) -> Alone:
    """The items of these views that an undo has left without a partner and that nobody has edited since."""
    former = memory(links)
    if not former:
        return {}
    linked = {link.end(side).id for link in links if not link.ended for side in Side}
    return {
        item.id: link
        for view in views
        for link in former
        if (item := view.items.get(link.end(view.side).id)) and item.id not in linked and is_as_left(link, view)
    }


def is_as_left(link: Link, view: SideView) -> bool:
    """Does this end of a former link still have the content that the undo left or met?"""
    item = view.items.get(link.end(view.side).id)
    return item is not None and item.fingerprint == link.end(view.side).fingerprint


def reunited(wice: Sequence[Item], exchange: Sequence[Item], alone: Alone) -> list[tuple[Item, Item]]:
    """Pairs (Wice, Exchange) of one that is left alone and its former partner, which somebody has brought back."""
    ours = {item.id: item for item in wice}
    theirs = {item.id: item for item in exchange}
    stamped = {item.stamp.link: item for item in exchange if item.stamp}
    pairs: list[tuple[Item, Item]] = []
    for link in {link.id: link for link in alone.values()}.values():
        one, other = ours.get(link.wice.id), theirs.get(link.exchange.id) or stamped.get(link.id)
        if one and other and theirs.pop(other.id, None):
            pairs.append((ours.pop(one.id), other))
    return pairs


def hints(links: Iterable[Link], busy: frozenset[str]) -> list[Hint]:
    """One for each link whose last write was undone and about which nothing is planned (`busy`: keys of the plan's actions)."""
    return [
        Hint(HintReason.UNDONE, link.label, Side.EXCHANGE, link.exchange.id)
        for link in links
        if link.undone and not link.ended and link.id not in busy
    ]

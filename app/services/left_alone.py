"""Notice when what an undo has left alone is no longer so: edited, linked to something else, or gone (R33). Then its former link forgets it."""

from __future__ import annotations

from dataclasses import replace

from app.domain.journal import Settlement
from app.domain.sync import Link, Side
from app.ports import Ledger
from app.rules.left_alone import is_as_left, memory
from app.rules.state import SideView
from app.services.books import remember
from app.services.desk import LinkIndex, Stores
from app.services.gather import more


def look_after(
    stores: Stores, ledger: Ledger, links: LinkIndex, wice: SideView, exchange: SideView
) -> tuple[SideView, SideView]:
    """The views, with all that an undo has left alone, nobody holds and no list names: only a server's word releases it (R42)."""
    views = {Side.WICE: wice, Side.EXCHANGE: exchange}
    parked = {(side, seen.id) for side, view in views.items() for seen in view.parked}
    unseen = [link for link in memory(links.by_id.values()) if not parked & {(s, link.end(s).id) for s in Side}]
    if not unseen:
        return wice, exchange
    for side in Side:
        unlinked = [link.end(side).id for link in unseen if links.of(side, link.end(side).id) is None]
        views[side] = more(views[side], stores.on(side), unlinked)
    over = [link for link in unseen if not any(_stands(link, views[side], links) for side in Side)]
    settlements = [Settlement(link=replace(link, undone=False)) for link in over]
    if settlements:
        ledger.settle(settlements)
        remember(links, settlements)
    return views[Side.WICE], views[Side.EXCHANGE]


def _stands(link: Link, view: SideView, links: LinkIndex) -> bool:
    item = link.end(view.side).id
    return links.of(view.side, item) is None and (item in view.held or is_as_left(link, view))

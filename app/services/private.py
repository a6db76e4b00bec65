"""Note which linked appointments have become private, or are so no longer: what the books hold of their words is shown accordingly (R19)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.journal import Settlement
from app.domain.sync import Link, Obstacle
from app.domain.veil import is_private
from app.ports import Ledger
from app.rules.state import SideView
from app.services.desk import LinkIndex


def note_privacy(ledger: Ledger, links: LinkIndex, views: Sequence[SideView]) -> None:
    """Keep the links in step with what was read in this run."""
    found = ((link, _is_private(link, views)) for link in links.active)
    changed = [replace(link, private=now) for link, now in found if now is not None and now != link.private]
    if changed:
        ledger.settle([Settlement(link=link) for link in changed])
        for link in changed:
            links.note(link)


def _is_private(link: Link, views: Sequence[SideView]) -> bool | None:
    """None: nothing was read of it."""
    held = [view.held.get(link.end(view.side).id) for view in views]
    if any(one and one.because is Obstacle.FOREIGN_PRIVATE for one in held):
        return True
    read = [item.record for view in views if (item := view.items.get(link.end(view.side).id))]
    return any(map(is_private, read)) if read else None

"""How an executed action changes the link of its item: the one place where links are made, moved on and ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.domain.fingerprint import fingerprint
from app.domain.ids import ItemId
from app.domain.journal import Settlement
from app.domain.plan import Action
from app.domain.sync import End, Item, Link, Side
from app.domain.terms import joined, terms_of
from app.ports import Ledger
from app.rules.state import end_of
from app.services.desk import LinkIndex


def keep_books(ledger: Ledger, links: LinkIndex, actions: Iterable[Action]) -> None:
    """Carry out actions that write to no server."""
    settlements = [settlement(action, links, {}) for action in actions]
    if settlements:
        ledger.settle(settlements)
        remember(links, settlements)


def settlement(
    action: Action, links: LinkIndex, written: Mapping[Side, Item], *, complete: bool = True, run: int = 0
) -> Settlement:
    """What the books note after `action`: `written` holds what its writes left on either side; not `complete` while one is still to come."""
    former = links.by_id.get(action.link)
    link = _link(action, former, written, complete=complete)
    seen = _dealt_with(action, former) if complete else ()
    if link is None:
        return Settlement(seen=seen, clear_failure=action.key)
    return Settlement(link=_bounces(link, former, action, written, run), seen=seen, clear_failure=action.key)


def remember(links: LinkIndex, settlements: Iterable[Settlement]) -> None:
    """Let later actions of the same run see the new links."""
    for done in settlements:
        if done.link:
            links.note(done.link)


def _link(action: Action, former: Link | None, written: Mapping[Side, Item], *, complete: bool) -> Link | None:
    seen: dict[Side, End | None] = {Side.WICE: action.wice, Side.EXCHANGE: action.exchange}
    ends = {side: end_of(written[side]) if side in written else seen[side] for side in Side}
    wice, exchange = ends[Side.WICE], ends[Side.EXCHANGE]
    if wice is None or exchange is None:
        return None  # a target-only company (one-way profile), or an orphaned copy: nothing to link
    parent = written[Side.WICE].parent if Side.WICE in written else action.parent
    return Link(
        id=action.link,
        kind=action.kind,
        wice=wice,
        exchange=exchange,
        label=action.label,
        parent=parent or action.parent,
        last_day=action.last_day,
        ended=action.ends_link,
        written_side=former.written_side if former else None,
        written_fingerprint=former.written_fingerprint if former else "",
        written_run=former.written_run if former else 0,
        written_runs=former.written_runs if former else 0,
        incomplete=not complete,
        missing=former is not None and former.missing and Side.EXCHANGE not in written and not action.ends_link,
        terms=joined(action.terms, terms_of(*(item.record for item in written.values()))),
    )


def _bounces(link: Link, former: Link | None, action: Action, written: Mapping[Side, Item], run: int) -> Link:
    """Count in how many runs in a row just this content was written to just this side (R40)."""
    for write in action.writes:
        if write.side in written and write.record is not None and action.wice and action.exchange:
            content = fingerprint(write.record)
            again = former is not None and (former.written_side, former.written_fingerprint) == (write.side, content)
            in_a_row = again and former is not None and former.written_run in (run - 1, run)
            runs = former.written_runs + (former.written_run != run) if in_a_row and former else 1
            return replace(
                link, written_side=write.side, written_fingerprint=content, written_run=run, written_runs=runs
            )
    return link


def _dealt_with(action: Action, former: Link | None) -> tuple[tuple[Side, ItemId], ...]:
    ends = {(side, end.id) for side, end in ((Side.WICE, action.wice), (Side.EXCHANGE, action.exchange)) if end}
    ends |= {(side, former.end(side).id) for side in Side} if former else set()
    return tuple(sorted(ends))

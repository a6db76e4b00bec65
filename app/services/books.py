"""How an executed action changes the link of its item: the one place where links are made, moved on and ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.domain.appointment import Part
from app.domain.fingerprint import fingerprint
from app.domain.ids import ItemId
from app.domain.journal import Settlement
from app.domain.plan import Action, HintReason, Op, Reason, Seen
from app.domain.sync import End, Item, Link, Say, Side
from app.domain.terms import joined, terms_of
from app.domain.veil import is_private
from app.ports import Ledger
from app.rules.state import end_of
from app.rules.undoing import end_brought_back
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
    holds = (
        held_after_undo(link, {write.side: write.op for write in action.writes}) if action.undoes and complete else ()
    )
    link = _bounces(link, former, action, written, run)
    return Settlement(link=link, seen=seen, clear_failure=action.key, holds=holds)


def held_after_undo(link: Link, written: Mapping[Side, Op]) -> tuple[Seen, ...]:
    """What an undo leaves in Exchange and no list will name: its record in Wice was taken away again, and it was not written (R33).

    What was written, and everything in Wice, is named by the next list and left alone then.
    """
    if not link.ended or written.get(Side.WICE) is not Op.DELETE or Side.EXCHANGE in written:
        return ()
    end = link.exchange
    return (Seen(Side.EXCHANGE, end.id, end.version, held=HintReason.UNDONE, label=link.label, terms=link.terms),)


def _is_undone(action: Action, former: Link | None) -> bool:
    """Is what follows to be left alone (R33)? A write that was made again on both ends needs no leave."""
    if action.undoes:
        return action.ends_link or action.reason is Reason.UNDONE
    return former is not None and former.undone and action.reason is Reason.UNCHANGED


def _ends(action: Action) -> dict[Side, End | None]:
    return {Side.WICE: action.wice, Side.EXCHANGE: action.exchange}


def remember(links: LinkIndex, settlements: Iterable[Settlement]) -> None:
    """Let later actions of the same run see the new links."""
    for done in settlements:
        if done.link:
            links.note(done.link)


def _link(action: Action, former: Link | None, written: Mapping[Side, Item], *, complete: bool) -> Link | None:
    seen: dict[Side, End | None] = {Side.WICE: action.wice, Side.EXCHANGE: action.exchange}
    ends = {side: _written_end(action, former, side, written[side]) if side in written else seen[side] for side in Side}
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
        # Of an undo that dies half-way nothing is completed from the other side: what is undone stays undone, the rest is as it was.
        incomplete=not complete and not action.undoes,
        missing=former is not None and former.missing and Side.EXCHANGE not in written and not action.ends_link,
        undone=_is_undone(action, former),
        say=_say(action, former, written),
        apart=action.apart and not action.ends_link,
        private=(former is not None and former.private) or any(is_private(item.record) for item in written.values()),
        terms=joined(action.terms, terms_of(*(item.record for item in written.values()))),
    )


def _written_end(action: Action, former: Link | None, side: Side, item: Item) -> End:
    if action.undoes and former:
        for write in action.writes:
            if write.side is side and write.op is Op.ADD:
                return end_brought_back(item, write.before, write.record, former.end(side))
    return end_of(item)


def _say(action: Action, former: Link | None, written: Mapping[Side, Item]) -> Say:
    """Whoever brought a meeting to Wice keeps that (D1)."""
    before = former.say if former else Say.COPY
    match action.part:
        case None:
            return before
        case Part.ORGANIZER:
            return Say.ORGANIZES
        case Part.ATTENDEE:
            made = written.get(Side.WICE)
            brought = made is not None and made.stamp is not None and made.stamp.link == action.link
            return Say.BROUGHT if brought or before is Say.BROUGHT else Say.ATTENDS
        case _:
            return Say.COPY


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
    if action.undoes:
        # What people did on the other side meanwhile is still to be dealt with.
        written = {write.side for write in action.writes}
        return tuple((side, end.id) for side, end in sorted(_ends(action).items()) if side in written and end)
    ends = {(side, end.id) for side, end in _ends(action).items() if end}
    ends |= {(side, former.end(side).id) for side in Side} if former else set()
    return tuple(sorted(ends))

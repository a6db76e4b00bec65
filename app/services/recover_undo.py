"""Finish what an undo that died had begun (R30, R33): its write must not look like a person's edit, which the next run carries to the other side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.domain.appointment import Appointment
from app.domain.fingerprint import fingerprint
from app.domain.ids import ItemId, LinkId, Version
from app.domain.journal import Intent, JournalEntry, Settlement
from app.domain.plan import TAKES_BACK, Op, Reason
from app.domain.sync import End, Found, Item, Link, Side
from app.domain.terms import terms_of
from app.domain.writes import Written
from app.rules.state import end_of
from app.rules.undoing import end_brought_back
from app.services.books import held_after_undo
from app.services.desk import LinkIndex, Stores

Sides = Mapping[Side, tuple[JournalEntry, Item]]


def is_undo(intent: Intent) -> bool:
    """Was it written to take back, or to redo, something?"""
    return intent.reason in TAKES_BACK


def undone(intent: Intent, answer: Found, links: LinkIndex) -> Settlement:
    """An undo's change or removal that has taken effect; `answer` is what its server now says of the item."""
    item = answer if isinstance(answer, Item) else None
    outcomes = ((intent.attempt, Written(item)),)
    seen = ((intent.side, answer.id),)
    link = _link(intent, {intent.side: _end(intent, item, answer.id)}, links)
    if link is None:
        return Settlement(outcomes=outcomes, seen=seen)
    ended = link.ended or intent.op is Op.DELETE
    link = _moved_on(link, intent, ended=ended)
    return Settlement(outcomes=outcomes, link=link, seen=seen, holds=held_after_undo(link, {intent.side: intent.op}))


def brought_back(sides: Sides, links: LinkIndex, stores: Stores) -> Settlement:
    """An item that an undo has created again, or on either side: linked to its partner if that is there, else left alone."""
    intent = next(entry.intent for entry, _ in sides.values())
    outcomes = tuple((entry.intent.attempt, Written(item)) for entry, item in sides.values())
    seen = tuple((side, item.id) for side, (_, item) in sides.items())
    known = links.by_id.get(intent.link)
    ends = {
        side: _uncertain(
            end_brought_back(item, entry.intent.before, entry.intent.after, known.end(side) if known else None)
        )
        for side, (entry, item) in sides.items()
    }
    link = _link(intent, ends, links)
    if link is None:
        return Settlement(outcomes=outcomes, seen=seen)
    paired = intent.link in links.by_id and all(side in sides or _stands(link, side, links, stores) for side in Side)
    return Settlement(outcomes=outcomes, link=_moved_on(link, intent, ended=not paired), seen=seen)


def _stands(link: Link, side: Side, links: LinkIndex, stores: Stores) -> bool:
    """Is the partner there, and nobody else's?"""
    item = link.end(side).id
    other = links.of(side, item)
    found = next(iter(stores.on(side).fetch([item])), None)
    return isinstance(found, Item) and (other is None or other.id == link.id)


def _uncertain(end: End) -> End:
    """The next run looks at the item once more."""
    return replace(end, certain=False)


def _end(intent: Intent, item: Item | None, identifier: ItemId) -> End:
    if item is not None:
        return _uncertain(end_of(item))
    content = fingerprint(intent.before) if intent.before else ""
    return End(id=identifier, version=Version(""), fingerprint=content, certain=False)


def _link(intent: Intent, ends: Mapping[Side, End], links: LinkIndex) -> Link | None:
    """The link as it was, with these ends moved on; of one that was dropped (R35) what the write knew."""
    known = links.by_id.get(intent.link)
    if known is None and intent.op is Op.CHANGE:
        return None
    other = {intent.side.other: intent.other} if intent.other else {}
    both: dict[Side, End | None] = {
        side: ends.get(side) or (known.end(side) if known else other.get(side)) for side in Side
    }
    wice, exchange = both[Side.WICE], both[Side.EXCHANGE]
    if wice is None or exchange is None:
        return None
    record = intent.after or intent.before
    return Link(
        id=LinkId(intent.link),
        kind=intent.kind,
        wice=wice,
        exchange=exchange,
        label=intent.label,
        parent=(known.parent if known else "") or intent.parent,
        last_day=record.last_day if isinstance(record, Appointment) else None,
        ended=known.ended if known else True,
        terms=terms_of(record),
    )


def _moved_on(link: Link, intent: Intent, *, ended: bool) -> Link:
    return replace(link, ended=ended, undone=ended or intent.reason == Reason.UNDONE)

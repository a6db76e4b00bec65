"""Finish or forget what a run that died had begun (R30): creations are found again by their stamp, other writes by their effect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain.appointment import Appointment
from app.domain.fingerprint import differences
from app.domain.ids import AttemptId, ItemId, LinkId
from app.domain.journal import Intent, IntentState, JournalEntry, Settlement
from app.domain.occurrences import half_way
from app.domain.plan import Op
from app.domain.sync import Absent, End, Item, Link, Side, Stamp
from app.domain.terms import terms_of
from app.domain.writes import Create, Written
from app.ports import Ledger
from app.rules.state import end_of
from app.services.books import remember
from app.services.desk import LinkIndex, Stores
from app.services.gather import fetch
from app.services.recover_undo import brought_back, is_undo, undone


def recover(stores: Stores, ledger: Ledger) -> None:
    """Close every open journal entry of this kind."""
    entries = ledger.open_intents(stores.kind)
    if not entries:
        return
    links = LinkIndex(ledger.links(stores.kind))
    for side in Side:
        mine = [entry for entry in entries if entry.intent.side is side]
        _close_changes(stores, ledger, links, [entry for entry in mine if entry.intent.op is not Op.ADD])
    _adopt(stores, ledger, links, [entry for entry in entries if entry.intent.op is Op.ADD])


def creation(intent: Intent) -> Create:
    """The creation that a journal entry stands for, with the stamp under which it was sent."""
    if intent.after is None:
        raise AssertionError("a creation is journalled with what it creates")
    stamp = Stamp(intent.link, intent.attempt, intent.content)
    return Create(attempt=intent.attempt, stamp=stamp, record=intent.after, into=intent.item, company=intent.company)


def _close_changes(stores: Stores, ledger: Ledger, links: LinkIndex, entries: Sequence[JournalEntry]) -> None:
    """A change or removal needs no repair, the next comparison sees its effect; the history shall say whether it happened.

    Only what an undo has written must be known as such, or it would be taken for a person's edit.
    """
    if not entries:
        return
    intents = [entry.intent for entry in entries]
    ids = [intent.item for intent in intents if intent.item]
    found = {answer.id: answer for answer in fetch(stores.on(intents[0].side), ids)}
    for intent in intents:
        answer = found.get(intent.item or ItemId(""))
        happened = isinstance(answer, Absent) if intent.op is Op.DELETE else _holds(answer, intent)
        if not happened and isinstance(answer, Item) and _is_half_way(answer, intent):
            _to_be_completed(ledger, links, intent, answer)
        elif happened and answer and is_undo(intent):
            settlements = [undone(intent, answer, links)]
            ledger.settle(settlements)
            remember(links, settlements)
        else:
            ledger.close_intent(intent.attempt, IntentState.DONE if happened else IntentState.ABANDONED)


def _is_half_way(answer: Item, intent: Intent) -> bool:
    """Is it a series in Exchange of which only some steps were made? In Wice a series is written at once."""
    now, before, after = answer.record, intent.before, intent.after
    if intent.side is Side.WICE or not (
        isinstance(now, Appointment) and isinstance(before, Appointment) and isinstance(after, Appointment)
    ):
        return False
    several_steps = bool(before.exceptions or after.exceptions)
    return several_steps and bool(differences(now, before)) and half_way(now, before, after)


def _to_be_completed(ledger: Ledger, links: LinkIndex, intent: Intent, answer: Item) -> None:
    """What stands there is nobody's edit: the next plan completes it from the Wice side (R30)."""
    ledger.close_intent(intent.attempt, IntentState.ABANDONED)
    link = links.by_id.get(intent.link)
    if link is None or link.ended:
        return
    done = [Settlement(link=replace(link, exchange=replace(end_of(answer), certain=False), incomplete=True))]
    ledger.settle(done)
    remember(links, done)


def _holds(answer: object, intent: Intent) -> bool:
    return isinstance(answer, Item) and intent.after is not None and not differences(answer.record, intent.after)


def _adopt(stores: Stores, ledger: Ledger, links: LinkIndex, entries: Sequence[JournalEntry]) -> None:
    """Link what the lost creations left on the servers; forget those that never happened."""
    found: defaultdict[LinkId, dict[Side, tuple[JournalEntry, Item]]] = defaultdict(dict)
    for side in Side:
        mine = [entry for entry in entries if entry.intent.side is side]
        resumed = list(stores.on(side).resume([creation(entry.intent) for entry in mine]))
        made_by = {entry.intent.attempt: entry for entry in mine}
        for entry, item in zip(mine, resumed, strict=True):
            if item is not None and _is_its_own(entry, item, links.of(side, item.id), made_by):
                found[entry.intent.link][side] = entry, item
            else:
                ledger.close_intent(entry.intent.attempt, IntentState.ABANDONED)
    undos = {link for link, sides in found.items() if any(is_undo(entry.intent) for entry, _ in sides.values())}
    ledger.settle([_settlement(link, sides, links) for link, sides in found.items() if link not in undos])
    ledger.settle([brought_back(found[link], links, stores) for link in sorted(undos)])


def _is_its_own(entry: JournalEntry, item: Item, link: Link | None, made_by: Mapping[AttemptId, JournalEntry]) -> bool:
    """A copied meeting has its original's UID: what is linked already, or what another of these attempts has made, is not this one's."""
    if link is not None:
        return link.id == entry.intent.link
    return item.stamp is None or made_by.get(item.stamp.attempt, entry) is entry


def _settlement(link_id: LinkId, sides: dict[Side, tuple[JournalEntry, Item]], links: LinkIndex) -> Settlement:
    outcomes = tuple((entry.intent.attempt, Written(item)) for entry, item in sides.values())
    entry, item = next(iter(sides.values()))
    intent = entry.intent
    known = links.by_id.get(link_id)
    ends: dict[Side, End | None] = {side: known.end(side) if known else None for side in Side}
    ends[intent.side.other] = intent.other or ends[intent.side.other]
    ends |= {side: replace(end_of(read), certain=False) for side, (_, read) in sides.items()}
    wice, exchange = ends[Side.WICE], ends[Side.EXCHANGE]
    if wice is None or exchange is None:
        # One half of a pair that was to be created on both sides: it is a newcomer, and the next plan completes it.
        return Settlement(outcomes=outcomes)
    record = item.record
    link = Link(
        id=link_id,
        kind=intent.kind,
        wice=wice,
        exchange=exchange,
        label=record.label,
        parent=item.parent or intent.parent,
        last_day=record.last_day if isinstance(record, Appointment) else None,
        # What else the dead run had to write for this item (a gap filled, company data) is decided anew.
        incomplete=wice.fingerprint != exchange.fingerprint,
        terms=terms_of(record),
    )
    return Settlement(outcomes=outcomes, link=link, seen=_seen(link))


def _seen(link: Link) -> tuple[tuple[Side, ItemId], ...]:
    return tuple((side, link.end(side).id) for side in Side)

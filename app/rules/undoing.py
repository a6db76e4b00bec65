"""What it takes to undo writes (R33). Pure. Only the side that was written is restored, item by item, and only where it still is as the run left it.

| the run | undone by | only if the item |
|---|---|---|
| changed it | writing what it held before | has no field that somebody changed since |
| added it | taking it away: Deleted Items, flag, participation (R8, R9, R13) | has no field that somebody changed since |
| removed it | bringing it back: the same record in Wice, a new item in Exchange | is still away, and its partner is not linked anew |

The other side, and what people changed there since, is not touched: only the written end of the link moves on. See `app.rules.left_alone` for what
comes after.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain.appointment import Appointment
from app.domain.contact import COMPANY_FIELDS, Contact, Entity
from app.domain.fingerprint import Record, differences
from app.domain.ids import ItemId, LinkId, Version
from app.domain.journal import Intent, JournalEntry
from app.domain.plan import Action, Hint, HintReason, Op, PlannedWrite, Reason
from app.domain.sync import Absent, End, Found, Held, Item, Link, Side
from app.domain.terms import terms_of
from app.rules import merge
from app.rules.linked import REVIVABLE
from app.rules.policy import Policy
from app.rules.state import end_of

KEPT: Final = timedelta(days=90)
"""How long a write can be undone (R33)."""


@dataclass(frozen=True)
class Past:
    """All that a run wrote to one item on one side, first to last."""

    entries: tuple[JournalEntry, ...]

    @property
    def first(self) -> Intent:
        """Its first write: what was there before."""
        return self.entries[0].intent

    @property
    def last(self) -> Intent:
        """Its last write: what was there afterwards."""
        return self.entries[-1].intent

    @property
    def side(self) -> Side:
        """Which side was written."""
        return self.first.side

    @property
    def item(self) -> ItemId | None:
        """The item's id when it was written last; it may have been moved since."""
        return self.entries[-1].result or self.last.item

    @property
    def added(self) -> bool:
        """Did it come with this run?"""
        return self.first.op is Op.ADD

    @property
    def removed(self) -> bool:
        """Did it go with this run?"""
        return self.last.op is Op.DELETE

    @property
    def reason(self) -> Reason:
        """Undoing an undo makes the write again."""
        undone = all(entry.intent.reason == Reason.UNDONE for entry in self.entries)
        return Reason.REDONE if undone else Reason.UNDONE


def pasts(entries: Iterable[JournalEntry]) -> list[Past]:
    """What was done to each item; what came and went in one run is nothing."""
    by_item: dict[tuple[LinkId, Side], list[JournalEntry]] = {}
    for entry in entries:
        by_item.setdefault((entry.intent.link, entry.intent.side), []).append(entry)
    found = [Past(tuple(some)) for some in by_item.values()]
    return [past for past in found if not (past.added and past.removed)]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One write with the present state of its item. `link`: the item's own, which may have ended; None if it was dropped (R35).

    `partner`: what stands on the other side (looked up only to bring something back), `taken`: it is linked to another item by now.
    """

    past: Past
    link: Link | None
    present: Found
    partner: Found | None = None
    taken: bool = False

    @property
    def label(self) -> str:
        """The name by which people know the item now."""
        return self.present.record.label if isinstance(self.present, Item) else self.past.last.label


@dataclass(frozen=True)
class Undo:
    """A write, or the reason why there is none; neither if everything is as before already."""

    write: PlannedWrite | None = None
    hint: Hint | None = None


def undo(cases: Sequence[Case], policy: Policy, now: datetime) -> tuple[Action | None, tuple[Hint, ...]]:
    """Undo what was written to the one or two items of one link."""
    found = [(case, _undo(case, policy, now)) for case in cases]
    hints = tuple(one.hint for _, one in found if one.hint)
    writes = [(case, one.write) for case, one in found if one.write]
    # Wice first, as everywhere: an action's last write completes it.
    writes.sort(key=lambda pair: pair[1].side is Side.EXCHANGE)
    return (_action(writes) if writes else None), hints


def _undo(case: Case, policy: Policy, now: datetime) -> Undo:
    past = case.past
    if past.entries[0].at < now - KEPT:
        return _no(case, HintReason.UNDO_EXPIRED)
    if not policy.may_write(past.side):
        return _no(case, HintReason.UNDO_IMPOSSIBLE, "this side is not written any more: the profile goes one way")
    if case.link is not None and case.link.incomplete and not case.link.ended:
        return _no(case, HintReason.UNDO_IMPOSSIBLE, "an interrupted run is not done with it yet: synchronise first")
    if past.removed:
        return _bring_back(case)
    return _take_away(case) if past.added else _change_back(case)


def _change_back(case: Case) -> Undo:
    before, after = case.past.first.before, case.past.last.after
    if before is None or after is None:
        return _no(case, HintReason.UNDO_IMPOSSIBLE, "what it held before is not known")
    if not isinstance(case.present, Item):
        return _gone(case, case.present)
    present = case.present.record
    company = _wrote_company(case.past, before, after)
    if not company:
        before, after = _of_the_person(before, present, case), _of_the_person(after, present, case)
    # A field that holds what it held before is as it should be, whoever saw to that.
    changed = set(differences(present, after)) & set(differences(present, before))
    if changed:
        return _no(case, HintReason.UNDO_CHANGED_SINCE, ", ".join(sorted(changed)))
    if not (differences(before, present) or _shows(case.past.side, before) != _shows(case.past.side, present)):
        return Undo()
    write = PlannedWrite(side=case.past.side, op=Op.CHANGE, record=before, before=present, write_company=company)
    return Undo(write)


def _shows(side: Side, record: Record) -> tuple[str, ...]:
    """The lines of the marked block, which no field is compared by (R15)."""
    return record.shown if side is Side.EXCHANGE and isinstance(record, Appointment) else ()


def _wrote_company(past: Past, before: Record, after: Record) -> bool:
    """Did a write to a person write to its company too (R10)? Who joined a company has changed none."""
    if not _is_person_in_wice(past.side, before) or any(entry.intent.company for entry in past.entries):
        return False
    return bool(set(differences(before, after)) & COMPANY_FIELDS)


def _of_the_person(record: Record, present: Record, case: Case) -> Record:
    """A person's record in Wice shows its company's data, which are not its own: they count as they are (R10)."""
    if _is_person_in_wice(case.past.side, present) and isinstance(record, Contact) and isinstance(present, Contact):
        return merge.with_company_of(record, present)
    return record


def _is_person_in_wice(side: Side, record: Record) -> bool:
    return side is Side.WICE and isinstance(record, Contact) and record.entity is Entity.PERSON


def _take_away(case: Case) -> Undo:
    after, present = case.past.last.after, case.present
    if not isinstance(present, Item):
        return _gone(case, present)
    if after is None:
        return _no(case, HintReason.UNDO_IMPOSSIBLE, "what was created is not known")
    changed = differences(_of_the_person(after, present.record, case), present.record)
    if changed and not _only_lost(case, present, changed):
        return _no(case, HintReason.UNDO_CHANGED_SINCE, ", ".join(changed))
    return Undo(PlannedWrite(side=case.past.side, op=Op.DELETE, before=present.record))


def _only_lost(case: Case, present: Item, changed: Sequence[str]) -> bool:
    """Nobody changed it: its server did not take these fields when it was created (R3), and it has been so at the last sync."""
    as_synced = case.link is not None and case.link.end(case.past.side).fingerprint == present.fingerprint
    return as_synced and not any(getattr(present.record, name) for name in changed)


def _bring_back(case: Case) -> Undo:
    if case.past.last.reason == Reason.ORPHANED_COPY:
        return _no(case, HintReason.UNDO_IMPOSSIBLE, "it was a second copy of an item that is there")
    if isinstance(case.present, Item):
        return Undo()
    if case.taken or (case.link is not None and not case.link.ended):
        return _no(case, HintReason.UNDO_CHANGED_SINCE)
    if isinstance(case.present, Held) or not _can_return(case.present, case.past.side):
        return _gone(case, case.present)
    into = case.present.id if case.past.side is Side.WICE else None
    record = _as_left(case, case.present.record)
    if record is None:
        return _no(case, HintReason.UNDO_IMPOSSIBLE, "what it held before is not known")
    return Undo(PlannedWrite(side=case.past.side, op=Op.ADD, record=record, before=case.present.record, into=into))


def end_brought_back(item: Item, before: Record | None, after: Record | None, former: End | None) -> End:
    """The end of an item that an undo has brought back as `after`, where `before` was left of it.

    What a person has changed in it while it was out of scope came back with it, and the other side does not know it: the end keeps what both knew
    last, so that the next run finds an edit (R1).
    """
    end = end_of(item)
    as_left = before is not None and after is not None and not differences(before, after)
    if former is None or not as_left or former.fingerprint in ("", end.fingerprint):
        return end
    return End(id=end.id, version=Version(""), fingerprint=former.fingerprint, certain=False)


def _can_return(absent: Absent, side: Side) -> bool:
    """Exchange gets a new item; a record in Wice must still be there and alive (R8)."""
    return side is Side.EXCHANGE or absent.because in REVIVABLE


def _as_left(case: Case, remains: Record | None) -> Record | None:
    """The record that comes back: as it was, unless somebody has changed meanwhile what Wice still holds of it."""
    before, left = case.past.first.before, case.past.last.before
    if remains is None or before is None:
        return remains or before
    untouched = left is not None and not differences(_of_the_person(left, remains, case), remains)
    return _of_the_person(before, remains, case) if untouched else remains


def _gone(case: Case, found: Found) -> Undo:
    because = found.because.value.replace("_", " ") if isinstance(found, (Absent, Held)) else ""
    return _no(case, HintReason.UNDO_GONE, because)


def _no(case: Case, reason: HintReason, detail: str = "") -> Undo:
    return Undo(hint=Hint(reason, case.label, case.past.side, case.present.id, detail))


def _action(writes: Sequence[tuple[Case, PlannedWrite]]) -> Action:
    """One item's row. Of the side that is not written nothing is seen: what its link remembers stays, so that no edit there is swallowed."""
    case = writes[0][0]
    ends_link = not all(_stands(side, writes) for side in Side)
    ends: dict[Side, End | None] = {side: _remembered(case, side, ended=ends_link) for side in Side}
    ends |= {case.past.side: end_of(case.present) for case, _ in writes if isinstance(case.present, Item)}
    changes = [write for _, write in writes if write.op is Op.CHANGE and write.record and write.before]
    intent, link = case.past.last, case.link
    records = [record for _, write in writes for record in (write.record, write.before) if record]
    return Action(
        key=link.id if link else intent.link,
        kind=intent.kind,
        link=link.id if link else intent.link,
        reason=Reason.UNDONE if any(c.past.reason is Reason.UNDONE for c, _ in writes) else Reason.REDONE,
        label=case.label,
        writes=tuple(write for _, write in writes),
        wice=ends[Side.WICE],
        exchange=ends[Side.EXCHANGE],
        parent=(link.parent if link else "") or intent.parent,
        last_day=link.last_day if link else next((r.last_day for r in records if isinstance(r, Appointment)), None),
        fields=tuple(
            sorted({name for w in changes if w.record and w.before for name in differences(w.record, w.before)})
        ),
        ends_link=ends_link,
        terms=terms_of(*records),
    )


def _stands(side: Side, writes: Sequence[tuple[Case, PlannedWrite]]) -> bool:
    """Is there an item on `side` when these writes are done? What is left without a partner by then is left alone."""
    for _, write in writes:
        if write.side is side:
            return write.op is not Op.DELETE
    case, write = writes[0]
    if write.op is Op.ADD:
        return isinstance(case.partner, Item)
    # Of a link that was dropped nothing is known but that both were there: whoever plans anew matches them anew (R24, R35).
    return case.link is None or not case.link.ended


def _remembered(case: Case, side: Side, *, ended: bool) -> End | None:
    """The end as the link knows it; of a link that was dropped, what the write knew: enough to leave it alone, not to link it again."""
    if case.link is not None:
        return case.link.end(side)
    return case.past.last.other if ended and side is case.past.side.other else None

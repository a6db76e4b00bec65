"""What a decision about a linked item means, field by field: the writes, the reason, the hint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.domain.account import CompanyData
from app.domain.appointment import Appointment
from app.domain.contact import Contact, Entity
from app.domain.fingerprint import Record, differences
from app.domain.plan import Action, Hint, HintReason, Op, PlannedWrite, Reason
from app.domain.sync import Absence, Change, Holder, Item, Side
from app.ports import Company
from app.rules import meetings, merge, privacy
from app.rules.companies import candidates
from app.rules.decisions import Decision, decide, is_conflict
from app.rules.founding import new_company
from app.rules.policy import Policy
from app.rules.state import Pair

REVIVABLE = frozenset({Absence.UNFLAGGED, Absence.LEFT})
"""A Wice record in one of these states is still there and alive: it is brought back into scope instead of being created again."""


@dataclass(frozen=True)
class Verdict:
    """An action, or None if nothing is to be done, and what a person should know."""

    action: Action | None = None
    hints: tuple[Hint, ...] = ()


def judge(pair: Pair, policy: Policy, companies: Sequence[Company], holders: Sequence[Holder] = ()) -> Verdict:
    """Decide about one linked item (R8-R10, R13, R14, R21-R23). `holders`: other accounts that have it too (D1)."""
    decision = decide(pair.wice_change, pair.exchange_change, policy)
    if exempt := _exempt(pair, policy):
        return exempt
    if pair.exchange_absence is Absence.DECLINED and decision is Decision.CREATE_IN_EXCHANGE:
        # D2: whoever wins, a meeting that was declined does not come back beside its declined copy.
        decision = Decision.REMOVE_FROM_WICE if policy.may_write(Side.WICE) else Decision.KEEP
    leader = meetings.leader(pair.exchange.record if pair.exchange else None, pair.link, holders)
    if leader:
        return _led(pair, policy, decision, leader)
    if decision is Decision.UPDATE_WICE:
        return _update_wice(pair, policy, companies, meetings.invited(_record(pair.exchange), holders))
    return _carried_out(pair, policy, companies, decision)


def _led(pair: Pair, policy: Policy, decision: Decision, leader: Holder) -> Verdict:
    """An attendee's copy of a meeting about which another account decides (D1)."""
    match decision:
        case Decision.UPDATE_WICE | Decision.UPDATE_EXCHANGE:
            return _follow(pair, policy, leader)
        case Decision.CREATE_IN_WICE if pair.wice_absence in REVIVABLE:
            if pair.wice_remains is None:
                return Verdict(hints=(_hint(pair, HintReason.NOT_THE_ORGANIZER, leader.account),))
            back = PlannedWrite(
                side=Side.WICE,
                op=Op.ADD,
                record=pair.wice_remains,
                before=pair.wice_remains,
                into=pair.link.wice.id,
            )
            apart = meetings.stands_apart(pair.wice_remains, _record(pair.exchange))
            return Verdict(replace(_action(pair, policy, back), apart=apart))
        case _:
            return _carried_out(pair, policy, (), decision)


def _follow(pair: Pair, policy: Policy, leader: Holder) -> Verdict:
    """What was changed in Wice goes to the attendee's copy; what he has changed himself stays his own."""
    ours, theirs = _record(pair.wice), _record(pair.exchange)
    if not meetings.stands_apart(ours, theirs):
        return Verdict(_settled(pair))
    wanted = meetings.for_attendee(ours, theirs)
    news = pair.wice_change is Change.EDITED and policy.may_write(Side.EXCHANGE)
    write = _change(Side.EXCHANGE, wanted, pair.exchange) if news else None
    if write:
        return Verdict(_action(pair, policy, write))
    hint = _hint(pair, HintReason.NOT_THE_ORGANIZER, leader.account)
    return Verdict(replace(_books(pair, Reason.UNCHANGED), apart=True), (hint,))


def _carried_out(pair: Pair, policy: Policy, companies: Sequence[Company], decision: Decision) -> Verdict:  # noqa: PLR0911 - one return per decision reads as the table it is
    match decision:
        case Decision.NOTHING:
            complete = pair.link.incomplete and pair.wice and pair.exchange and policy.may_write(Side.EXCHANGE)
            return Verdict(_update_exchange(pair) if complete else _books(pair, Reason.UNCHANGED))
        case Decision.FORGET:
            return Verdict(replace(_books(pair, Reason.GONE_ON_BOTH), ends_link=True))
        case Decision.KEEP:
            return Verdict(hints=(_hint(pair, HintReason.TARGET_KEPT),))
        case Decision.UPDATE_EXCHANGE:
            return Verdict(_update_exchange(pair))
        case Decision.UPDATE_WICE:
            return _update_wice(pair, policy, companies, _record(pair.exchange))
        case Decision.CREATE_IN_EXCHANGE:
            return Verdict(_action(pair, policy, _add(Side.EXCHANGE, _record(pair.wice))))
        case Decision.CREATE_IN_WICE:
            return _create_in_wice(pair, policy, companies)
        case Decision.REMOVE_FROM_WICE | Decision.REMOVE_FROM_EXCHANGE:
            return Verdict(_remove(pair, policy, decision))
        case _:
            raise AssertionError(f"{decision} cannot be decided about a linked item")


def _exempt(pair: Pair, policy: Policy) -> Verdict | None:
    """What no change is carried of, whatever it is (R19, R20)."""
    if _aged_out(pair, policy):
        return _leave_aged(pair)
    if pair.wice_change is Change.GONE and pair.exchange and privacy.stays(pair.exchange, policy):
        return Verdict(replace(_books(pair, Reason.PRIVATE_STAYS), ends_link=True))
    return None


def _aged_out(pair: Pair, policy: Policy) -> bool:
    """It ended before the window, and no edit has brought it back in (R20)."""
    days = [pair.link.last_day, *(_last_day(item) for item in (pair.wice, pair.exchange) if item)]
    return not any(policy.picks_up(day) for day in days)


def _last_day(item: Item) -> date | None:
    return item.record.last_day if isinstance(item.record, Appointment) else None


def _leave_aged(pair: Pair) -> Verdict:
    if pair.wice_change is pair.exchange_change is Change.SAME:
        return Verdict(_books(pair, Reason.UNCHANGED))
    gone = Change.GONE in (pair.wice_change, pair.exchange_change)
    return Verdict(replace(_books(pair, Reason.AGED_OUT), ends_link=gone))


def _record(item: Item | None) -> Record:
    if item is None:
        raise AssertionError("the engine reads both items of a link before it plans a write")
    return item.record


def _add(side: Side, record: Record) -> PlannedWrite:
    return PlannedWrite(side=side, op=Op.ADD, record=record)


def _change(side: Side, record: Record, item: Item | None) -> PlannedWrite | None:
    """A change of `item`, or None if it holds `record` already."""
    before = _record(item)
    if not merge.must_write(side, record, before):
        return None
    return PlannedWrite(side=side, op=Op.CHANGE, record=record, before=before)


def _update_exchange(pair: Pair) -> Action:
    wanted = meetings.for_attendee(_record(pair.wice), _record(pair.exchange))
    write = _change(Side.EXCHANGE, wanted, pair.exchange)
    return _settled(pair) if write is None else _action(pair, None, write)


def _update_wice(pair: Pair, policy: Policy, companies: Sequence[Company], theirs: Record) -> Verdict:
    ours = _record(pair.wice)
    if isinstance(theirs, Contact) and isinstance(ours, Contact) and theirs.entity is Entity.PERSON:
        return _update_person(pair, theirs, ours, policy, companies)
    write = _change(Side.WICE, meetings.for_wice(theirs, ours), pair.wice)
    return Verdict(_settled(pair) if write is None else _action(pair, policy, write))


def _update_person(pair: Pair, theirs: Contact, ours: Contact, policy: Policy, companies: Sequence[Company]) -> Verdict:
    """A person's own fields go to Wice; what belongs to the company is restored from there or written to it (R10)."""
    edited = merge.company_differences(theirs, ours)
    if not edited:
        write = _change(Side.WICE, theirs, pair.wice)
        return Verdict(_settled(pair) if write is None else _action(pair, policy, write))
    if not ours.company_name:
        return _join_company(pair, theirs, policy, companies)
    renamed_to_another = "company_name" in edited and candidates(theirs, companies)
    if policy.company_data is CompanyData.WRITE and not renamed_to_another:
        write = PlannedWrite(side=Side.WICE, op=Op.CHANGE, record=theirs, before=ours, write_company=True)
        return Verdict(_action(pair, policy, write))
    return _restore_company(pair, theirs, ours, policy, edited)


def _restore_company(pair: Pair, theirs: Contact, ours: Contact, policy: Policy, edited: Sequence[str]) -> Verdict:
    record = merge.with_company_of(theirs, ours)
    writes = [_change(Side.WICE, record, pair.wice)]
    if policy.may_write(Side.EXCHANGE):
        writes.append(_change(Side.EXCHANGE, record, pair.exchange))
    reason = HintReason.COMPANY_DATA_RESTORED if policy.may_write(Side.EXCHANGE) else HintReason.COMPANY_DATA_IGNORED
    hint = _hint(pair, reason, ", ".join(sorted(edited)))
    done = [write for write in writes if write]
    if not done:
        return Verdict(_settled(pair), (hint,))
    action = _action(pair, policy, *done)
    return Verdict(action if writes[0] else replace(action, reason=Reason.COMPANY_RESTORED), (hint,))


def _join_company(pair: Pair, theirs: Contact, policy: Policy, companies: Sequence[Company]) -> Verdict:
    """A person without a company got one in Exchange: an existing company is used, an unknown one created (R6)."""
    if not theirs.company_name:
        write = _change(Side.WICE, merge.with_company_of(theirs, Contact()), pair.wice)
        return Verdict(_settled(pair) if write is None else _action(pair, policy, write))
    found = candidates(theirs, companies)
    if len(found) > 1:
        return Verdict(hints=(_hint(pair, HintReason.AMBIGUOUS_COMPANY, theirs.company_name),))
    company = found[0].id if found else new_company(theirs.company_name)
    record = merge.joined_to_company(theirs, found[0].fields) if found else theirs
    writes = [PlannedWrite(side=Side.WICE, op=Op.CHANGE, record=record, before=_record(pair.wice), company=company)]
    completed = _change(Side.EXCHANGE, record, pair.exchange) if policy.may_write(Side.EXCHANGE) else None
    return Verdict(_action(pair, policy, *writes, *([completed] if completed else [])))


def _create_in_wice(pair: Pair, policy: Policy, companies: Sequence[Company]) -> Verdict:
    record = _record(pair.exchange)
    if pair.wice_absence in REVIVABLE:
        back = replace(_add(Side.WICE, record), into=pair.link.wice.id, before=pair.wice_remains)
        return Verdict(_action(pair, policy, back))
    company = ""
    if isinstance(record, Contact) and record.entity is Entity.PERSON and record.company_name:
        found = candidates(record, companies)
        if len(found) > 1:
            return Verdict(hints=(_hint(pair, HintReason.AMBIGUOUS_COMPANY, record.company_name),))
        company = found[0].id if found else new_company(record.company_name)
    return Verdict(_action(pair, policy, replace(_add(Side.WICE, record), company=company)))


def _remove(pair: Pair, policy: Policy, decision: Decision) -> Action:
    side = Side.WICE if decision is Decision.REMOVE_FROM_WICE else Side.EXCHANGE
    item = pair.item(side)
    write = PlannedWrite(side=side, op=Op.DELETE, before=item.record if item else None)
    return replace(_action(pair, policy, write), ends_link=True)


def _settled(pair: Pair) -> Action:
    """Nothing to write: only versions moved, or both sides were changed alike (R22)."""
    both = pair.wice_change is Change.EDITED and pair.exchange_change is Change.EDITED
    return replace(_books(pair, Reason.SAME_CHANGE if both else Reason.UNCHANGED), apart=False)


def _books(pair: Pair, reason: Reason) -> Action:
    """An action without writes."""
    shown = pair.wice or pair.exchange
    return Action(
        key=pair.link.id,
        kind=pair.link.kind,
        link=pair.link.id,
        reason=reason,
        label=shown.record.label if shown else pair.link.label,
        wice=pair.end(Side.WICE),
        exchange=pair.end(Side.EXCHANGE),
        parent=(pair.wice.parent if pair.wice else "") or pair.link.parent,
        last_day=shown.record.last_day if shown and isinstance(shown.record, Appointment) else pair.link.last_day,
        part=meetings.part_of(pair.exchange.record if pair.exchange else None),
        apart=pair.link.apart,
    )


def _action(pair: Pair, policy: Policy | None, *writes: PlannedWrite) -> Action:
    conflict = is_conflict(pair.wice_change, pair.exchange_change)
    changes = [write for write in writes if write.record and write.before]
    fields = {
        name for write in changes if write.record and write.before for name in differences(write.record, write.before)
    }
    return replace(
        _books(pair, _reason(pair, writes[0].side, policy, conflict=conflict)),
        writes=writes,
        apart=False,
        conflict=conflict,
        fields=tuple(sorted(fields)),
    )


def _reason(pair: Pair, written: Side, policy: Policy | None, *, conflict: bool) -> Reason:
    source = written.other
    one_way = policy is not None and policy.direction.target is written
    if one_way and pair.change(written) is not Change.SAME:
        return Reason.TARGET_OVERWRITTEN
    if conflict:
        return Reason.CONFLICT_WICE_WINS if source is Side.WICE else Reason.CONFLICT_EXCHANGE_WINS
    if pair.change(source) is Change.GONE:
        return Reason.GONE_IN_WICE if source is Side.WICE else Reason.GONE_IN_EXCHANGE
    return Reason.CHANGED_IN_WICE if source is Side.WICE else Reason.CHANGED_IN_EXCHANGE


def _hint(pair: Pair, reason: HintReason, detail: str = "") -> Hint:
    item = pair.exchange or pair.wice
    return Hint(reason, item.record.label if item else pair.link.label, Side.EXCHANGE, pair.link.exchange.id, detail)

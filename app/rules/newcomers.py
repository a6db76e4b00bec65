"""What happens to items that are linked to nothing yet: linked to a twin (R24), created on the other side, joined again, or left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.domain.account import TargetChanges
from app.domain.appointment import Appointment
from app.domain.contact import Contact, Entity
from app.domain.fingerprint import Record, company_key, differences, fingerprint
from app.domain.ids import ItemId, LinkId
from app.domain.plan import Action, Hint, HintReason, Op, PlannedWrite, Reason, Seen, newcomer_key
from app.domain.sync import Change, Holder, Item, Kind, Link, Side
from app.domain.terms import terms_of
from app.ports import Company
from app.rules import meetings, merge, privacy
from app.rules.companies import candidates
from app.rules.decisions import Decision, decide
from app.rules.founding import new_company
from app.rules.left_alone import Alone, reunited
from app.rules.matcher import match
from app.rules.policy import Policy
from app.rules.state import end_of

NewLink = Callable[[], LinkId]


@dataclass
class Arrivals:
    """What came of the newcomers: actions, hints, and what is to be held without being looked at again."""

    actions: list[Action] = field(default_factory=list)
    hints: list[Hint] = field(default_factory=list)
    holds: list[Seen] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What every decision about a newcomer looks at.

    `ended`: former links by their id and by id and fingerprint of their Exchange item, for items that come back. `linked`: ids of all linked
    items. `remains`: what Wice still holds of records that are out of scope. `alone`: what an undo has left alone. `holders`: other accounts that
    hold an appointment too (D1). `declined`: UIDs of meetings that the mailbox's owner has declined (D2).
    """

    kind: Kind
    policy: Policy
    companies: Sequence[Company]
    new_link: NewLink
    ended: Mapping[str, Link] = field(default_factory=dict)
    linked: frozenset[ItemId] = frozenset()
    remains: Mapping[ItemId, Record] = field(default_factory=dict)
    alone: Alone = field(default_factory=dict)
    holders: meetings.Holders = field(default_factory=dict)
    declined: frozenset[str] = frozenset()

    def leader(self, wice: ItemId, theirs: Item) -> Holder | None:
        """The account that decides about `wice` instead of this one, whose copy is `theirs` (D1)."""
        return meetings.leader(theirs.record, None, self.holders.get(wice, ()))


def welcome(wice: Sequence[Item], exchange: Sequence[Item], setting: Setting) -> Arrivals:
    """Plan all unlinked items of one kind."""
    arrivals = Arrivals()
    wice = _in_window(wice, Side.WICE, setting, arrivals)
    exchange = _in_window(exchange, Side.EXCHANGE, setting, arrivals)
    twins, ambiguous = _partners(wice, exchange, setting.alone)
    arrivals.actions += [_twins(ours, theirs, setting) for ours, theirs in twins]
    settled = ambiguous | {item.id for pair in twins for item in pair}
    for side, items in ((Side.WICE, wice), (Side.EXCHANGE, exchange)):
        unclear = [item for item in items if item.id in ambiguous]
        arrivals.hints += [_hint(item, side, HintReason.AMBIGUOUS_TWIN) for item in unclear]
        _leave_alone([item for item in items if item.id in setting.alone and item.id not in settled], side, arrivals)
    settled |= setting.alone.keys()
    kept = [item for item in exchange if item.id not in settled and privacy.stays(item, setting.policy)]
    arrivals.holds += [_seen(item, Side.EXCHANGE, HintReason.PRIVATE_STAYS) for item in kept]
    settled |= {item.id for item in kept}
    _from_wice([item for item in wice if item.id not in settled], setting, arrivals)
    _from_exchange([item for item in exchange if item.id not in settled], setting, arrivals)
    return arrivals


def _partners(
    wice: Sequence[Item], exchange: Sequence[Item], alone: Alone
) -> tuple[list[tuple[Item, Item]], frozenset[ItemId]]:
    """Pairs that are one thing (R24), and all items of which that is unclear. Two that are both left alone stay apart."""
    pairs = reunited(wice, exchange, alone)
    taken = {item.id for pair in pairs for item in pair}
    matches = match([i for i in wice if i.id not in taken], [i for i in exchange if i.id not in taken])
    pairs += [pair for pair in matches.twins if not all(item.id in alone for item in pair)]
    return pairs, matches.ambiguous


def _leave_alone(items: Sequence[Item], side: Side, arrivals: Arrivals) -> None:
    """Nothing happens to them. What could have been edited within its version's resolution is looked at once more before it is held."""
    arrivals.hints += [_hint(item, side, HintReason.UNDONE) for item in items]
    arrivals.holds += [_seen(item, side, HintReason.UNDONE) for item in items if item.certain]


def _in_window(items: Sequence[Item], side: Side, setting: Setting, arrivals: Arrivals) -> list[Item]:
    inside: list[Item] = []
    for item in items:
        last_day = item.record.last_day if isinstance(item.record, Appointment) else None
        if setting.policy.picks_up(last_day):
            inside.append(item)
        else:
            arrivals.holds.append(_seen(item, side, HintReason.OUT_OF_WINDOW))
    return inside


def _twins(ours: Item, theirs: Item, setting: Setting) -> Action:
    """Link what stands on both sides already; the winner stands field by field, its gaps are filled (R24)."""
    policy = setting.policy
    if setting.leader(ours.id, theirs):
        return _joined(ours, theirs, setting)
    organised = meetings.organises(ours, theirs, setting.holders) and policy.may_write(Side.WICE)
    winner = Side.EXCHANGE if organised else policy.winner
    brought = meetings.for_wice(meetings.invited(theirs.record, setting.holders.get(ours.id, ())), ours.record)
    record, company = _at_home(_merged(ours.record, brought, winner), ours.record, setting)
    shown = meetings.for_attendee(record, theirs.record)
    writes = tuple(
        PlannedWrite(
            side=side,
            op=Op.CHANGE,
            record=wanted,
            before=item.record,
            company=company if side is Side.WICE else "",
        )
        for side, item, wanted in ((Side.WICE, ours, record), (Side.EXCHANGE, theirs, shown))
        if _may_write_twin(side, policy) and merge.must_write(side, wanted, item.record)
    )
    return _linked(ours, theirs, setting, *writes)


def _joined(ours: Item, theirs: Item, setting: Setting) -> Action:
    """An attendee's copy joins a meeting about which another account decides: it stays as it is until that changes (D1)."""
    return replace(_linked(ours, theirs, setting), apart=meetings.stands_apart(ours.record, theirs.record))


def _linked(ours: Item, theirs: Item, setting: Setting, *writes: PlannedWrite) -> Action:
    differing = differences(ours.record, theirs.record)
    action = _action(ours, Side.WICE, setting, Reason.TWIN_DIFFERS if differing else Reason.TWIN, *writes)
    return replace(action, exchange=end_of(theirs), fields=differing, part=meetings.part_of(theirs.record))


def _merged(ours: Record, theirs: Record, wins: Side) -> Record:
    """The winner's fields, its gaps filled from the other (R24)."""
    winner, loser = (ours, theirs) if wins is Side.WICE else (theirs, ours)
    return merge.twins(winner, loser)


def _at_home(record: Record, ours: Record, setting: Setting) -> tuple[Record, str]:
    """`record` with its company's data, and the company to join in Wice.

    A person keeps the company of the Wice record; one without joins the company that the Exchange contact names (R6, R10).
    """
    if not (isinstance(record, Contact) and isinstance(ours, Contact) and record.entity is Entity.PERSON):
        return record, ""
    if ours.company_name:
        return merge.with_company_of(record, ours), ""
    found = candidates(record, setting.companies) if record.company_name else ()
    if len(found) == 1:
        return merge.joined_to_company(record, found[0].fields), found[0].id
    return record, "" if found or not record.company_name else new_company(record.company_name)


def _brought_back(item: Item, into: ItemId, ours: Record | None, setting: Setting, *, known: str = "") -> Action:
    """Bring a Wice record back into scope for its contact.

    What was edited there meanwhile is no less worth than a twin's content (R24); a record that is still as at the last sync (`known` is its
    fingerprint then) follows the contact (R1).
    """
    if ours is None:
        write = PlannedWrite(side=Side.WICE, op=Op.ADD, record=item.record, into=into)
        return _action(item, Side.EXCHANGE, setting, Reason.NEW_IN_EXCHANGE, write)
    if setting.leader(into, item):
        write = PlannedWrite(side=Side.WICE, op=Op.ADD, record=ours, before=ours, into=into)
        action = _action(item, Side.EXCHANGE, setting, Reason.NEW_IN_EXCHANGE, write)
        return replace(action, apart=meetings.stands_apart(ours, item.record))
    record = item.record if fingerprint(ours) == known else _merged(ours, item.record, setting.policy.winner)
    record, company = _at_home(record, ours, setting)
    writes = [PlannedWrite(side=Side.WICE, op=Op.ADD, record=record, before=ours, into=into, company=company)]
    if setting.policy.may_write(Side.EXCHANGE) and merge.must_write(Side.EXCHANGE, record, item.record):
        writes.append(PlannedWrite(side=Side.EXCHANGE, op=Op.CHANGE, record=record, before=item.record))
    action = _action(item, Side.EXCHANGE, setting, Reason.NEW_IN_EXCHANGE, *writes)
    return replace(action, fields=differences(ours, item.record))


def _may_write_twin(side: Side, policy: Policy) -> bool:
    one_way_keeps = policy.direction.target is side and policy.target_changes is TargetChanges.KEEP
    return policy.may_write(side) and not one_way_keeps


def _from_wice(items: Sequence[Item], setting: Setting, arrivals: Arrivals) -> None:
    wanted = decide(Change.NEW, Change.NONE, setting.policy)
    for item in items:
        if isinstance(item.record, Appointment) and item.record.uid in setting.declined:
            _decline(item, setting, arrivals)
        elif wanted is Decision.CREATE_IN_EXCHANGE:
            write = PlannedWrite(side=Side.EXCHANGE, op=Op.ADD, record=item.record)
            arrivals.actions.append(_action(item, Side.WICE, setting, Reason.NEW_IN_WICE, write))
        else:
            arrivals.holds.append(_seen(item, Side.WICE, HintReason.TARGET_ONLY))


def _decline(item: Item, setting: Setting, arrivals: Arrivals) -> None:
    """Its copy in Exchange was declined: the user takes no part in it, and it is not created beside that copy (D2)."""
    if not setting.policy.may_write(Side.WICE):
        arrivals.hints.append(_hint(item, Side.WICE, HintReason.DECLINED))
        return
    leave = PlannedWrite(side=Side.WICE, op=Op.DELETE, before=item.record)
    arrivals.actions.append(replace(_action(item, Side.WICE, setting, Reason.DECLINED, leave), ends_link=True))


def _from_exchange(items: Sequence[Item], setting: Setting, arrivals: Arrivals) -> None:
    if decide(Change.NONE, Change.NEW, setting.policy) is not Decision.CREATE_IN_WICE:
        arrivals.holds += [_seen(item, Side.EXCHANGE, HintReason.TARGET_ONLY) for item in items]
        return
    taken: set[ItemId] = set()
    contacts = _Contacts(setting, arrivals, taken)
    for item in sorted(items, key=lambda item: _precedence(item, setting)):
        former = _former(item, setting)
        # Of several that come back one is joined; a copy of it is something new (R24).
        if former is not None and former.wice.id not in taken:
            taken.add(former.wice.id)
            ours = setting.remains.get(former.wice.id)
            if ours is None and (leader := setting.leader(former.wice.id, item)):
                # Nothing is known of what it would write over.
                arrivals.hints.append(_hint(item, Side.EXCHANGE, HintReason.NOT_THE_ORGANIZER, leader.account))
                continue
            arrivals.actions.append(_brought_back(item, former.wice.id, ours, setting, known=former.wice.fingerprint))
        elif isinstance(item.record, Contact):
            contacts.add(item, item.record)
        else:
            write = PlannedWrite(side=Side.WICE, op=Op.ADD, record=meetings.for_wice(item.record, None))
            arrivals.actions.append(_action(item, Side.EXCHANGE, setting, Reason.NEW_IN_EXCHANGE, write))


def _former(item: Item, setting: Setting) -> Link | None:
    """The former link whose Wice record the item is to be joined with again."""
    return next((setting.ended[name] for name in former_names(item) if name in setting.ended), None)


def _precedence(item: Item, setting: Setting) -> tuple[bool, int]:
    """Companies before persons, who need them; then what has the better claim to a former link."""
    is_person = isinstance(item.record, Contact) and item.record.entity is Entity.PERSON
    names = former_names(item)
    return is_person, next((rank for rank, name in enumerate(names) if name in setting.ended), len(names))


def former_names(item: Item) -> list[str]:
    """What tells which former link an item in Exchange belonged to: its id, its stamp, its content."""
    return [item.id, *([item.stamp.link] if item.stamp else []), item.fingerprint]


class _Contacts:
    """Contacts from Exchange and the companies they belong to: found in Wice, or new with this plan (R6).

    `taken`: Wice records that this plan joins with a contact.
    """

    def __init__(self, setting: Setting, arrivals: Arrivals, taken: set[ItemId]) -> None:
        self._setting = setting
        self._arrivals = arrivals
        self._taken = taken
        self._brought: set[str] = set()

    def add(self, item: Item, contact: Contact) -> None:
        """Plan one new contact; companies must come before persons."""
        found = candidates(contact, self._setting.companies) if contact.company_name else ()
        if len(found) > 1:
            self._arrivals.hints.append(
                _hint(item, Side.EXCHANGE, HintReason.AMBIGUOUS_COMPANY, contact.company_name),
            )
        elif contact.entity is Entity.COMPANY:
            self._company(item, contact, found)
        elif found:
            self._person(item, contact, found[0].id, merge.joined_to_company(contact, found[0].fields))
        else:
            self._person(item, contact, new_company(contact.company_name) if contact.company_name else "", contact)

    def _company(self, item: Item, contact: Contact, found: Sequence[Company]) -> None:
        key = company_key(contact.company_name)
        in_use = any(company.id in self._setting.linked or company.id in self._taken for company in found)
        if key in self._brought or in_use:
            # A second contact of one company: it exists and is not created again (R6), and one record cannot be two contacts.
            self._arrivals.hints.append(_hint(item, Side.EXCHANGE, HintReason.AMBIGUOUS_COMPANY, contact.company_name))
            return
        self._brought.add(key)
        if found:
            self._taken.add(ItemId(found[0].id))
            ours = Contact(entity=Entity.COMPANY, **found[0].fields)
            action = _brought_back(item, ItemId(found[0].id), ours, self._setting)
        else:
            write = PlannedWrite(side=Side.WICE, op=Op.ADD, record=contact)
            action = _action(item, Side.EXCHANGE, self._setting, Reason.NEW_IN_EXCHANGE, write)
        self._arrivals.actions.append(replace(action, creates_company=key))

    def _person(self, item: Item, contact: Contact, company: str, record: Contact) -> None:
        writes = [PlannedWrite(side=Side.WICE, op=Op.ADD, record=record, company=company)]
        if self._setting.policy.may_write(Side.EXCHANGE) and merge.must_write(Side.EXCHANGE, record, contact):
            writes.append(PlannedWrite(side=Side.EXCHANGE, op=Op.CHANGE, record=record, before=contact))
        action = _action(item, Side.EXCHANGE, self._setting, Reason.NEW_IN_EXCHANGE, *writes)
        self._arrivals.actions.append(replace(action, fields=differences(record, contact)))


def _action(item: Item, side: Side, setting: Setting, reason: Reason, *writes: PlannedWrite) -> Action:
    end = end_of(item)
    return Action(
        key=newcomer_key(side, item.id),
        kind=setting.kind,
        link=setting.new_link(),
        reason=reason,
        label=item.record.label,
        writes=writes,
        wice=end if side is Side.WICE else None,
        exchange=end if side is Side.EXCHANGE else None,
        parent=item.parent,
        last_day=item.record.last_day if isinstance(item.record, Appointment) else None,
        part=meetings.part_of(item.record) if side is Side.EXCHANGE else None,
    )


def _hint(item: Item, side: Side, reason: HintReason, detail: str = "") -> Hint:
    return Hint(reason, item.record.label, side, item.id, detail)


def _seen(item: Item, side: Side, reason: HintReason) -> Seen:
    terms = terms_of(item.record)
    return Seen(side=side, id=item.id, version=item.version, held=reason, label=item.record.label, terms=terms)

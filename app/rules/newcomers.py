"""What happens to items that are linked to nothing yet: linked to a twin (R24), created on the other side, joined again, or left alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.domain.account import TargetChanges
from app.domain.appointment import Appointment
from app.domain.contact import Contact, Entity
from app.domain.fingerprint import differences
from app.domain.ids import ItemId, LinkId
from app.domain.plan import Action, Hint, HintReason, Op, PlannedWrite, Reason, Seen
from app.domain.sync import Change, Item, Kind, Link, Side
from app.ports import Company
from app.rules import merge
from app.rules.companies import candidates, company_key
from app.rules.decisions import Decision, decide
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
    """What every decision about a newcomer looks at. `ended`: former links by their Exchange fingerprint and by id, for items that come back.
    `linked`: ids of all linked items.
    """

    kind: Kind
    policy: Policy
    companies: Sequence[Company]
    new_link: NewLink
    ended: Mapping[str, Link] = field(default_factory=dict)
    linked: frozenset[ItemId] = frozenset()


def welcome(wice: Sequence[Item], exchange: Sequence[Item], setting: Setting) -> Arrivals:
    """Plan all unlinked items of one kind."""
    arrivals = Arrivals()
    wice = _in_window(wice, Side.WICE, setting, arrivals)
    exchange = _in_window(exchange, Side.EXCHANGE, setting, arrivals)
    matches = match(wice, exchange)
    paired = {item.id for pair in matches.twins for item in pair}
    arrivals.actions += [_twins(ours, theirs, setting) for ours, theirs in matches.twins]
    for side, items in ((Side.WICE, wice), (Side.EXCHANGE, exchange)):
        unclear = [item for item in items if item.id in matches.ambiguous]
        arrivals.hints += [_hint(item, side, HintReason.AMBIGUOUS_TWIN) for item in unclear]
    _from_wice([item for item in wice if item.id not in paired | matches.ambiguous], setting, arrivals)
    _from_exchange([item for item in exchange if item.id not in paired | matches.ambiguous], setting, arrivals)
    return arrivals


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
    winner, loser = (ours, theirs) if policy.winner is Side.WICE else (theirs, ours)
    record = merge.twins(winner.record, loser.record)
    if (
        isinstance(record, Contact)
        and isinstance(ours.record, Contact)
        and ours.record.company_name
        and record.entity is Entity.PERSON
    ):
        record = merge.with_company_of(record, ours.record)
    writes = tuple(
        PlannedWrite(side=side, op=Op.CHANGE, record=record, before=item.record)
        for side, item in ((Side.WICE, ours), (Side.EXCHANGE, theirs))
        if _may_write_twin(side, policy) and merge.must_write(side, record, item.record)
    )
    differing = differences(ours.record, theirs.record)
    action = _action(ours, Side.WICE, setting, Reason.TWIN_DIFFERS if differing else Reason.TWIN, *writes)
    return replace(action, exchange=end_of(theirs), fields=differing)


def _may_write_twin(side: Side, policy: Policy) -> bool:
    one_way_keeps = policy.direction.target is side and policy.target_changes is TargetChanges.KEEP
    return policy.may_write(side) and not one_way_keeps


def _from_wice(items: Sequence[Item], setting: Setting, arrivals: Arrivals) -> None:
    wanted = decide(Change.NEW, Change.NONE, setting.policy)
    for item in items:
        if wanted is Decision.CREATE_IN_EXCHANGE:
            write = PlannedWrite(side=Side.EXCHANGE, op=Op.ADD, record=item.record)
            arrivals.actions.append(_action(item, Side.WICE, setting, Reason.NEW_IN_WICE, write))
        else:
            arrivals.holds.append(_seen(item, Side.WICE, HintReason.TARGET_ONLY))


def _from_exchange(items: Sequence[Item], setting: Setting, arrivals: Arrivals) -> None:
    if decide(Change.NONE, Change.NEW, setting.policy) is not Decision.CREATE_IN_WICE:
        arrivals.holds += [_seen(item, Side.EXCHANGE, HintReason.TARGET_ONLY) for item in items]
        return
    founding = _Founding(setting, arrivals)
    for item in sorted(
        items, key=lambda item: isinstance(item.record, Contact) and item.record.entity is Entity.PERSON
    ):
        former = setting.ended.get(item.stamp.link if item.stamp else "") or setting.ended.get(item.fingerprint)
        if former is not None:
            write = PlannedWrite(side=Side.WICE, op=Op.ADD, record=item.record, into=former.wice.id)
            arrivals.actions.append(_action(item, Side.EXCHANGE, setting, Reason.NEW_IN_EXCHANGE, write))
        elif isinstance(item.record, Contact):
            founding.add(item, item.record)
        else:
            write = PlannedWrite(side=Side.WICE, op=Op.ADD, record=item.record)
            arrivals.actions.append(_action(item, Side.EXCHANGE, setting, Reason.NEW_IN_EXCHANGE, write))
    founding.finish()


class _Founding:
    """Contacts from Exchange and the companies they belong to: found in Wice, brought by a company contact of this plan, or founded (R6)."""

    def __init__(self, setting: Setting, arrivals: Arrivals) -> None:
        self._setting = setting
        self._arrivals = arrivals
        self._brought: set[str] = set()
        self._founded: defaultdict[str, list[tuple[Item, Contact]]] = defaultdict(list)

    def add(self, item: Item, contact: Contact) -> None:
        """Plan one new contact; companies must come before persons."""
        found = candidates(contact, self._setting.companies) if contact.company_name else ()
        key = company_key(contact.company_name)
        if len(found) > 1:
            self._arrivals.hints.append(
                _hint(item, Side.EXCHANGE, HintReason.AMBIGUOUS_COMPANY, contact.company_name),
            )
        elif contact.entity is Entity.COMPANY:
            self._company(item, contact, found, key)
        elif found:
            self._person(item, contact, found[0].id, merge.joined_to_company(contact, found[0].fields))
        elif key in self._brought or not key:
            self._person(item, contact, f"new:{key}" if key else "", contact)
        else:
            self._founded[key].append((item, contact))

    def _company(self, item: Item, contact: Contact, found: Sequence[Company], key: str) -> None:
        if key in self._brought or (found and found[0].id in self._setting.linked):
            # A second contact of one company: it exists and is not created again (R6), and one record cannot be two contacts.
            self._arrivals.hints.append(_hint(item, Side.EXCHANGE, HintReason.AMBIGUOUS_COMPANY, contact.company_name))
            return
        self._brought.add(key)
        into = ItemId(found[0].id) if found else None
        write = PlannedWrite(side=Side.WICE, op=Op.ADD, record=contact, into=into)
        action = _action(item, Side.EXCHANGE, self._setting, Reason.NEW_IN_EXCHANGE, write)
        self._arrivals.actions.append(replace(action, creates_company=key))

    def _person(self, item: Item, contact: Contact, company: str, record: Contact) -> None:
        writes = [PlannedWrite(side=Side.WICE, op=Op.ADD, record=record, company=company)]
        if self._setting.policy.may_write(Side.EXCHANGE) and merge.must_write(Side.EXCHANGE, record, contact):
            writes.append(PlannedWrite(side=Side.EXCHANGE, op=Op.CHANGE, record=record, before=contact))
        action = _action(item, Side.EXCHANGE, self._setting, Reason.NEW_IN_EXCHANGE, *writes)
        self._arrivals.actions.append(replace(action, fields=differences(record, contact)))

    def finish(self) -> None:
        """Found one company for all persons of the same unknown company, with a contact of its own in Exchange (R5, R6)."""
        for key, people in self._founded.items():
            company = merge.company_contact(*(contact for _, contact in people))
            writes = [PlannedWrite(side=Side.WICE, op=Op.ADD, record=company)]
            if self._setting.policy.may_write(Side.EXCHANGE):
                writes.append(PlannedWrite(side=Side.EXCHANGE, op=Op.ADD, record=company))
            self._arrivals.actions.append(
                Action(
                    key=f"company:{key}",
                    kind=self._setting.kind,
                    link=self._setting.new_link(),
                    reason=Reason.COMPANY_OF_NEW_PERSON,
                    label=company.label,
                    writes=tuple(writes),
                    creates_company=key,
                ),
            )
            for item, contact in people:
                fields = {name: getattr(company, name) for name in merge.PERSONS_COMPANY_FIELDS}
                self._person(item, contact, f"new:{key}", merge.joined_to_company(contact, fields))


def key_of(side: Side, item: ItemId) -> str:
    """The key of an action about an item that has no link yet."""
    return f"{side.value}:{item}"


def _action(item: Item, side: Side, setting: Setting, reason: Reason, *writes: PlannedWrite) -> Action:
    end = end_of(item)
    return Action(
        key=key_of(side, item.id),
        kind=setting.kind,
        link=setting.new_link(),
        reason=reason,
        label=item.record.label,
        writes=writes,
        wice=end if side is Side.WICE else None,
        exchange=end if side is Side.EXCHANGE else None,
        parent=item.parent,
        last_day=item.record.last_day if isinstance(item.record, Appointment) else None,
    )


def _hint(item: Item, side: Side, reason: HintReason, detail: str = "") -> Hint:
    return Hint(reason, item.record.label, side, item.id, detail)


def _seen(item: Item, side: Side, reason: HintReason) -> Seen:
    return Seen(side=side, id=item.id, version=item.version, held=reason, label=item.record.label)

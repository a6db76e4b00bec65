"""Decide what each side must do, for one kind. Pure: same input, same plan. What is decided per item stands in `decisions`; read it first.

The order of the actions is the order of execution: companies before the persons that belong to them, removals last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.domain.appointment import Appointment
from app.domain.ids import AttemptId, ItemId, LinkId, Version
from app.domain.plan import Action, Failure, Hint, HintReason, KindPlan, Op, PlannedWrite, Reason, Seen, newcomer_key
from app.domain.sync import Change, Held, Item, Kind, Link, Side
from app.domain.terms import terms_of
from app.ports import Company
from app.rules import guards, left_alone, meetings, privacy, retry
from app.rules.founding import Founding
from app.rules.linked import REVIVABLE, Verdict, judge
from app.rules.matcher import match
from app.rules.newcomers import NewLink, Setting, former_names, welcome
from app.rules.policy import Policy
from app.rules.state import Pair, SideView, end_of

SILENT = frozenset(
    {HintReason.OUT_OF_WINDOW, HintReason.OUT_OF_SCOPE, HintReason.TARGET_ONLY, HintReason.PRIVATE_STAYS}
)
"""Held without a hint: nothing is wrong with these items and nobody needs to act; *explain* tells about them."""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """All that the engine has found out about one kind of a profile. `lost` are attempts of creations whose answer was lost or never came."""

    kind: Kind
    wice: SideView
    exchange: SideView
    links: Sequence[Link]
    policy: Policy
    companies: Sequence[Company] = ()
    failures: Mapping[str, Failure] = field(default_factory=dict)
    lost: frozenset[AttemptId] = frozenset()
    holders: meetings.Holders = field(default_factory=dict)
    """Other accounts that hold an appointment, for those of which this plan has to know (D1)."""
    new_link: NewLink


@dataclass(frozen=True, kw_only=True)
class Planned:
    """The plan, and what changes in our own books at once because no server is concerned.

    `settled` are actions without writes that only note a moved version; `holds` are items not to be looked at again until they change.
    """

    plan: KindPlan
    settled: tuple[Action, ...]
    holds: tuple[Seen, ...]


def plan(situation: Situation) -> Planned:
    """Plan one kind (R27)."""
    moved = _moved(situation)
    links = [moved.get(link.id, link) for link in situation.links if not link.ended]
    verdicts = [_judged(pair, situation) for pair in _touched(links, situation)]
    newcomers = _newcomers(links, situation)
    arrivals = welcome(newcomers.wice, newcomers.exchange, newcomers.setting)
    founding = Founding(situation.policy, situation.new_link)
    drafts = founding.complete([verdict.action for verdict in verdicts if verdict.action] + arrivals.actions)
    drafts = [privacy.restrained(draft, situation.policy) for draft in drafts]
    names = privacy.hidden_names(situation.exchange, situation.policy)
    hints = [hint for verdict in verdicts for hint in verdict.hints] + arrivals.hints + founding.hints
    actions = [_orphan(item, situation) for item in newcomers.orphans]
    actions += _guarded(drafts, links, situation, hints)
    actions = [privacy.unnamed(_findable(action, situation), names) for action in actions]
    hints += _listing_hints(situation)
    hints += meetings.of_occurrences(situation.exchange.items.values())
    hints += meetings.hints(links, situation.holders, actions, hints)
    hints += left_alone.hints(links, frozenset(action.key for action in actions if not _is_bookkeeping(action)))
    hints = [replace(hint, label=names.get(ItemId(hint.item), hint.label)) for hint in hints]
    holds, held_hints = _held(situation, links)
    arrived = [replace(one, label=names[one.id], terms="") if one.id in names else one for one in arrivals.holds]
    settled = tuple(action for action in actions if _is_bookkeeping(action))
    planned = KindPlan(
        kind=situation.kind,
        in_wice=situation.wice.size,
        in_exchange=situation.exchange.size,
        linked=len(links),
        actions=tuple(sorted((a for a in actions if not _is_bookkeeping(a)), key=_rank)),
        hints=tuple(hints + held_hints),
    )
    views = (situation.wice, situation.exchange)
    return Planned(
        plan=replace(planned, alarms=guards.alarms(planned, len(links), views)),
        settled=settled,
        holds=(*arrived, *holds),
    )


def _judged(pair: Pair, situation: Situation) -> Verdict:
    return judge(pair, situation.policy, situation.companies, situation.holders.get(pair.link.wice.id, ()))


def at_rest(situation: Situation, linked: int) -> Planned:
    """The plan of a kind in which nothing has changed: no link needs to be known for it, only how many there are."""
    planned = plan(situation)
    return replace(planned, plan=replace(planned.plan, linked=linked))


def _findable(action: Action, situation: Situation) -> Action:
    """`action` with the names of all that was read of its item, on either side, or is written (R41)."""
    ends = ((situation.wice, action.wice), (situation.exchange, action.exchange))
    items = [view.items[end.id] for view, end in ends if end and end.id in view.items]
    return replace(action, terms=terms_of(*(w.record for w in action.writes), *(item.record for item in items)))


def _moved(situation: Situation) -> dict[LinkId, Link]:
    """Items that were moved away and back have a new id: they stay the same thing (R24, R26).

    They are known by our stamp, else by their content, else as twins of the Wice record whose item is gone.
    """
    active = [link for link in situation.links if not link.ended]
    known = {link.exchange.id for link in active}
    missing = {link.id: link for link in active if link.exchange.id in situation.exchange.gone}
    known |= left_alone.left_alone(situation.links, [situation.exchange]).keys()
    arrived = [item for item in situation.exchange.items.values() if item.id not in known]
    moved: dict[LinkId, Link] = {}
    for item in arrived:
        if item.stamp and (link := missing.pop(item.stamp.link, None)):
            moved[link.id] = _now_at(link, item)
    taken = {link.exchange.id for link in moved.values()}
    for item in arrived:
        # Of several equal arrivals any one will do: there is nothing to tell them apart by.
        equal = next((link for link in missing.values() if link.exchange.fingerprint == item.fingerprint), None)
        if equal and item.stamp is None and item.id not in taken:
            moved[equal.id] = _now_at(missing.pop(equal.id), item)
            taken.add(item.id)
    widowed = {link.wice.id: link for link in missing.values()}
    ours = [situation.wice.items[wice] for wice in widowed if wice in situation.wice.items]
    for mine, theirs in match(ours, [item for item in arrived if item.id not in taken]).twins:
        link = widowed[mine.id]
        moved[link.id] = _now_at(link, theirs)
    return moved


def _now_at(link: Link, item: Item) -> Link:
    """`link` with the item's new id; the version is unknown, so that the books take note of it."""
    return replace(link, exchange=replace(link.exchange, id=item.id, version=Version("")))


def _touched(links: Iterable[Link], situation: Situation) -> Iterable[Pair]:
    """Linked items of which at least one side was read or is gone; an item that its adapter cannot read holds both sides (R18)."""
    for link in links:
        if link.wice.id in situation.wice.held or link.exchange.id in situation.exchange.held:
            continue
        pair = Pair.of(link, situation.wice, situation.exchange)
        unchanged = pair.wice_change is Change.SAME and pair.exchange_change is Change.SAME
        if not unchanged or _is_news(pair) or link.incomplete:
            yield pair


def _is_news(pair: Pair) -> bool:
    """Both contents are as they were; is there a version or an id to note?"""
    return any(
        item is not None and end_of(item) != pair.link.end(side)
        for side, item in ((Side.WICE, pair.wice), (Side.EXCHANGE, pair.exchange))
    )


def _guarded(drafts: Iterable[Action], links: Iterable[Link], situation: Situation, hints: list[Hint]) -> list[Action]:
    """Leave out what was refused too often (R32) or keeps bouncing (R40)."""
    known = {link.id: link for link in links}
    kept: list[Action] = []
    for action in drafts:
        failure, link = situation.failures.get(action.key), known.get(action.link)
        if failure is not None and retry.is_quarantined(action, failure):
            hints.append(_about(action, HintReason.QUARANTINED, f"{failure.code}: {failure.message}"))
        elif link is not None and retry.is_bouncing(link, action):
            hints.append(_about(action, HintReason.FROZEN, ", ".join(action.fields)))
        else:
            kept.append(action)
    return kept


def _about(action: Action, reason: HintReason, detail: str) -> Hint:
    side = Side.EXCHANGE if action.exchange else Side.WICE
    end = action.exchange or action.wice
    return Hint(reason, action.label, side, end.id if end else "", detail)


@dataclass(frozen=True)
class _Newcomers:
    wice: list[Item]
    exchange: list[Item]
    orphans: list[Item]
    setting: Setting


def _newcomers(links: Sequence[Link], situation: Situation) -> _Newcomers:
    linked = {link.wice.id for link in links} | {link.exchange.id for link in links}
    wice = [item for item in situation.wice.items.values() if item.id not in linked]
    exchange = [item for item in situation.exchange.items.values() if item.id not in linked]
    orphans = _orphans(wice, exchange, situation.lost)
    gone = {item.id for item in orphans}
    setting = Setting(
        kind=situation.kind,
        policy=situation.policy,
        companies=situation.companies,
        new_link=situation.new_link,
        ended=_revivable(situation, linked),
        linked=frozenset(linked),
        remains=situation.wice.remains,
        alone=left_alone.left_alone(situation.links, [situation.wice, situation.exchange]),
        holders=situation.holders,
        declined=_declined(situation.exchange),
    )
    return _Newcomers(wice, [item for item in exchange if item.id not in gone], orphans, setting)


def _declined(exchange: SideView) -> frozenset[str]:
    """UIDs of the meetings that lie there declined (D2)."""
    records = exchange.remains.values()
    return frozenset(record.uid for record in records if isinstance(record, Appointment)) - {""}


def _orphans(wice: Sequence[Item], exchange: Sequence[Item], lost: frozenset[AttemptId]) -> list[Item]:
    """Made by attempts of ours that took effect after we had given them up, untouched since (R30).

    What stands for a record that is linked by now, or has left the scope, is one too many; what still has its twin to be linked with is welcome.
    """
    late = [
        item
        for item in exchange
        if item.stamp and item.stamp.attempt in lost and item.stamp.fingerprint == item.fingerprint
    ]
    awaited = {theirs.id for _, theirs in match(wice, late).twins}
    return [item for item in late if item.id not in awaited]


def _orphan(item: Item, situation: Situation) -> Action:
    return Action(
        key=newcomer_key(Side.EXCHANGE, item.id),
        kind=situation.kind,
        link=situation.new_link(),
        reason=Reason.ORPHANED_COPY,
        label=item.record.label,
        writes=(PlannedWrite(side=Side.EXCHANGE, op=Op.DELETE, before=item.record),),
        exchange=end_of(item),
        ends_link=True,
    )


def _revivable(situation: Situation, linked: set[ItemId]) -> dict[str, Link]:
    """Former links whose Wice record is alive but out of scope, by link id, and by id and content that their Exchange item last had."""
    revivable: dict[str, Link] = {}
    for link in situation.links:
        if link.ended and link.wice.id not in linked and situation.wice.gone.get(link.wice.id) in REVIVABLE:
            revivable |= {link.id: link, link.exchange.id: link, link.exchange.fingerprint: link}
    return revivable


def former_wice_ids(links: Sequence[Link], exchange_items: Iterable[Item]) -> frozenset[ItemId]:
    """Wice records that newcomers in Exchange may be joined to again; the engine asks Wice about them before it plans (R8, R13)."""
    names = {name for item in exchange_items for name in former_names(item)}
    former = (link for link in links if link.ended)
    return frozenset(link.wice.id for link in former if names & {link.id, link.exchange.id, link.exchange.fingerprint})


def _held(situation: Situation, links: Sequence[Link]) -> tuple[list[Seen], list[Hint]]:
    """Items that cannot be read, newly found or held before; those of a link are looked at again each time."""
    linked = {link.wice.id for link in links} | {link.exchange.id for link in links}
    holds: list[Seen] = []
    hints: list[Hint] = []
    for view in (situation.wice, situation.exchange):
        for held in view.held.values():
            seen = _as_seen(held, view.side)
            hints.append(_hint_of(seen))
            holds += [] if held.id in linked else [seen]
        hints += [_hint_of(seen) for seen in view.parked if seen.held not in SILENT]
    return holds, hints


def _listing_hints(situation: Situation) -> list[Hint]:
    return [
        Hint(reason, side=view.side, detail=str(count))
        for view in (situation.wice, situation.exchange)
        for reason, count in (
            (HintReason.LISTING_INCOMPLETE, view.unlisted),
            (HintReason.ABSENCE_UNPROVEN, view.doubtful),
        )
        if count
    ]


def _as_seen(held: Held, side: Side) -> Seen:
    return Seen(side, held.id, held.version, held=HintReason(held.because.value), label=held.label, detail=held.detail)


def _hint_of(seen: Seen) -> Hint:
    return Hint(seen.held or HintReason.UNREADABLE, seen.label, seen.side, seen.id, seen.detail)


def _is_bookkeeping(action: Action) -> bool:
    return action.reason is Reason.UNCHANGED


def _rank(action: Action) -> int:
    if any(write.op is Op.DELETE for write in action.writes):
        return 2
    return 0 if action.creates_company else 1


def newcomers_exist(view: SideView, links: Iterable[Link]) -> bool:
    """Is there an item on this side that is linked to nothing? Then held target-only items of the other side are looked at again (R24)."""
    linked = {link.end(view.side).id for link in links if not link.ended}
    return any(item not in linked for item in view.items)

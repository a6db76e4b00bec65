"""Gather, recover, plan, guard: everything before the first remote write of one kind. Used by *analyse* and *synchronise* alike (R27)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.appointment import Part
from app.domain.contact import Contact
from app.domain.ids import ItemId, LinkId, new_id
from app.domain.plan import Action, Hint, HintReason, KindPlan, Seen
from app.domain.sync import Absence, Change, Holder, Kind, Side, Sighting
from app.ports import Company, Ledger, Standing
from app.rules import meetings, planner
from app.rules.founding import NEW
from app.rules.planner import Planned, Situation
from app.rules.state import SideView
from app.services.books import keep_books
from app.services.desk import Desk, LinkIndex, Step, Stores
from app.services.gather import gather, more
from app.services.left_alone import look_after
from app.services.private import note_privacy
from app.services.quiet import quiet
from app.services.recover import recover

_WITHOUT_PARTNER = frozenset({HintReason.TARGET_ONLY, HintReason.UNDONE})
"""Held for want of a partner, or left without one: a newcomer may be it."""


@dataclass(frozen=True)
class Prepared:
    """One kind, planned, with what executing it needs."""

    stores: Stores
    links: LinkIndex
    planned: Planned
    companies: frozenset[str] = frozenset()
    """Companies in Wice that the plan knew, by id, of those names that it cares for."""


def prepare(desk: Desk, stores: Stores, *, deep: bool = False, standing: Standing | None = None) -> Prepared:
    """Plan one kind; only our own books change. `deep`: look at everything, not only at what the servers call changed.

    `standing`: how the books stand, where that is known and no entry of the journal is open.
    """
    ledger, kind = desk.ledger, stores.kind
    if standing is None:
        recover(stores, ledger)
        standing = None if deep else ledger.standing(kind, desk.policy.window_start)
    at_rest = quiet(desk, stores, standing) if standing else None
    if at_rest:
        return Prepared(stores, LinkIndex(()), at_rest)
    links = LinkIndex(ledger.links(kind))
    wice = gather(stores.wice, ledger, links, desk.policy, desk.progress, deep=deep)
    exchange = gather(stores.exchange, ledger, links, desk.policy, desk.progress, deep=deep)
    desk.progress.step(Step.plan(kind), 0, 0)
    wice, exchange = look_after(stores, ledger, links, wice, exchange)
    holders = _of_those_apart(ledger, links)
    wice, exchange = _read_counterparts(stores, links, wice, exchange)
    wice, exchange = _read_possible_partners(stores, links, wice, exchange)
    holders |= _of_meetings(ledger, links, wice, exchange)
    stamps = [item.stamp.attempt for item in exchange.items.values() if item.stamp]
    companies = _companies(desk, kind, links, exchange)
    planned = planner.plan(
        Situation(
            kind=kind,
            wice=wice,
            exchange=exchange,
            links=tuple(links.by_id.values()),
            policy=desk.policy,
            companies=companies,
            failures=ledger.failures(kind),
            lost=ledger.abandoned(stamps) if stamps else frozenset(),
            holders=holders,
            new_link=lambda: LinkId(new_id()),
        ),
    )
    if planned.holds:
        ledger.hold(kind, planned.holds)
    keep_books(ledger, links, planned.settled)
    if kind is Kind.APPOINTMENTS:
        note_privacy(ledger, links, (wice, exchange))
    if deep:
        _keep_in_mind(ledger, links, planned, (wice, exchange))
    return Prepared(stores, links, planned, frozenset(company.id for company in companies))


def _keep_in_mind(ledger: Ledger, links: LinkIndex, planned: Planned, views: Sequence[SideView]) -> None:
    """What a deep compare has found stays in the books until it is dealt with, for no list will tell of it again."""
    kind = planned.plan.kind
    for view in views:
        waiting = {seen.id for seen in ledger.seen(kind, view.side) if seen.held is None}
        ends = (action.wice if view.side is Side.WICE else action.exchange for action in planned.plan.actions)
        found = {end.id for end in ends if end and end.id in view.items}
        found |= {link.end(view.side).id for link in links.active if view.change(link.end(view.side)) is Change.EDITED}
        news = [item for item in sorted(found - waiting) if item in view.items]
        if news:
            ledger.forget_seen(kind, view.side, news)  # or what was held would stay so, at the same version
            listed = [Sighting(item, view.items[item].version) for item in news]
            ledger.save_page(kind, view.side, listed, ledger.cursor(kind, view.side))


def of_the_books(
    ledger: Ledger, stores: Stores, links: LinkIndex, actions: Sequence[Action], hints: Sequence[Hint]
) -> Prepared:
    """A plan for which nothing was listed: its numbers are those of the books."""
    active = len(links.active)
    held = {side: sum(seen.held is not None for seen in ledger.seen(stores.kind, side)) for side in Side}
    plan = KindPlan(
        kind=stores.kind,
        in_wice=active + held[Side.WICE],
        in_exchange=active + held[Side.EXCHANGE],
        linked=active,
        actions=tuple(actions),
        hints=tuple(hints),
    )
    return Prepared(stores, links, Planned(plan=plan, settled=(), holds=()))


def _read_counterparts(
    stores: Stores, links: LinkIndex, wice: SideView, exchange: SideView
) -> tuple[SideView, SideView]:
    """A change on one side is planned against what the other side holds now: for the diff, the before image, and to see conflicts."""
    changed = [
        link
        for link in links.active
        if link.incomplete
        or not link.exchange.fingerprint
        or wice.change(link.wice) is not Change.SAME
        or exchange.change(link.exchange) is not Change.SAME
    ]
    wice = more(wice, stores.wice, [link.wice.id for link in changed])
    return wice, more(exchange, stores.exchange, [link.exchange.id for link in changed])


def _of_those_apart(ledger: Ledger, links: LinkIndex) -> dict[ItemId, Sequence[Holder]]:
    """Who decides about copies that stand apart. One about which nobody else decides any more counts as changed from now on (D1)."""
    apart = [link for link in links.active if link.apart]
    holders = dict(ledger.holders([link.wice.id for link in apart])) if apart else {}
    for link in apart:
        if meetings.is_released(link, holders.get(link.wice.id, ())):
            links.note(replace(link, apart=False, exchange=replace(link.exchange, fingerprint="")))
    return holders


def _of_meetings(
    ledger: Ledger, links: LinkIndex, wice: SideView, exchange: SideView
) -> Mapping[ItemId, Sequence[Holder]]:
    """Who else holds the meetings that were read (D1)."""
    read = [item for item in exchange.items.values() if meetings.part_of(item.record) not in (None, Part.NONE)]
    if not read:
        return {}
    shared = [link.wice.id for item in read if (link := links.of(Side.EXCHANGE, item.id))]
    if len(shared) < len(read):
        shared += [item for item in (*wice.items, *wice.gone) if links.of(Side.WICE, item) is None]
    return ledger.holders(shared)


def _read_possible_partners(
    stores: Stores, links: LinkIndex, wice: SideView, exchange: SideView
) -> tuple[SideView, SideView]:
    """Unlinked items that were left alone so far may be the twins of newcomers, and former partners may be alive (R24)."""
    views = {Side.WICE: wice, Side.EXCHANGE: exchange}
    for side in Side:
        if planner.newcomers_exist(views[side.other], links.active):
            alone = [seen.id for seen in views[side].parked if _may_have_partner(seen)]
            views[side] = more(views[side], stores.on(side), alone)
    newcomers = [item for item in views[Side.EXCHANGE].items.values() if links.of(Side.EXCHANGE, item.id) is None]
    former = planner.former_wice_ids(list(links.by_id.values()), newcomers)
    unlinked = [item for item in former if links.of(Side.WICE, item) is None]
    return more(views[Side.WICE], stores.wice, unlinked), views[Side.EXCHANGE]


def _may_have_partner(seen: Seen) -> bool:
    return seen.held in _WITHOUT_PARTNER or (
        seen.held is HintReason.OUT_OF_SCOPE and seen.detail == Absence.DECLINED.value
    )


def _companies(desk: Desk, kind: Kind, links: LinkIndex, exchange: SideView) -> tuple[Company, ...]:
    """Companies of the names that new or edited contacts in Exchange carry (R6, R10)."""
    if kind is not Kind.CONTACTS or not desk.policy.may_write(Side.WICE):
        return ()
    names = set()
    for item in exchange.items.values():
        link = links.of(Side.EXCHANGE, item.id)
        news = link is None or exchange.change(link.exchange) is Change.EDITED
        if news and isinstance(item.record, Contact) and item.record.company_name:
            names.add(item.record.company_name)
    return tuple(desk.crm.companies(names)) if names else ()


def restricted(prepared: Prepared, keys: frozenset[str], left_out: frozenset[str] = frozenset()) -> Prepared:
    """Only the actions on these items: what an administrator approved, each planned anew if its item has changed since (R28).

    A company that one of them has come to need is founded with it. What is `left_out` (all names of such items) is not touched for any reason,
    and with a company that is not founded its persons wait.
    """
    plan = prepared.planned.plan
    allowed = [action for action in plan.actions if not action.names & left_out]
    unfounded = {f"{NEW}{action.creates_company}" for action in plan.actions if action.names & left_out}
    wanted = [action for action in allowed if action.names & keys and not _employers(action) & unfounded]
    needed = {company for action in wanted for company in _employers(action)}
    chosen = {action.key for action in wanted}
    kept = tuple(a for a in allowed if a.key in chosen or f"{NEW}{a.creates_company}" in needed)
    return replace(prepared, planned=replace(prepared.planned, plan=replace(plan, actions=kept)))


def _employers(action: Action) -> set[str]:
    return {write.company for write in action.writes}

"""Nothing to do, told by the cheapest questions: no list is read and no link is loaded for a kind in which nothing has changed.

Only where the books are closed: nothing waits, was refused, or has to be looked at whatever the lists say (R8, R30, R32, R33, R40, R42). What the
plan of such a run says, it says of the books: numbers, and hints about held items.
"""

from __future__ import annotations

from app.domain.ids import LinkId, new_id
from app.domain.plan import HintReason
from app.domain.sync import Side
from app.ports import Cursor, Standing, Store
from app.rules import planner
from app.rules.planner import Planned, Situation
from app.rules.state import SideView
from app.services.desk import Desk, Step, Stores


def quiet(desk: Desk, stores: Stores, standing: Standing) -> Planned | None:
    """The empty plan of a kind in which nothing has changed on either side; None if that is not certain."""
    for side in (Side.WICE, Side.EXCHANGE):
        desk.progress.step(Step.gather(stores.kind, side), 0, 0)
        if not _unchanged(standing.cursors[side], stores.on(side), children=standing.children):
            return None
    situation = Situation(
        kind=stores.kind,
        wice=_view(Side.WICE, standing),
        exchange=_view(Side.EXCHANGE, standing),
        links=(),
        policy=desk.policy,
        new_link=lambda: LinkId(new_id()),
    )
    return planner.at_rest(situation, standing.linked)


def _unchanged(cursor: Cursor, store: Store, *, children: bool) -> bool:
    # What was missing in a list is not in the books: a plan that waited, or broke off, has to find it again.
    is_closed = not cursor.inventory_open and not cursor.missing
    return is_closed and cursor.value is not None and store.unchanged(cursor.value, children=children)


def _view(side: Side, standing: Standing) -> SideView:
    parked = [seen for seen in standing.held if seen.side is side]
    there = sum(side is Side.EXCHANGE or seen.held is not HintReason.OUT_OF_SCOPE for seen in parked)
    aged = standing.aged if side is Side.WICE else 0
    return SideView(side=side, parked=parked, size=standing.linked - aged + there, aged=aged)

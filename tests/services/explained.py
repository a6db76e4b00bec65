"""Items in the books, for pages and the API to explain: made up, without any server."""

from __future__ import annotations

from app.bootstrap import Application
from app.domain.ids import ItemId, RunId, Version
from app.domain.journal import Settlement
from app.domain.plan import HintReason, Op, PlanState, Seen
from app.domain.writes import Written
from tests.adapters.db.world import EXCHANGE, intent, link
from tests.services.past_runs import NEW, OLD, PROFILE

KEY = "link000001"
ATTEMPT = "attempt1"


def written(product: Application, label: str = "Schulz, Anna") -> RunId:
    """A run that changed one linked item in Exchange, by the attempt `ATTEMPT`."""
    change = intent(1, op=Op.CHANGE, key=KEY, link=KEY, before=OLD, after=NEW, label=label, reason="changed_in_wice")
    with product.books.open(product.registry.profile(PROFILE)[0].id, "sync") as ledger:
        ledger.begin([change])
        ledger.settle([Settlement(outcomes=((change.attempt, Written(None)),), link=link(1, label=label))])
        ledger.finish("done", {})
        return ledger.run


def undone(product: Application) -> RunId:
    """The run that has taken this back."""
    profile = product.registry.profile(PROFILE)[0].id
    with product.books.open(profile, "undo") as ledger:
        ledger.save_plan(PlanState.EXECUTED, (), [intent(1).attempt])
        ledger.finish("needs_confirmation", {})
    back = intent(2, op=Op.CHANGE, key=KEY, link=KEY, before=NEW, after=OLD, reason="undone")
    with product.books.open(profile, "confirm") as ledger:
        ledger.begin([back])
        ledger.settle([Settlement(outcomes=((back.attempt, Written(None)),))])
        ledger.finish("done", {})
        return ledger.run


def became_private(product: Application) -> None:
    """The item is somebody else's private matter by now (R19)."""
    held = Seen(EXCHANGE, ItemId("AAMk1"), Version("CQ"), held=HintReason.FOREIGN_PRIVATE)
    with product.books.open(product.registry.profile(PROFILE)[0].id, "sync") as ledger:
        ledger.settle([Settlement(link=link(1), holds=(held,))])
        ledger.finish("done", {})

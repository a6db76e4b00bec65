"""Who else holds an appointment of Wice (D1, D2)."""

from dataclasses import replace

from app.domain.account import Direction
from app.domain.ids import ItemId
from app.domain.journal import Settlement
from app.domain.sync import Holder, Say
from tests.adapters.db.world import APPOINTMENTS, configure, link

MEETING = ItemId("a:1")


def hold(database, user, number, **fields):
    one = replace(link(number, wice=MEETING), kind=APPOINTMENTS, **fields)
    with database.books.open(database.registry.profile(user)[0].id, "sync") as ledger:
        ledger.settle([Settlement(link=one)])
    return one


def test_D1_others_on_the_same_wice_server_whose_changes_reach_it(database):
    configure(database, "anna", "bernd", "carla", "dora")
    mine = hold(database, "anna", 1)
    theirs = hold(database, "bernd", 2, say=Say.ORGANIZES, apart=True)
    former = hold(database, "carla", 3, ended=True, say=Say.ATTENDS)
    hold(database, "dora", 4)
    profile, *_ = database.registry.profile("dora")
    database.registry.save(replace(profile, direction=Direction.TO_EXCHANGE))
    with database.books.open(database.registry.profile("anna")[0].id, "sync") as ledger:
        found = ledger.holders([MEETING, ItemId("a:2")])
        assert list(ledger.links(APPOINTMENTS)) == [mine]
    assert set(found) == {MEETING}
    assert set(found[MEETING]) == {
        Holder("bernd", theirs.id, Say.ORGANIZES, "bernd@example.com"),
        Holder("carla", former.id, Say.ATTENDS, "carla@example.com", left=True),
    }
    with database.books.open(database.registry.profile("bernd")[0].id, "sync") as ledger:
        assert list(ledger.links(APPOINTMENTS)) == [theirs]

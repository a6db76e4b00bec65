"""One account at a time writes to an appointment in Wice, or founds a company of a name (D3)."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from app.adapters.db.tables import profiles
from app.adapters.db.tables_runs import claims
from app.domain.appointment import AllDay, Appointment
from app.domain.contact import Contact, Entity
from app.domain.ids import AttemptId, ItemId
from app.domain.journal import IntentState, Settlement
from app.domain.plan import Op
from app.domain.writes import Stale, Unknown
from tests.adapters.db.world import APPOINTMENTS, CONTACTS, LONG_AGO, WICE, configure, intent

DAY = AllDay(first=datetime(2026, 6, 1, tzinfo=UTC).date(), last=datetime(2026, 6, 1, tzinfo=UTC).date())


def meeting(number, *, uid="", item=""):
    """The creation of a meeting, or with an item its change."""
    op = Op.CHANGE if item else Op.ADD
    after = Appointment(when=DAY, uid=uid)
    return intent(number, kind=APPOINTMENTS, side=WICE, op=op, item=ItemId(item) if item else None, after=after)


@pytest.fixture
def accounts(database):
    configure(database, "anna", "bernd")
    return {name: database.registry.profile(name)[0].id for name in ("anna", "bernd")}


@pytest.fixture
def anna(database, accounts):
    with database.books.open(accounts["anna"], "sync") as ledger:
        yield ledger


@pytest.fixture
def bernd(database, accounts):
    with database.books.open(accounts["bernd"], "sync") as ledger:
        yield ledger


def standing(engine):
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(claims)).scalar_one()


def settled(one, outcome):
    return Settlement(outcomes=((one.attempt, outcome),))


@pytest.mark.parametrize("same", [{"uid": "u"}, {"item": "a:1"}, {"uid": "u", "item": "a:1"}], ids=str)
def test_D3_who_comes_second_waits_until_the_first_is_through(anna, bernd, same, engine):
    first, other, second = meeting(1, **same), meeting(2, uid="other"), meeting(3, **same)
    assert anna.begin([first]) == frozenset()
    assert bernd.begin([second, other]) == {second.attempt}
    assert [entry.intent.attempt for entry in bernd.open_intents(APPOINTMENTS)] == [other.attempt]
    assert anna.begin([meeting(4, **same)]) == frozenset()
    anna.settle([settled(first, Stale())])
    assert bernd.begin([second]) == frozenset()
    bernd.settle([settled(second, Stale()), settled(other, Stale())])
    assert standing(engine) == 0


def company(number, name, **how):
    """The creation of a company."""
    return intent(number, kind=CONTACTS, side=WICE, after=Contact(entity=Entity.COMPANY, company_name=name), **how)


def test_D3_R6_a_company_is_founded_by_one_account_at_a_time_however_its_name_is_spelt(anna, bernd):
    first, second = company(1, "Neu GmbH"), company(2, "NEU GmbH.")
    assert anna.begin([first]) == frozenset()
    assert bernd.begin([second, company(3, "Neu AG")]) == {second.attempt}
    assert bernd.begin([company(4, "Neu GmbH", item=ItemId("c:1"))]) == frozenset()
    anna.settle([settled(first, Stale())])
    assert bernd.begin([company(5, "Neu GmbH")]) == frozenset()


def test_D3_persons_exchange_and_other_servers_are_nobodys_business(database, anna, bernd):
    del database
    for ledger, start in ((anna, 0), (bernd, 10)):
        elsewhere = replace(meeting(start + 1, uid="u"), side=WICE.other)
        assert ledger.begin([elsewhere, intent(start + 2, kind=CONTACTS, side=WICE)]) == frozenset()


def test_D3_R30_a_lost_answer_is_kept_until_somebody_has_found_out(anna, bernd):
    first, second = meeting(1, uid="u"), meeting(2, uid="u")
    anna.begin([first])
    anna.settle([settled(first, Unknown())])
    assert bernd.begin([second]) == {second.attempt}
    anna.close_intent(first.attempt, IntentState.ABANDONED)
    assert bernd.begin([second]) == frozenset()


def test_D3_R30_the_claim_of_a_run_that_died_ends_with_the_next_run_or_with_time(database, accounts, bernd, engine):
    with database.books.open(accounts["anna"], "sync") as ledger:
        ledger.begin([meeting(1, uid="u"), meeting(2, uid="v")])
    assert bernd.begin([meeting(3, uid="u")]) == {AttemptId(meeting(3).attempt)}
    with database.books.open(accounts["anna"], "sync") as ledger:
        assert len(ledger.open_intents(APPOINTMENTS)) == 2
        ledger.close_intent(meeting(1).attempt, IntentState.ABANDONED)
    assert bernd.begin([meeting(3, uid="u"), meeting(4, uid="v")]) == {meeting(4).attempt}
    with engine.begin() as connection:
        connection.execute(update(claims).values(until=LONG_AGO))
    assert bernd.begin([meeting(4, uid="v")]) == frozenset()


def test_D3_time_does_not_end_the_claim_of_a_run_that_lives(anna, bernd, engine, accounts):
    anna.begin([meeting(1, uid="u")])
    with engine.begin() as connection:
        connection.execute(update(claims).values(until=LONG_AGO))
        later = datetime.now(UTC) + timedelta(hours=1)
        connection.execute(update(profiles).where(profiles.c.id == accounts["anna"]).values(lease_until=later))
    assert bernd.begin([meeting(2, uid="u")]) == {meeting(2).attempt}


def test_D3_two_that_ask_for_much_at_once_get_each_thing_once(anna, bernd):
    uids = [f"u{number}" for number in range(60)]
    got = {}
    together = threading.Barrier(2)

    def ask(name, ledger, start, order):
        wanted = {meeting(start + number, uid=uid).attempt: uid for number, uid in enumerate(order)}
        together.wait()
        waiting = ledger.begin([meeting(start + number, uid=uid) for number, uid in enumerate(order)])
        got[name] = {uid for attempt, uid in wanted.items() if attempt not in waiting}

    asked = [
        threading.Thread(target=ask, args=("anna", anna, 0, uids)),
        threading.Thread(target=ask, args=("bernd", bernd, 100, uids[::-1])),
    ]
    for one in asked:
        one.start()
    for one in asked:
        one.join()
    assert not got["anna"] & got["bernd"]
    assert got["anna"] | got["bernd"] == set(uids)

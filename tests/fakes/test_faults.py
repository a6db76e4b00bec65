"""The faults and crash points of the fakes do what they say: proofs of the engine rest on them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.contact import Contact
from app.domain.ids import ItemId
from app.domain.sync import Kind
from app.domain.writes import Unknown, Written
from app.errors import Halt, Retry
from tests.contract.asking import Links, creation, end, pages, read, sightings, until_error
from tests.contract.fake_benches import MAILBOX
from tests.fakes.clock import Clock
from tests.fakes.exchange import FakeExchange
from tests.fakes.exchange_store import PAGE, FakeExchangeStore
from tests.fakes.faults import Crash, FaultKind
from tests.fakes.wice import FakeWice
from tests.fakes.wice_store import FakeWiceStore

PERSON = Contact(first_name="Anna", last_name="Schulz")


@pytest.fixture
def wice() -> FakeWice:
    return FakeWice(Clock())


@pytest.fixture
def exchange() -> FakeExchange:
    return FakeExchange()


def contacts(server: FakeWice) -> FakeWiceStore:
    return server.open_crm("anna").store(Kind.CONTACTS)


def folder(server: FakeExchange) -> FakeExchangeStore:
    mailbox = server.open_mailbox(MAILBOX)
    standard = mailbox.find_folder("default", Kind.CONTACTS)
    assert standard
    return mailbox.store(Kind.CONTACTS, standard)


def fill(server: FakeExchange, number: int) -> list[ItemId]:
    place = server.standard(MAILBOX, "Contacts")
    return [server.add(place, Contact(last_name=f"Name {count}")) for count in range(number)]


def test_a_fault_waits_its_turn_and_fires_as_often_as_asked(wice: FakeWice) -> None:
    wice.faults.add(FaultKind.BUSY, "list", skip=1, count=2, after=timedelta(seconds=7))
    assert pages(contacts(wice))
    for _ in range(2):
        with pytest.raises(Retry) as retry:
            pages(contacts(wice))
        assert retry.value.after == timedelta(seconds=7)
    assert pages(contacts(wice))


def test_denied_is_for_an_administrator(wice: FakeWice) -> None:
    wice.faults.add(FaultKind.DENIED, "list")
    with pytest.raises(Halt):
        pages(contacts(wice))


def test_a_batch_may_be_carried_out_in_part(exchange: FakeExchange) -> None:
    exchange.faults.add(FaultKind.CUT_AFTER, "create", done=1)
    creations = [creation(PERSON), creation(PERSON)]
    outcomes, error = until_error(folder(exchange).write(creations))
    assert outcomes == [Unknown(), Unknown()]
    assert isinstance(error, Retry)
    first, second = folder(exchange).resume(creations)
    assert first
    assert second is None


def test_R30_a_run_can_die_at_every_point_of_a_creation(wice: FakeWice) -> None:
    list(contacts(wice).write([creation(PERSON)]))
    for point in range(len(wice.faults.points)):
        wice.rows.clear()
        wice.faults.crash_at(point)
        create = creation(PERSON)
        with pytest.raises(Crash):
            list(contacts(wice).write([create]))
        (left,) = contacts(wice).resume([create])
        assert len(wice.rows) == (1 if left else 0)
        assert list(sightings(pages(contacts(wice)))) == ([left.id] if left else [])


def test_a_person_may_act_in_the_middle_of_a_call(exchange: FakeExchange) -> None:
    (item,) = fill(exchange, 1)
    exchange.faults.on_point = lambda point: exchange.touch(item) if point == "before get" else None
    before = exchange.items[item].version
    assert read(folder(exchange), item).version != before


def test_R42_a_repeated_page_is_suspect_and_starts_the_list_over(exchange: FakeExchange) -> None:
    items = fill(exchange, 2 * PAGE)
    exchange.faults.add(FaultKind.REPEATED_PAGE, "sync", skip=1)
    listing = pages(folder(exchange))
    assert [page.suspect for page in listing] == [False, True, False, False]
    assert sightings(listing).keys() == set(items)


def test_R42_a_truncated_listing_is_completed_by_the_next(exchange: FakeExchange) -> None:
    items = fill(exchange, 4)
    exchange.faults.add(FaultKind.TRUNCATED, "sync")
    listing = pages(folder(exchange))
    assert len(sightings(listing)) == 2
    assert sightings([*listing, *pages(folder(exchange), end(listing))]).keys() == set(items)


def test_R42_an_old_listing_names_what_was_there_before(wice: FakeWice) -> None:
    first = wice.add_person(PERSON, ["anna"])
    pages(contacts(wice))
    second = wice.add_person(PERSON, ["anna"])
    wice.faults.add(FaultKind.STALE, "list")
    assert list(sightings(pages(contacts(wice)))) == [first]
    assert list(sightings(pages(contacts(wice)))) == [first, second]


def test_a_version_is_certain_only_after_its_second(wice: FakeWice) -> None:
    person = wice.add_person(PERSON, ["anna"])
    assert not read(contacts(wice), person).certain
    wice.clock.tick()
    assert read(contacts(wice), person).certain
    (answer,) = contacts(wice).write([creation(PERSON)])
    assert isinstance(answer, Written)
    assert answer.item
    assert not answer.item.certain


def test_R5_a_company_that_is_not_settled_makes_its_persons_uncertain(wice: FakeWice) -> None:
    company = wice.add_company(Contact(company_name="Vertrag GmbH"))
    wice.clock.tick()
    person = wice.add_person(PERSON, ["anna"], company)
    wice.clock.tick()
    assert read(contacts(wice), person).certain
    wice.edit(company, company_phone="040 66969100")
    assert not read(contacts(wice), person).certain
    known = Links(frozenset({person}))
    assert not sightings(pages(contacts(wice), None, known))[person].certain

"""What a search at either server must find, in scope or not, and what it must keep to itself (R19, R41)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.appointment import Appointment, Timed
from app.domain.contact import Contact, Entity
from app.domain.finding import Discovery, Gap, Question, Trace
from app.domain.ids import ItemId, new_id
from app.domain.sync import Absence, Kind, Obstacle
from app.ports import Crm
from tests.contract.benches import ExchangeBench, ExchangeStoreBench, Trouble, WiceBench, sample

KINDS = pytest.mark.parametrize("kind", list(Kind))


@pytest.fixture
def name() -> str:
    """A name that no other test used, with an umlaut and a sharp s."""
    return f"Größe{new_id(6)}"


def called(crm: Crm, kind: Kind, *words: str) -> dict[ItemId, Trace]:
    return by_id(crm.find(kind, Question(words=words)))


def by_id(discovery: Discovery) -> dict[ItemId, Trace]:
    found = {trace.id: trace for trace in discovery.traces}
    assert len(found) == len(discovery.traces)
    return found


def meeting(title: str, **fields: object) -> Appointment:
    record = sample(Kind.APPOINTMENTS, title)
    assert isinstance(record, Appointment)
    return replace(record, **fields)  # type: ignore[arg-type] # fields of Appointment


def test_R41_a_person_is_found_flagged_or_not_or_deactivated(wice: WiceBench, name: str) -> None:
    record = Contact(first_name="Eva", last_name=name, email=f"{name}@example.com".lower().replace("ß", "s"))
    mine = wice.hand.add_person(record, [wice.user])
    other = wice.hand.add_person(record, [wice.colleague])
    retired = wice.hand.add_person(record, [wice.user])
    wice.hand.deactivate(retired)
    crm = wice.open()
    found = called(crm, Kind.CONTACTS, "eva", name)
    why = {mine: None, other: Absence.UNFLAGGED, retired: Absence.DEACTIVATED}
    assert {item: trace.absence for item, trace in found.items()} == why
    assert {trace.label for trace in found.values()} == {f"{name}, Eva"}
    assert found[mine].fingerprint
    assert called(crm, Kind.CONTACTS, record.email.upper()).keys() == found.keys()
    assert called(crm, Kind.CONTACTS, "otto", name) == {}


def test_R41_a_company_is_found_with_its_persons(wice: WiceBench, name: str) -> None:
    company = wice.hand.add_company(Contact(entity=Entity.COMPANY, company_name=f"{name} GmbH"), [])
    person = wice.hand.add_person(Contact(first_name="Eva", last_name="Kurz"), [wice.user], company)
    assert called(wice.open(), Kind.CONTACTS, name).keys() == {company, person}


def test_R41_what_lies_in_the_bin_is_found_by_its_id(wice: WiceBench, trouble: Trouble, name: str) -> None:
    binned = wice.hand.add_person(Contact(last_name=name), [wice.user])
    destroyed = wice.hand.add_person(Contact(last_name=name), [wice.user])
    trouble.bin(binned)
    trouble.destroy(destroyed)
    discovery = wice.open().find(Kind.CONTACTS, Question(words=(name,), ids=(binned, destroyed)))
    found = by_id(discovery)
    assert (found[binned].absence, found[binned].label) == (Absence.BINNED, name)
    assert (found[destroyed].absence, found[destroyed].label) == (Absence.DELETED, "")
    assert Gap.RECYCLE_BIN in discovery.gaps


def test_R41_an_appointment_is_found_whoever_takes_part_and_whenever_it_is(wice: WiceBench, name: str) -> None:
    start = datetime(2019, 3, 4, 9, 0, tzinfo=UTC)
    long_ago = Timed(start=start, end=start + timedelta(hours=1), zone="Europe/Berlin")
    mine = wice.hand.add_appointment(meeting(name), [wice.user])
    old = wice.hand.add_appointment(meeting(name, when=long_ago), [wice.user])
    theirs = wice.hand.add_appointment(meeting(name), [wice.colleague])
    external = wice.hand.add_appointment(meeting(name), [wice.user])
    wice.hand.set_external(external)
    crm = wice.open(window_start=date(2026, 1, 1))
    found = by_id(crm.find(Kind.APPOINTMENTS, Question(words=(name.upper(),))))
    why = {mine: None, old: None, theirs: Absence.LEFT, external: Absence.EXTERNAL}
    assert {item: trace.absence for item, trace in found.items()} == why
    assert found[old].last_day == date(2019, 3, 4)


def test_R41_R19_nothing_is_told_of_a_private_appointment_of_somebody_else(
    wice: WiceBench, trouble: Trouble, name: str
) -> None:
    own = wice.hand.add_appointment(meeting(name), [wice.user])
    theirs = wice.hand.add_appointment(meeting(name), [wice.colleague])
    trouble.make_private(own)
    trouble.make_private(theirs)
    found = by_id(wice.open().find(Kind.APPOINTMENTS, Question(words=(name,), ids=(theirs,))))
    assert found.keys() == {own, theirs}
    assert name not in repr(found[theirs])


def test_R41_a_server_without_appointments_says_so(wice: WiceBench, trouble: Trouble) -> None:
    trouble.withdraw("appointments")
    discovery = wice.open().find(Kind.APPOINTMENTS, Question(words=("Jour",)))
    assert discovery == Discovery(gaps=(Gap.NO_APPOINTMENTS,))


@KINDS
def test_R41_an_item_is_found_in_its_folder_beside_it_and_in_deleted_items(
    exchange: ExchangeBench, kind: Kind, name: str
) -> None:
    own, other = ExchangeStoreBench(exchange, kind), ExchangeStoreBench(exchange, kind)
    here, there, binned = own.add(sample(kind, name)), other.add(sample(kind, name)), own.add(sample(kind, name))
    exchange.hand.delete(binned)
    discovery = exchange.open().find(kind, Question(words=(name,)), own.folder)
    found = by_id(discovery)
    assert (found[here].absence, found[here].folder) == (None, "")
    assert found[here].fingerprint
    assert found[there].absence is Absence.MOVED_AWAY
    assert discovery.home.startswith("Contacts" if kind is Kind.CONTACTS else "Calendar") or "/" in discovery.home
    assert (found[there].folder.count("/"), found[there].binned) == (1, False)
    [lost] = [trace for trace in found.values() if trace.binned]
    assert lost.absence is Absence.MOVED_AWAY
    assert len(found) == 3


def test_R41_a_contact_is_found_by_address_and_all_words_must_fit(exchange: ExchangeBench, name: str) -> None:
    own = ExchangeStoreBench(exchange, Kind.CONTACTS)
    mail = f"{new_id(8)}@example.com"
    item = own.add(Contact(first_name="Eva", last_name=name, email=mail))
    mailbox = exchange.open()
    assert by_id(mailbox.find(Kind.CONTACTS, Question(words=(mail,)), own.folder)).keys() == {item}
    assert by_id(mailbox.find(Kind.CONTACTS, Question(words=("EVA", name)), own.folder)).keys() == {item}
    assert by_id(mailbox.find(Kind.CONTACTS, Question(words=("otto", name)), own.folder)) == {}


def test_R41_a_distribution_list_says_what_it_is(exchange: ExchangeBench) -> None:
    own = ExchangeStoreBench(exchange, Kind.CONTACTS)
    item = exchange.hand.add_list(own.folder)
    found = by_id(exchange.open().find(Kind.CONTACTS, Question(words=("Verteiler",)), own.folder))
    assert found[item].obstacle is Obstacle.NOT_A_CONTACT


@KINDS
def test_R41_what_is_gone_for_good_is_said_to_be(exchange: ExchangeBench, kind: Kind, name: str) -> None:
    own = ExchangeStoreBench(exchange, kind)
    here, gone = own.add(sample(kind, name)), own.add(sample(kind, name))
    exchange.hand.purge(gone)
    found = by_id(exchange.open().find(kind, Question(ids=(here, gone)), own.folder))
    assert (found[here].absence, found[here].label.startswith(name)) == (None, True)
    assert (found[gone].absence, found[gone].label) == (Absence.DELETED, "")


@KINDS
def test_R41_more_hits_than_wanted_are_said_to_be_more(exchange: ExchangeBench, kind: Kind, name: str) -> None:
    own = ExchangeStoreBench(exchange, kind)
    for _ in range(3):
        own.add(sample(kind, name))
    discovery = exchange.open().find(kind, Question(words=(name,), limit=2), own.folder)
    assert (len(discovery.traces), discovery.gaps) == (2, (Gap.MORE,))

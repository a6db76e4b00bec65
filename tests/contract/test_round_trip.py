"""What is written is what is read: no difference after a round trip through either server, however nasty the record (R3, R17, R19)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.appointment import AllDay, Appointment, Participant, Role, Timed
from app.domain.contact import Contact, Entity
from app.domain.fingerprint import Record, differences
from app.domain.sync import Kind, Side
from app.rules.merge import must_write
from tests.contract.asking import creation, read, update, written
from tests.contract.benches import ExchangeBench, ExchangeStoreBench, StoreBench, WiceBench, WiceStoreBench

PERSON = Contact(first_name="Anna", last_name="Schulz")
PERSONS = {
    "all fields": Contact(
        first_name="Anna",
        last_name="Schulz",
        title="Dr.",
        salutation="Frau",
        department="Einkauf",
        position="Leiterin",
        email="anna.schulz@example.com",
        private_email="anna@example.org",
        phone="+49 (0)40 66969-100",
        phone2="040/66969-101",
        phone3="0049 40 66969 102",
        fax="040 66969-999",
        mobile_phone="0171 3920001",
        private_phone="030 23125 001",
        private_mobile_phone="0171 3920002",
        private_street="Hauptstr. 12 a",
        private_zip_code="24103",
        private_town="Kiel",
        private_state="Schleswig-Holstein",
        private_country="Deutschland",
        birthday="1980-05-17",
    ),
    "umlauts, accents, sharp s": replace(PERSON, last_name="Müßig-Łukasz", first_name="Žoë", private_town="Ærøskøbing"),
    "combining characters": replace(PERSON, last_name="Mu\u0308ller", first_name="Zoe\u0301"),
    "emoji": replace(PERSON, last_name="Schulz 👩‍💻", position="Chefin 🎉"),
    "markup": replace(PERSON, last_name="<b>&amp; \"Co\" 'x'", position="a & b < c"),
    "names with commas": replace(PERSON, last_name="Schulz, geb. Meier", first_name="Anna, Maria"),
    "spaces": replace(PERSON, last_name="  Schulz\t", position="Leiterin\u00a0Einkauf"),
    "only a last name": Contact(last_name="Schulz"),
    "only a first name": Contact(first_name="Anna"),
    "leap day": replace(PERSON, birthday="1996-02-29"),
    "before 1900": replace(PERSON, birthday="1899-12-31"),
    "no year": replace(PERSON, birthday="--05-17"),
    "no year on a leap day": replace(PERSON, birthday="--02-29"),
    "a street of words": replace(PERSON, private_street="Am Alten Markt"),
    "a street of numbers": replace(PERSON, private_street="Straße des 17. Juni 135"),
    "a title without salutation": replace(PERSON, title="Prof. Dr. med."),
    "a salutation without title": replace(PERSON, salutation="Herr"),
}
COMPANY = Contact(entity=Entity.COMPANY, company_name="Vertrag & Söhne GmbH & Co. KG")
COMPANIES = {
    "all fields": replace(
        COMPANY,
        company_street="Kaistraße 7-9",
        company_zip_code="24103",
        company_town="Kiel",
        company_state="Schleswig-Holstein",
        company_country="Deutschland",
        company_po_box="12 34 56",
        company_phone="0431 66969-0",
        company_fax="0431 66969-9",
        company_url="https://www.example.com/",
        company_email="info@example.com",
        company_remarks="Zeile 1\r\nZeile 2\tmit Tabulator",
    ),
    "long remarks": replace(COMPANY, company_remarks="Bemerkung äöü 🎉\n" * 250),
    "only a name": COMPANY,
}
START = datetime(2026, 12, 3, 9, 30, tzinfo=UTC)
MEETING = Appointment(title="Jour fixe", when=Timed(start=START, end=START + timedelta(hours=1), zone="Europe/Berlin"))


def timed(year: int, month: int, day: int, hour: int, minutes: int = 60) -> Timed:
    start = datetime(year, month, day, hour, tzinfo=UTC)
    return Timed(start=start, end=start + timedelta(minutes=minutes), zone="Europe/Berlin")


APPOINTMENTS = {
    "plain": MEETING,
    "text": replace(MEETING, text="Zeile 1\r\n\r\nZeile 3\tTabulator äöü 🎉", place="Raum <7> & Keller"),
    "long text": replace(MEETING, text="Tagesordnung äöü\n" * 250),
    "markup": replace(MEETING, text="<p>kein HTML</p> &nbsp; &lt;"),
    "private": replace(MEETING, private=True),
    "all day": replace(MEETING, when=AllDay(first=date(2026, 12, 24), last=date(2026, 12, 24))),
    "several days": replace(MEETING, when=AllDay(first=date(2026, 12, 30), last=date(2027, 1, 2))),
    "the day the clocks go forward": replace(MEETING, when=AllDay(first=date(2027, 3, 28), last=date(2027, 3, 28))),
    "the day the clocks go back": replace(MEETING, when=AllDay(first=date(2026, 10, 25), last=date(2026, 10, 25))),
    "in summer": replace(MEETING, when=timed(2027, 7, 1, 7)),
    "over the clocks' change": replace(MEETING, when=timed(2027, 3, 27, 22, minutes=600)),
    "over midnight": replace(MEETING, when=timed(2026, 12, 31, 22, minutes=180)),
    "no length": replace(MEETING, when=timed(2026, 12, 3, 9, minutes=0)),
    "another zone": replace(MEETING, when=replace(timed(2027, 1, 5, 15), zone="America/New_York")),
    "no zone": replace(MEETING, when=replace(timed(2027, 1, 5, 15), zone="")),
}


PEOPLE = {
    "a name and an address": [Participant(name="Gerda Gast", email="gerda@example.org")],
    "only an address": [Participant(email="gerda@example.org")],
    "only a name": [Participant(name="Gerda Gast")],
    "a comma and umlauts": [Participant(name="Gärtner, Gerda", email="gerda@example.org")],
    "markup and brackets": [Participant(name="Gerda <Gast> & Co (extern)", email="gerda@example.org")],
    "one name, two addresses": [
        Participant(name="Gerda Gast", email="gerda@example.org"),
        Participant(name="Gerda Gast", email="gast@example.org"),
    ],
    "twice": [Participant(name="Gerda Gast"), Participant(name="gerda  gast")],
    "an employee by address": [Participant(name="Herr Brandt", email="bernd@example.com", role=Role.EMPLOYEE)],
    "lines and nobody": [Participant(name="Gerda\nGast"), Participant()],
}


@pytest.mark.parametrize("people", PEOPLE.values(), ids=PEOPLE)
@pytest.mark.parametrize("side", list(Side))
def test_R15_participants_are_written_once(
    wice: WiceBench, exchange: ExchangeBench, side: Side, people: list[Participant]
) -> None:
    bench: StoreBench = (
        WiceStoreBench(wice, Kind.APPOINTMENTS)
        if side is Side.WICE
        else ExchangeStoreBench(exchange, Kind.APPOINTMENTS)
    )
    record = replace(MEETING, participants=tuple(people))
    made = written(bench.store(), creation(record))
    again = read(bench.store(), made.id)
    assert again.fingerprint == made.fingerprint
    assert not must_write(side, record, again.record)
    after = written(bench.store(), update(again, replace(record, title="Anders")))
    assert not must_write(side, replace(record, title="Anders"), read(bench.store(), after.id).record)


def test_R15_a_group_is_shown_in_Exchange(exchange: ExchangeBench) -> None:
    bench = ExchangeStoreBench(exchange, Kind.APPOINTMENTS)
    record = replace(MEETING, participants=(Participant(name="Vertrieb", role=Role.GROUP),))
    made = written(bench.store(), creation(record))
    assert not must_write(Side.EXCHANGE, record, read(bench.store(), made.id).record)


def survives(bench: StoreBench, record: Record) -> None:
    made = written(bench.store(), creation(record))
    again = read(bench.store(), made.id)
    assert differences(made.record, record) == ()
    assert differences(again.record, record) == ()
    assert again.fingerprint == made.fingerprint
    after = written(bench.store(), update(again, record))
    assert read(bench.store(), made.id).fingerprint == after.fingerprint == made.fingerprint


@pytest.mark.parametrize("record", PERSONS.values(), ids=PERSONS)
def test_R3_a_person_survives_Wice(wice: WiceBench, record: Contact) -> None:
    survives(WiceStoreBench(wice, Kind.CONTACTS), record)


@pytest.mark.parametrize("record", COMPANIES.values(), ids=COMPANIES)
def test_R3_a_company_survives_Wice(wice: WiceBench, record: Contact) -> None:
    survives(WiceStoreBench(wice, Kind.CONTACTS), record)


@pytest.mark.parametrize("record", APPOINTMENTS.values(), ids=APPOINTMENTS)
def test_R3_an_appointment_survives_Wice(wice: WiceBench, record: Appointment) -> None:
    survives(WiceStoreBench(wice, Kind.APPOINTMENTS), record)


@pytest.mark.parametrize("record", PERSONS.values(), ids=PERSONS)
def test_R3_a_person_survives_Exchange(exchange: ExchangeBench, record: Contact) -> None:
    company = COMPANIES["all fields"]
    shown = {
        name: getattr(company, name) for name in ("company_name", "company_street", "company_po_box", "company_url")
    }
    survives(ExchangeStoreBench(exchange, Kind.CONTACTS), replace(record, **shown))


@pytest.mark.parametrize("record", COMPANIES.values(), ids=COMPANIES)
def test_R3_a_company_survives_Exchange(exchange: ExchangeBench, record: Contact) -> None:
    survives(ExchangeStoreBench(exchange, Kind.CONTACTS), record)


@pytest.mark.parametrize("record", APPOINTMENTS.values(), ids=APPOINTMENTS)
def test_R3_an_appointment_survives_Exchange(exchange: ExchangeBench, record: Appointment) -> None:
    survives(ExchangeStoreBench(exchange, Kind.APPOINTMENTS), record)


def test_R3_notes_survive_Exchange(exchange: ExchangeBench) -> None:
    survives(ExchangeStoreBench(exchange, Kind.CONTACTS), replace(PERSON, notes="Notiz äöü 🎉\r\nZeile 2\t\n" * 150))

"""A folder as a store, over the wire: what is written is read again, and what is no record of ours is a hint or an absence."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain.appointment import AllDay, Appointment, Participant, Timed
from app.domain.contact import Contact, Entity
from app.domain.fingerprint import Record, differences
from app.domain.sync import Absence, Absent, Held, Item, Kind, Obstacle
from tests.adapters.exchange.sandbox_server import (
    Server,
    add,
    changed,
    creation,
    listed,
    persons,
    read,
    removal,
    update,
    written,
)

FULL_PERSON = Contact(
    first_name="Zoë",
    last_name="Schulz, geb. Müller",
    title="Dr.",
    salutation="Frau",
    department="Einkauf",
    position="Leiterin",
    email="zoe@example.com",
    private_email="privat@example.com",
    phone="+49 40 66969-123",
    phone2="040 66969 124",
    phone3="040/66969-125",
    fax="040 66969 126",
    mobile_phone="0171 3920011",
    private_phone="030 23125 100",
    private_mobile_phone="0171 3920012",
    private_street="Hauptstr. 12 a",
    private_zip_code="10115",
    private_town="Berlin",
    private_state="Berlin",
    private_country="Deutschland",
    birthday="1980-02-29",
    notes="Zeile 1\n\tZeile 2\n\n🎂 Ende",
    company_name="Muster & Söhne GmbH",
    company_street="Am Markt 1",
    company_zip_code="20095",
    company_town="Hamburg",
    company_state="Hamburg",
    company_country="Deutschland",
    company_po_box="Postfach 12 34",
    company_phone="040 66969-0",
    company_fax="040 66969-99",
    company_url="https://www.example.com",
)
FULL_COMPANY = Contact(
    entity=Entity.COMPANY,
    company_name="Muster & Söhne GmbH",
    company_street="Am Markt 1",
    company_zip_code="20095",
    company_town="Hamburg",
    company_po_box="1234",
    company_phone="040 66969-0",
    company_fax="040 66969-99",
    company_url="www.example.com",
    company_email="info@example.com",
    company_remarks="Stammkunde\nseit 1999",
)
TIMED = Appointment(
    title="Besprechung",
    text="Tagesordnung:\n1. Alles",
    place="Raum 3",
    when=Timed(
        start=datetime(2026, 3, 29, 7, 30, tzinfo=UTC),
        end=datetime(2026, 3, 29, 9, 0, tzinfo=UTC),
        zone="Europe/Berlin",
    ),
    private=True,
    uid="wice-uid-1",
)
WHOLE_DAYS = Appointment(title="Messe", when=AllDay(first=date(2026, 3, 28), last=date(2026, 3, 30)))


def with_uid_of(record: Record, held: Record) -> Any:
    """Exchange makes a UID where none was given."""
    if isinstance(record, Appointment) and isinstance(held, Appointment) and not record.uid:
        return changed(record, uid=held.uid)
    return record


@pytest.mark.parametrize("record", [FULL_PERSON, FULL_COMPANY, Contact(last_name="Nur"), TIMED, WHOLE_DAYS])
def test_R3_what_is_written_is_read_again_and_is_what_the_outcome_said(server: Server, record: Record) -> None:
    kind = Kind.CONTACTS if isinstance(record, Contact) else Kind.APPOINTMENTS
    store = server.store(kind)
    sent = creation(record)
    item = written(next(iter(store.write([sent]))))
    [again] = read(store, item.id)
    assert isinstance(again, Item)
    assert differences(record, again.record) == ()
    assert again == changed(item, record=with_uid_of(item.record, again.record))
    assert again.stamp == sent.stamp


@pytest.mark.parametrize("record", [FULL_PERSON, FULL_COMPANY, TIMED, WHOLE_DAYS])
def test_R3_an_update_that_changes_nothing_sends_nothing(server: Server, record: Record) -> None:
    kind = Kind.CONTACTS if isinstance(record, Contact) else Kind.APPOINTMENTS
    store = server.store(kind)
    add(store, record)
    [item] = read(store, *(one["id"] for one in server.items(kind)))
    again = written(next(iter(store.write([update(item, record)]))))
    assert again.version == item.version
    assert "UpdateItem" not in server.counters["requests"]


@pytest.mark.parametrize("name", [name for name in FULL_PERSON.__dataclass_fields__ if name != "entity"])
def test_R2_emptying_a_field_deletes_that_field_and_no_other(server: Server, name: str) -> None:
    store = server.store()
    [item] = add(store, FULL_PERSON)
    emptied = changed(FULL_PERSON, **{name: ""})
    written(next(iter(store.write([update(item, emptied)]))))
    [again] = read(store, item.id)
    assert differences(emptied, again.record) == ()


def test_R2_what_is_not_mapped_survives_an_update(server: Server) -> None:
    store = server.store()
    foreign = server.put(
        "<Contact><ItemClass>IPM.Contact</ItemClass><Body BodyType='HTML'>&lt;b&gt;fett&lt;/b&gt;</Body>"
        "<Categories><String>Kunde</String></Categories><FileAs>S</FileAs><DisplayName>S</DisplayName>"
        "<GivenName>Anna</GivenName><PhoneNumbers><Entry Key='Pager'>9</Entry><Entry Key='HomePhone'>1</Entry></PhoneNumbers>"
        "<SpouseName>Otto</SpouseName><Surname>Schulz</Surname></Contact>"
    )
    [item] = read(store, foreign["id"])
    written(next(iter(store.write([update(item, changed(item.record, private_phone="", position="Chefin"))]))))
    [held] = server.items()
    assert held["body"] == foreign["body"]
    edited = {key for key in held["properties"] if held["properties"][key] != foreign["properties"].get(key)}
    assert edited == {"contacts:JobTitle"}
    assert foreign["properties"].keys() - held["properties"].keys() == {"contacts:PhoneNumber[HomePhone]"}


def test_unmapped_fields_are_neither_read_nor_written(server: Server) -> None:
    [item] = add(server.store(), FULL_PERSON)
    store = server.store(unmapped_fields=frozenset({"notes"}))
    [seen] = read(store, item.id)
    assert seen.record == changed(FULL_PERSON, notes="")
    written(next(iter(store.write([update(seen, changed(seen.record, notes="neu", phone="1"))]))))
    [again] = read(server.store(), item.id)
    assert again.record == changed(FULL_PERSON, phone="1")


def test_a_deleted_item_is_absent(server: Server) -> None:
    store = server.store()
    kept, gone = add(store, *persons(2))
    list(store.write([removal(gone)]))
    assert read(store, gone.id, kept.id) == [Absent(gone.id, Absence.DELETED), kept]


def test_an_item_that_the_server_still_knows_in_another_folder_has_moved_away(server: Server) -> None:
    [item] = add(server.store(), *persons(1))
    mailbox = server.mailbox()
    standard = mailbox.find_folder("default", Kind.CONTACTS)
    assert standard
    assert read(mailbox.store(Kind.CONTACTS, standard), item.id) == [Absent(item.id, Absence.MOVED_AWAY)]


def test_R7_a_distribution_list_and_a_message_are_no_contacts(server: Server) -> None:
    store = server.store()
    server.put(
        "<DistributionList><ItemClass>IPM.DistList</ItemClass><DisplayName>Alle</DisplayName></DistributionList>"
    )
    server.put("<Message><ItemClass>IPM.Note</ItemClass><Subject>Hallo</Subject></Message>")
    found = read(store, *(one["id"] for one in server.items()))
    assert [(one.because, one.detail) for one in found] == [
        (Obstacle.NOT_A_CONTACT, "IPM.DistList"),
        (Obstacle.NOT_A_CONTACT, "IPM.Note"),
    ]


@pytest.mark.parametrize(
    ("xml", "name"),
    [
        ("<DisplayName>Anna Schulz</DisplayName>", "Anna Schulz"),
        ("<FileAs>Schulz, Anna</FileAs>", "Schulz, Anna"),
        ("<EmailAddresses><Entry Key='EmailAddress1'>a@example.com</Entry></EmailAddresses>", "a@example.com"),
    ],
)
def test_a_contact_without_a_name_takes_another_one(server: Server, xml: str, name: str) -> None:
    store = server.store()
    stored = server.put(f"<Contact><ItemClass>IPM.Contact</ItemClass>{xml}</Contact>")
    [item] = read(store, stored["id"])
    assert isinstance(item, Item)
    assert item.record.label == name
    assert written(next(iter(store.write([update(item, changed(item.record, phone="1"))])))).record.label == name
    assert "contacts:Surname" not in server.items()[0]["properties"]


def test_R7_a_contact_without_any_name_is_held(server: Server) -> None:
    store = server.store()
    stored = server.put("<Contact><ItemClass>IPM.Contact.Own</ItemClass><JobTitle>X</JobTitle></Contact>")
    [held] = read(store, stored["id"])
    assert (held.because, held.version) == (Obstacle.NO_NAME, stored["change_key"])


def test_an_error_of_one_item_is_that_item_s_hint(server: Server) -> None:
    store = server.store()
    items = add(store, *persons(3))
    server.fault("item_error", "GetItem", code="ErrorItemCorrupt", index=1)
    found = read(store, *(item.id for item in items))
    assert found == [
        items[0],
        Held(items[1].id, found[1].version, Obstacle.UNREADABLE, detail="ErrorItemCorrupt"),
        items[2],
    ]


def test_many_items_are_read_in_few_requests(server: Server) -> None:
    store = server.store()
    items = add(store, *persons(120))
    assert read(store, *(item.id for item in items)) == items
    assert server.counters["requests"]["GetItem"] == 3
    assert server.counters["requests"]["CreateItem"] == 3


def test_R18_a_series_is_held_with_its_name(server: Server) -> None:
    store = server.store(Kind.APPOINTMENTS)
    server.put(
        "<CalendarItem><ItemClass>IPM.Appointment</ItemClass><Subject>Jour fixe</Subject>"
        "<Start>2026-11-23T08:00:00Z</Start><End>2026-11-23T09:00:00Z</End><Recurrence><DailyRecurrence><Interval>1</Interval>"
        "</DailyRecurrence><NoEndRecurrence><StartDate>2026-11-23</StartDate></NoEndRecurrence></Recurrence>"
        '<StartTimeZone Id="tzone://Microsoft/Custom"/><EndTimeZone Id="tzone://Microsoft/Custom"/></CalendarItem>',
        Kind.APPOINTMENTS,
    )
    [sighting] = listed(store)[0].sightings
    [held] = read(store, sighting.id)
    assert (held.because, held.label, held.detail) == (Obstacle.SERIES, "Jour fixe", "TZID=tzone://Microsoft/Custom")


MEETING = (
    "<CalendarItem><ItemClass>IPM.Appointment</ItemClass><Subject>Treffen</Subject><Sensitivity>{sensitivity}</Sensitivity>"
    "<Start>2026-11-23T08:00:00Z</Start><End>2026-11-23T09:00:00Z</End><MyResponseType>{answer}</MyResponseType>"
    "<Organizer><Mailbox><Name>Bernd</Name><EmailAddress>BERND@example.com</EmailAddress></Mailbox></Organizer>"
    "<RequiredAttendees><Attendee><Mailbox><Name>Anna</Name><EmailAddress>Anna@Example.com</EmailAddress></Mailbox></Attendee>"
    "<Attendee><Mailbox><Name>Clara</Name><EmailAddress>clara@example.com</EmailAddress></Mailbox></Attendee></RequiredAttendees>"
    "<OptionalAttendees><Attendee><Mailbox><Name>Gast</Name><EmailAddress>/o=x/cn=gast</EmailAddress><RoutingType>EX</RoutingType>"
    "</Mailbox></Attendee></OptionalAttendees></CalendarItem>"
)


def meeting(server: Server, sensitivity: str = "Normal", answer: str = "Accept") -> Any:
    return server.put(MEETING.format(sensitivity=sensitivity, answer=answer), Kind.APPOINTMENTS)["id"]


def test_R15_organizer_and_attendees_are_participants_but_the_owner(server: Server) -> None:
    store = server.store(Kind.APPOINTMENTS)
    [item] = read(store, meeting(server))
    assert item.record.participants == (
        Participant(name="Bernd", email="bernd@example.com"),
        Participant(name="Clara", email="clara@example.com"),
        Participant(name="Gast"),
    )


def test_R15_the_owner_is_known_by_either_address(server: Server) -> None:
    store = server.store(Kind.APPOINTMENTS, email="Clara@Example.com")
    [item] = read(store, meeting(server))
    assert [person.name for person in item.record.participants] == ["Bernd", "Gast"]


def test_R15_wice_s_participants_are_shown_in_the_body_and_never_come_back(server: Server) -> None:
    store = server.store(Kind.APPOINTMENTS)
    [item] = read(store, meeting(server))
    people = (
        Participant(name="Clara", email="clara@example.com"),
        Participant(name="Dora", email="dora@example.com"),
    )
    after = written(next(iter(store.write([update(item, changed(item.record, text="Neu", participants=people))]))))
    body = server.items(Kind.APPOINTMENTS)[0]["body"]["content"].replace("\r", "")
    assert body == "Neu\n\n--- Teilnehmer laut Wice ---\nDora (dora@example.com)\n--- Ende ---"
    [again] = read(store, item.id)
    assert again.record == after.record == changed(item.record, text="Neu", shown=("Dora (dora@example.com)",))


def test_R19_private_travels_and_other_sensitivities_are_kept(server: Server) -> None:
    store = server.store(Kind.APPOINTMENTS)
    [secret, personal] = read(store, meeting(server, "Private", "Organizer"), meeting(server, "Confidential"))
    assert (secret.record.private, personal.record.private) == (True, False)
    writes = [update(one, changed(one.record, title="Neu", private=False)) for one in (secret, personal)]
    list(store.write(writes))
    kept = [one["properties"]["item:Sensitivity"] for one in server.items(Kind.APPOINTMENTS)]
    assert kept == ["Normal", "Confidential"]


def test_R19_somebody_else_s_private_meeting_is_held_without_its_words(server: Server) -> None:
    [held] = read(server.store(Kind.APPOINTMENTS), meeting(server, "Private", "Accept"))
    assert (held.because, held.label) == (Obstacle.FOREIGN_PRIVATE, "")


def test_R17_a_new_time_keeps_the_zone_that_the_item_has(server: Server) -> None:
    store = server.store(Kind.APPOINTMENTS)
    new_york = changed(TIMED, when=changed(TIMED.when, zone="America/New_York"))
    [item] = add(store, new_york)
    moved = Timed(
        start=datetime(2026, 4, 1, 7, tzinfo=UTC), end=datetime(2026, 4, 1, 8, tzinfo=UTC), zone="Europe/Berlin"
    )
    list(store.write([update(item, changed(new_york, when=moved))]))
    [again] = read(store, item.id)
    assert again.record.when == changed(moved, zone="America/New_York")


def test_R17_a_timed_appointment_becomes_all_day_and_back(server: Server) -> None:
    store = server.store(Kind.APPOINTMENTS)
    [item] = add(store, TIMED)
    whole = written(next(iter(store.write([update(item, changed(TIMED, when=WHOLE_DAYS.when))]))))
    assert read(store, item.id) == [whole]
    timed = written(next(iter(store.write([update(whole, TIMED)]))))
    assert read(store, item.id) == [timed]
    assert timed.record == TIMED


def test_R30_what_a_dead_run_created_is_found_by_its_stamp(server: Server) -> None:
    store = server.store()
    creations = [creation(record) for record in persons(45)]
    items = [written(outcome) for outcome in store.write(creations[::2])]
    assert [one for one in store.resume(creations) if one] == items
    assert list(store.resume(creations))[1::2] == [None] * 22


def test_R24_of_several_copies_of_a_stamp_one_is_answered(server: Server) -> None:
    store = server.store()
    sent = creation(persons(1)[0])
    first, second = (written(outcome) for _ in range(2) for outcome in store.write([sent]))
    [found] = store.resume([sent])
    assert found in {first, second} if found else False

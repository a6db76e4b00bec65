"""A person's own exports: what is read, and what is only reported."""

from datetime import date, datetime
from pathlib import Path

import pytest

from sandbox.importer import Imported, read_exports

FULL_CARD = r"""BEGIN:VCARD
VERSION:3.0
N:Müller-Lüdenscheid;Ännchen;Maria;Dr.;
FN:Dr. Ännchen Müller-Lüdenscheid
ORG:Nordlicht\, Söhne & Töchter GmbH;Einkauf\; Lager
TITLE:Leitung
TEL;TYPE=WORK,VOICE:(040) 66969-101
TEL;TYPE=CELL:0171 3920011
TEL;TYPE=HOME:030 23125 001
TEL;TYPE=WORK,FAX:(040) 66969-102
TEL;TYPE=HOME:030 23125 002
EMAIL;TYPE=WORK:aennchen@nordlicht.example
EMAIL;TYPE=HOME:aennchen@privat.example
ADR;TYPE=WORK:;;Am Speicher 3 a;Hamburg;;20457;Deutschland
ADR;TYPE=HOME:;;Lindenallee;Berlin;;10117;Deutschland
BDAY:1980-02-29
URL:https://www.nordlicht.example
NOTE:Erste Zeile\nZweite Zeile mit einem sehr langen Text\, der umgebrochen wird u
 nd hier weitergeht
END:VCARD
"""

OLD_CARD = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:K=C3=B6ster;J=C3=BCrgen
TEL;WORK;VOICE:030 23125 003
TEL;CELL:+49 176 04069001
END:VCARD
"""

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16011028T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:one@example.com
SUMMARY:Gespräch\\, lang
DTSTART;TZID=W. Europe Standard Time:20261201T090000
DTEND;TZID=W. Europe Standard Time:20261201T103000
LOCATION:Raum 1
CLASS:PRIVATE
ATTENDEE;CN=Bernd:MAILTO:Bernd@example.com
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT15M
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:two@example.com
SUMMARY:Messe
DTSTART;VALUE=DATE:20261202
DTEND;VALUE=DATE:20261204
END:VEVENT
BEGIN:VEVENT
UID:three@example.com
SUMMARY:Aus Übersee
DTSTART:20260701T100000Z
DURATION:PT45M
END:VEVENT
BEGIN:VEVENT
UID:four@example.com
SUMMARY:Serie
DTSTART;TZID=Europe/Berlin:20261207T080000
DTEND;TZID=Europe/Berlin:20261207T083000
RRULE:FREQ=WEEKLY;UNTIL=20270101T000000Z
EXDATE;TZID=Europe/Berlin:20261214T080000,20261221T080000
END:VEVENT
END:VCALENDAR
"""


def _read(tmp_path: Path, name: str, content: str | bytes) -> Imported:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_exports([file])


def test_a_full_card_comes_whole(tmp_path: Path) -> None:
    imported = _read(tmp_path, "full.vcf", FULL_CARD.replace("\n", "\r\n"))
    (contact,) = imported.contacts
    assert (contact.name, contact.firstname, contact.title) == ("Müller-Lüdenscheid", "Ännchen Maria", "Dr.")
    assert (contact.company_name, contact.department) == ("Nordlicht, Söhne & Töchter GmbH", "Einkauf; Lager")
    assert (contact.phone, contact.mobile_phone) == ("(040) 66969-101", "0171 3920011")
    assert (contact.private_phone, contact.fax) == ("030 23125 001", "(040) 66969-102")
    assert (contact.email, contact.email2) == ("aennchen@nordlicht.example", "aennchen@privat.example")
    assert (contact.company_street, contact.company_street_number, contact.company_town) == (
        "Am Speicher",
        "3 a",
        "Hamburg",
    )
    assert (contact.private_street, contact.private_zip_code) == ("Lindenallee", "10117")
    assert (contact.birthday, contact.position) == (date(1980, 2, 29), "Leitung")
    assert (
        contact.notes
        == "Erste Zeile\nZweite Zeile mit einem sehr langen Text, der umgebrochen wird und hier weitergeht"
    )
    assert imported.problems == [
        "full.vcf, entry 1 (VCARD): a further telephone number left out (private_phone is taken)"
    ]


def test_a_card_of_version_2_1_with_quoted_printable(tmp_path: Path) -> None:
    (contact,) = _read(tmp_path, "old.vcf", OLD_CARD).contacts
    assert (contact.name, contact.firstname, contact.phone) == ("Köster", "Jürgen", "030 23125 003")
    assert contact.mobile_phone == "+49 176 04069001"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    (contact,) = _read(tmp_path, "x.vcf", FULL_CARD.encode(encoding)).contacts
    assert contact.name == "Müller-Lüdenscheid"


def test_a_companys_card_is_no_human(tmp_path: Path) -> None:
    card = "BEGIN:VCARD\nVERSION:3.0\nFN:Elbkontor KG\nORG:Elbkontor KG\nEND:VCARD\n"
    (contact,) = _read(tmp_path, "company.vcf", card).contacts
    assert (contact.name, contact.firstname, contact.company_name) == ("", "", "Elbkontor KG")


def test_events_timed_full_time_in_utc_and_in_series(tmp_path: Path) -> None:
    imported = _read(tmp_path, "calendar.ics", CALENDAR)
    timed, fulltime, utc, series = imported.appointments
    assert imported.problems == []
    assert (timed.title, timed.time_zone, timed.private) == ("Gespräch, lang", "Europe/Berlin", True)
    assert (timed.start, timed.end) == (datetime(2026, 12, 1, 9), datetime(2026, 12, 1, 10, 30))  # noqa: DTZ001
    assert timed.attendees == ("bernd@example.com",)
    assert (fulltime.fulltime, fulltime.start, fulltime.end) == (True, date(2026, 12, 2), date(2026, 12, 3))
    assert (utc.start, utc.end) == (datetime(2026, 7, 1, 12), datetime(2026, 7, 1, 12, 45))  # noqa: DTZ001
    assert series.rrule == "FREQ=WEEKLY;UNTIL=20270101T000000Z"
    assert series.exdates == (date(2026, 12, 14), date(2026, 12, 21))


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("BEGIN:VCARD\nVERSION:3.0\nTEL:1\nEND:VCARD", "no name"),
        ("BEGIN:VCARD\nVERSION:3.0\nN:Ohne Ende", ""),
        ("BEGIN:VEVENT\nSUMMARY:Ohne Beginn\nEND:VEVENT", "no start"),
        ("BEGIN:VEVENT\nDTSTART:morgen\nEND:VEVENT", "morgen"),
        ("BEGIN:VEVENT\nDTSTART:20261301T250000\nEND:VEVENT", "20261301T250000"),
        ("BEGIN:VEVENT\nDTSTART:20261201T090000Z\nDTEND:20261101T090000Z\nEND:VEVENT", "ends before it starts"),
        ("BEGIN:VEVENT\nDTSTART:20261201T090000Z\nDTEND:20261202\nEND:VEVENT", "both be"),
        ("BEGIN:VEVENT\nDTSTART:20261201T090000Z\nDURATION:lang\nEND:VEVENT", ""),
        ("BEGIN:VEVENT\nDTSTART:20261201T090000Z\nRRULE:FREQ=NIE\nEND:VEVENT", ""),
        ("BEGIN:VEVENT\nDTSTART:20261201\nRECURRENCE-ID:20261201\nEND:VEVENT", "changed occurrence"),
        ("BEGIN:VEVENT\nno colon at all\n\x00\x01\nEND:VEVENT", ""),
        ("BEGIN:VEVENT\nBEGIN:VALARM\nEND:VEVENT", ""),
    ],
)
def test_an_unreadable_entry_is_reported_and_its_neighbours_are_read(tmp_path: Path, entry: str, reason: str) -> None:
    card = "BEGIN:VCARD\nVERSION:3.0\nN:Gut;Ina\nEND:VCARD\n"
    imported = _read(tmp_path, "mixed.vcf", f"{card}{entry}\n{card}")
    assert [contact.name for contact in imported.contacts] == ["Gut", "Gut"]
    assert imported.appointments == []
    (problem,) = imported.problems
    assert problem.startswith("mixed.vcf, entry 2 (")
    assert reason in problem


def test_what_cannot_be_kept_of_an_entry_is_reported_but_the_entry_stays(tmp_path: Path) -> None:
    text = (
        "BEGIN:VCARD\nVERSION:4.0\nN:Jahrlos;Ina\nBDAY:--0229\nEND:VCARD\n"
        "BEGIN:VEVENT\nDTSTART;TZID=Mond/Krater:20261201T090000\nEND:VEVENT\n"
    )
    imported = _read(tmp_path, "partly.vcf", text)
    assert imported.contacts[0].birthday is None
    assert imported.appointments[0].time_zone == "Europe/Berlin"
    assert len(imported.problems) == 2


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe garbage", b"%PDF-1.7", b"BEGIN:VCALENDAR\nEND:VCALENDAR\n"])
def test_a_file_with_nothing_in_it_is_reported(tmp_path: Path, content: bytes) -> None:
    imported = _read(tmp_path, "empty.ics", content)
    assert imported.problems == ["empty.ics: neither a contact (VCARD) nor an event (VEVENT) in it"]


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    imported = read_exports([tmp_path / "gone.vcf"])
    assert imported.problems == ["gone.vcf: cannot be read (No such file or directory); check the path"]

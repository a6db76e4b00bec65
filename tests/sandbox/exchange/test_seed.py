"""The demo world and imported files in mailboxes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.exchange.conftest import Exchange, exchange_with

VCARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Muster;Eva;;Dr.;\r\nFN:Eva Muster\r\nTEL;TYPE=CELL:0171 3920012\r\nEMAIL:eva@firma.example\r\nEND:VCARD\r\n"
EVENT = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:serie@firma.example\r\nSUMMARY:Runde\r\nDTSTART:20261019T070000Z\r\n"
    "DTEND:20261019T080000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=4\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture(scope="module")
def demo() -> Iterator[Exchange]:
    with exchange_with(seed="demo") as server:
        yield server


def test_the_demo_lies_in_folders_named_wice_of_every_mailbox(demo: Exchange) -> None:
    for person in ("anna", "bernd", "clara"):
        held = [len(demo.items(f"{parent}/Wice", f"{person}@example.com")) for parent in ("contacts", "calendar")]
        assert all(held)


def test_the_demo_is_readable_in_full(demo: Exchange) -> None:
    account = demo.account()
    contacts, appointments = list((account.contacts / "Wice").all()), list((account.calendar / "Wice").all())
    assert len(contacts) == len(demo.items("contacts/Wice"))
    assert any(item.is_all_day for item in appointments)
    assert demo.counters["invalid_replies"] == 0


def test_a_reset_makes_the_same_world_again(demo: Exchange) -> None:
    def contents() -> list[object]:
        return [item["properties"] for item in demo.items("contacts/Wice")]

    before = contents()
    demo.post("reset", seed="demo", people=3)
    assert contents() == before


def test_imported_files_go_to_the_first_person(tmp_path: Path) -> None:
    card, event = tmp_path / "a.vcf", tmp_path / "b.ics"
    card.write_text(VCARD)
    event.write_text(EVENT)
    with exchange_with(imports=(card, event)) as exchange:
        (contact,) = exchange.items("contacts/Wice")
        assert contact["properties"]["contacts:PhoneNumber[MobilePhone]"] == "0171 3920012"
        assert contact["extended"] == {"extended:tag:0x3a45:String": "Dr."}
        (series,) = (exchange.account().calendar / "Wice").all()
        assert (series.type, series.uid) == ("RecurringMaster", "serie@firma.example")

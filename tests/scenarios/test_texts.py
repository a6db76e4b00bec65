"""Texts as people really type them: R1, R2, R3 over both wire formats."""

from __future__ import annotations

import unicodedata

import pytest

from app.domain.sync import Kind
from app.services.report import Status
from tests.scenarios.office import Office, counts

DAY = "2031-05-12"
WORDS = {
    "umlauts": "Grüße aus Köln, Straße & Söhne <Zoë>",
    "combining": "Zoe\u0301 Mu\u0308ller",
    "emoji": "👩‍👩‍👧 Familie 🎉",
    "quotes": """O'Neill "Bob" \\ %20 {{x}} ]]> &amp;""",
    "rtl": "שלום עולם",
    "kana": "山田 太郎",
}
NOTES = {**WORDS, "lines": "eins\r\nzwei\n\n\tdrei  \n", "long": "Wort " * 800, "html": "<b>kein</b> HTML &lt;"}


@pytest.mark.parametrize("text", WORDS.values(), ids=WORDS)
def test_R3_names_from_either_side_arrive_as_typed(office: Office, text: str):
    office.wice.person(f"W {text}", "anna", firstname=text, position=text)
    office.outlook.contact(f"E {text}", first=text, job=text)
    assert counts(office.sync()) == {"contacts exchange add": 1, "contacts wice add": 1}
    composed = unicodedata.normalize("NFC", text)
    seen = office.outlook.cards()[f"W {composed}"]
    assert (seen["first"], seen["job"]) == (composed, composed)
    assert office.wice.persons()[f"E {composed}"]["firstname"] == composed


@pytest.mark.parametrize("text", NOTES.values(), ids=NOTES)
def test_R3_notes_of_appointments_and_remarks_of_companies(office: Office, text: str):
    office.wice.appointment("Termin W", "anna", day=DAY, description=text)
    office.outlook.appointment("Termin E", DAY, text=text)
    office.wice.company("Firma W", "anna", remarks=text)
    office.outlook.contact(company="Firma E", text=text)
    office.sync()
    assert office.sync().status is Status.NOTHING_TO_DO
    words = text.replace("\r\n", "\n").split()
    arrived = (office.outlook.diary()["Termin W"]["text"], office.wice.companies()["Firma E"]["remarks"])
    assert [len(one.split()) for one in arrived] == [len(words)] * 2


@pytest.mark.parametrize("birthday", ["1904-02-29", "1899-12-31", "2000-01-01"])
def test_R3_birthdays_keep_their_day(office: Office, birthday: str):
    record = office.wice.person("Schulz", "anna", birthday=birthday)
    office.sync()
    (card,) = office.outlook.everything("contacts/Wice")
    assert card["properties"]["contacts:Birthday"].startswith(birthday)
    office.outlook.change(card["id"], job="neu")
    office.sync()
    assert office.wice.row(record)["birthday"] == birthday


def test_R2_the_display_names_of_e_mail_addresses_survive(office: Office):
    office.outlook.put(
        Kind.CONTACTS,
        "<Contact><DisplayName>Eva Schulz</DisplayName><GivenName>Eva</GivenName><EmailAddresses>"
        '<Entry Key="EmailAddress1" Name="Eva (Büro)" RoutingType="SMTP">eva@example.com</Entry></EmailAddresses>'
        "<Surname>Schulz</Surname></Contact>",
    )
    office.sync()
    before = addresses(office)
    assert 'Name="Eva (Büro)"' in before
    (row,) = office.wice.persons().values()
    office.wice.edit(f"p:{row['rowid']}", position="Chefin", email="EVA@example.com")
    office.sync()
    assert addresses(office) == before


def addresses(office: Office) -> str:
    """The e-mail addresses as the server delivers them, in full."""
    answer = office.outlook.delivered(office.outlook.cards()["Schulz"]["id"])
    return answer[answer.index("<t:EmailAddresses>") : answer.index("</t:EmailAddresses>")]

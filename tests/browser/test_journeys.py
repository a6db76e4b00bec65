"""What administrators do, from the first start on: in Chromium, in both languages, against the real portal, worker and servers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.bootstrap.licensing import demo_key
from tests.browser.installation import Installation, Person, installed
from tests.scenarios.in_outlook import InOutlook
from tests.scenarios.in_wice import InWice
from tests.services.sandbox import Sandbox

PASSWORD = "correct horse battery staple"
GUESTS = [f"Gast {number:02}" for number in range(14)]
COLUMNS = "account;email;wice_server;wice_username;wice_password;exchange_server;mailbox"


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with installed(tmp_path / "home") as running:
        yield running


@pytest.fixture(params=["de", "en"])
def ada(request: pytest.FixtureRequest, chrome: Browser, installation: Installation) -> Iterator[Person]:
    """The first administrator, who comes by the link that the first start has printed."""
    with closing(Person(chrome, installation.address, request.param)) as person:
        person.opens(installation.first_link)
        person.fills(name="ada", password=PASSWORD, repeated=PASSWORD)
        person.presses("Set password and sign in")
        person.sees("Getting started")
        yield person


def is_told_that_nothing_is_written_without_a_licence(ada: Person, installation: Installation) -> None:
    ada.goes_to("Licence")
    ada.fills(key=demo_key(datetime.now(UTC).date())[:-4] + "AAAA")
    ada.presses("Activate")
    expect(ada.page.locator("#key")).to_have_attribute("aria-invalid", "true")
    ada.fills(key=demo_key(datetime.now(UTC).date()))
    ada.presses("Activate")
    ada.sees("Enterprise: any number of profiles")


def sets_up_servers(ada: Person, sandbox: Sandbox) -> None:
    """Exchange with a wrong password at first: the test says which step fails."""
    ada.goes_to("Servers")
    ada.follows("Add a Wice server")
    ada.fills(name="main", url=sandbox.wice, mandant=sandbox.mandant)
    ada.presses("Save")
    ada.goes_to("Servers")
    ada.follows("Add an Exchange server")
    ada.fills(name="mail", url=sandbox.ews, username=sandbox.service["username"], password="wrong")
    ada.presses("Save")
    tries_the_mailbox(ada, sandbox)
    expect(ada.page.get_by_role("img", name=ada.says("does not work"))).to_have_count(1)
    ada.opens("/exchange-servers/mail")
    ada.fills(password=sandbox.service["password"])
    ada.presses("Save")
    tries_the_mailbox(ada, sandbox)
    expect(ada.page.get_by_role("img", name=ada.says("does not work"))).to_have_count(0)


def tries_the_mailbox(ada: Person, sandbox: Sandbox) -> None:
    ada.opens("/exchange-servers/mail/test")
    ada.fills(test_mailbox=sandbox.person("anna")["mailbox"])
    ada.presses("Test now")
    ada.sees("The mailbox opens")


def imports_accounts(ada: Person, sandbox: Sandbox) -> None:
    """A table with a mistake at first: nothing is stored."""
    lines = [
        ";".join((one["username"], one["email"], "main", one["username"], one["password"], "mail", one["mailbox"]))
        for one in sandbox.people
    ]
    shows_the_table(ada, [COLUMNS, *lines[:2], lines[2].replace("main", "nowhere")])
    ada.sees("Correct these first")
    shows_the_table(ada, [COLUMNS, *lines])
    ada.presses("Carry out exactly this")
    for person in sandbox.people:
        ada.sees_as_it_is(person["email"])


def shows_the_table(ada: Person, lines: list[str]) -> None:
    ada.opens("/accounts/import")
    ada.page.locator("#main details summary").click()
    ada.fills(text="\n".join(lines))
    ada.presses("Show what would change")


def makes_a_profile(ada: Person) -> None:
    ada.goes_to("Accounts")
    ada.page.get_by_role("link", name="anna", exact=True).click()
    ada.follows("Add a profile")
    ada.fills(name="Wice")
    for title in ("Wice data", "Mailbox and folders", "Direction and conflicts", "Period and schedule", "Finish"):
        ada.presses("Next")
        ada.sees(title)
    ada.sees("Somebody looks at it first")


def leaves_one_out_and_synchronises(ada: Person, outlook: InOutlook) -> None:
    ada.runs("Finish and analyse now")
    ada.sees_as_it_is("Schulz, Sophie")
    ada.page.get_by_role("checkbox", name=ada.says("Execute: %(item)s", item="Gast 07")).uncheck()
    expect(ada.page.locator("#plan-totals .ws-hint")).to_be_visible()
    ada.runs("Synchronise: %(what)s", what="")
    ada.sees("What was done")
    assert set(outlook.cards()) == {"Schulz", *GUESTS} - {"Gast 07"}


def sees_who_wins_a_conflict(ada: Person, wice: InWice, outlook: InOutlook, record: str) -> None:
    wice.edit(record, position="Leiterin")
    outlook.change(outlook.cards()["Schulz"]["id"], mobile="0171 2")
    ada.opens("/accounts/anna/profiles/Wice")
    ada.runs("Analyse")
    ada.page.locator("summary", has_text="Schulz, Sophie").click()
    ada.sees_as_it_is("Leiterin")
    ada.runs("Synchronise: %(what)s", what="")
    card = outlook.cards()["Schulz"]
    assert (card["job"], card.get("mobile")) == ("Leiterin", None)


def confirms_a_mass_deletion(ada: Person, wice: InWice, outlook: InOutlook) -> None:
    """R29: the plan stops, is discarded once and executed the next time."""
    for name in GUESTS[:6] + GUESTS[8:]:
        outlook.delete(outlook.cards()[name]["id"])
    for answer in ("Discard", "Execute"):
        ada.opens("/accounts/anna/profiles/Wice")
        ada.runs("Synchronise")
        ada.sees("This plan waits for your answer")
        ada.runs(answer, sure=answer)


def undoes_it(ada: Person) -> None:
    ada.follows("Undo …")
    ada.runs("Undo the whole run …")
    ada.runs("Execute", sure="Execute")
    ada.sees("What was done")


def has_it_explained(ada: Person) -> None:
    search = ada.page.get_by_role("search").get_by_role("searchbox").first
    search.fill("schulz")
    search.press("Enter")
    ada.sees_as_it_is("Schulz, Sophie")
    ada.page.locator("#main").get_by_role("link", name="Schulz, Sophie").first.click()
    ada.sees_as_it_is("anna/Wice")


@pytest.mark.timeout(240)
def test_from_the_first_start_to_undoing(ada: Person, installation: Installation, sandbox: Sandbox) -> None:
    wice, outlook = InWice(sandbox), InOutlook(sandbox, "anna")
    schulz = wice.person("Schulz", "anna", firstname="Sophie")
    for name in GUESTS:
        wice.person(name, "anna")
    with closing(outlook):
        is_told_that_nothing_is_written_without_a_licence(ada, installation)
        sets_up_servers(ada, sandbox)
        imports_accounts(ada, sandbox)
        makes_a_profile(ada)
        leaves_one_out_and_synchronises(ada, outlook)
        sees_who_wins_a_conflict(ada, wice, outlook, schulz)
        confirms_a_mass_deletion(ada, wice, outlook)
        assert wice.flagged() == {"Schulz", "Gast 06", "Gast 07"}
        undoes_it(ada)
        assert wice.flagged() == {"Schulz", *GUESTS}
        has_it_explained(ada)

"""The built-in pages: see, edit, create, move and delete as in Outlook, with a browser's plain requests."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import httpx
import pytest
from exchangelib import CalendarItem, Contact, EWSDateTime, HTMLBody
from exchangelib.folders import BaseFolder

from tests.sandbox.exchange.conftest import BERLIN, Exchange


@pytest.fixture
def browser(exchange: Exchange) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=exchange.url, follow_redirects=True) as client:
        yield client


def link(page: httpx.Response, words: str) -> str:
    """Target of the link with that text."""
    found = re.search(rf'<a href="([^"]+)"[^>]*>{re.escape(words)}</a>', page.text)
    assert found, page.text
    return unescape(found[1])


def fields(page: httpx.Response) -> dict[str, str]:
    """What the edit form would send unchanged."""
    found = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input id="[^"]+" type="\w+" name="([^"]+)" value="([^"]*)"', page.text)
    }
    found |= {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<textarea[^>]* name="([^"]+)">\n(.*?)</textarea>', page.text, re.DOTALL)
    }
    found |= {unescape(name): "1" for name in re.findall(r'name="([^"]+)" value="1" checked', page.text)}
    return found


def form_action(page: httpx.Response, kind: str) -> str:
    found = re.search(rf'action="([^"]+/{kind}\?[^"]+)"', page.text)
    assert found
    return unescape(found[1])


def a_contact(folder: BaseFolder) -> Any:
    return Contact(
        folder=folder,
        display_name="Eva <Muster>",
        given_name="Eva",
        surname="<Muster>",
        body=HTMLBody("<p>Hallo</p>"),
        categories=["x"],
    ).save()


def test_the_way_from_the_people_to_an_entry(browser: httpx.Client, contacts: BaseFolder) -> None:
    a_contact(contacts)
    listed = browser.get(link(browser.get("/"), "Kontakte"))
    entry = browser.get(link(listed, "&lt;Muster&gt;, Eva"))
    assert fields(entry)["contacts:Surname"] == "<Muster>"
    assert fields(entry)["item:Body"] == "Hallo"


def test_an_edit_writes_what_was_edited_and_nothing_else_R2(
    exchange: Exchange, browser: httpx.Client, contacts: BaseFolder
) -> None:
    a_contact(contacts)
    (before,) = exchange.items("contacts")
    entry = browser.get(link(browser.get("/web/anna@example.com?folder=contacts"), "&lt;Muster&gt;, Eva"))
    phone = {"contacts:PhoneNumber[MobilePhone]": "0171 3920012"}

    saved = browser.post(form_action(entry, "entry"), data=fields(entry) | phone)

    (after,) = exchange.items("contacts")
    assert "Gespeichert" in saved.text
    assert after["properties"] == before["properties"] | phone
    assert after["body"] == before["body"]
    assert after["change_key"] != before["change_key"]


def test_saving_without_an_edit_changes_nothing(
    exchange: Exchange, browser: httpx.Client, contacts: BaseFolder
) -> None:
    a_contact(contacts)
    before = exchange.items("contacts")
    entry = browser.get(link(browser.get("/web/anna@example.com?folder=contacts"), "&lt;Muster&gt;, Eva"))
    browser.post(form_action(entry, "entry"), data=fields(entry))
    assert exchange.items("contacts") == before


def test_a_new_appointment_and_a_new_time(exchange: Exchange, browser: httpx.Client) -> None:
    blank = browser.get(link(browser.get("/web/anna@example.com?folder=calendar"), "Neu anlegen"))
    times = {"start_day": "2026-07-14", "start_time": "09:00", "end_day": "2026-07-14", "end_time": "10:30"}
    made = browser.post(
        form_action(blank, "entry"), data=fields(blank) | times | {"item:Subject": "Besuch", "item:Sensitivity": "1"}
    )
    (stored,) = exchange.items("calendar")
    assert stored["properties"]["calendar:Start"] == "2026-07-14T07:00:00Z"
    assert stored["properties"]["item:Sensitivity"] == "Private"
    assert fields(made) | times == fields(made)

    browser.post(form_action(made, "entry"), data=fields(made) | {"all_day": "1", "end_day": "2026-07-15"})
    (stored,) = exchange.items("calendar")
    assert stored["properties"]["calendar:Start"] == "2026-07-13T22:00:00Z"
    assert stored["properties"]["calendar:End"] == "2026-07-15T22:00:00Z"
    assert "14.07.2026 bis 15.07.2026, ganztägig" in browser.get("/web/anna@example.com?folder=calendar").text


def test_times_that_make_no_sense_are_explained_and_kept_in_the_form(exchange: Exchange, browser: httpx.Client) -> None:
    blank = browser.get(link(browser.get("/web/anna@example.com?folder=calendar"), "Neu anlegen"))
    answer = browser.post(
        form_action(blank, "entry"), data=fields(blank) | {"item:Subject": "Besuch", "start_day": "2026-07-14"}
    )
    assert answer.status_code == 422
    assert "Bitte Beginn und Ende" in answer.text
    assert fields(answer)["item:Subject"] == "Besuch"
    assert exchange.items("calendar") == []


def test_moving_and_deleting(exchange: Exchange, browser: httpx.Client, contacts: BaseFolder) -> None:
    a_contact(contacts)
    entry = browser.get(link(browser.get("/web/anna@example.com?folder=contacts"), "&lt;Muster&gt;, Eva"))
    browser.post(form_action(entry, "move"), data={"to": "deleteditems"})
    assert (len(exchange.items("contacts")), len(exchange.items("deleteditems"))) == (0, 1)
    entry = browser.get(link(browser.get("/web/anna@example.com?folder=deleteditems"), "&lt;Muster&gt;, Eva"))
    browser.post(form_action(entry, "delete"))
    assert exchange.items("deleteditems") == []


def test_what_is_not_there_any_more_is_said(browser: httpx.Client) -> None:
    for path in (
        "/web/nobody@example.com",
        "/web/anna@example.com?folder=contacts/None",
        "/web/anna@example.com/entry?id=x",
    ):
        assert browser.get(path).status_code == 404


def test_a_series_keeps_its_times_here(exchange: Exchange, browser: httpx.Client, calendar: BaseFolder) -> None:
    start = EWSDateTime(2026, 10, 19, 9, tzinfo=BERLIN)
    CalendarItem(folder=calendar, subject="Einzeln", start=start, end=start.replace(hour=10)).save()
    entry = browser.get(link(browser.get("/web/anna@example.com?folder=calendar"), "Einzeln"))
    browser.post(form_action(entry, "entry"), data=fields(entry) | {"calendar:Location": "Köln"})
    (stored,) = exchange.items("calendar")
    assert (stored["properties"]["calendar:Location"], stored["properties"]["calendar:Start"]) == (
        "Köln",
        "2026-10-19T07:00:00Z",
    )

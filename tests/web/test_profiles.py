"""Profiles in the portal: the list, the assistant of the handbook (R34, R35), and what is done to a profile as a whole (R37)."""

from __future__ import annotations

import re

import pytest

from app.domain.account import Account, Direction, ExchangeServer, Profile, Template, WiceServer
from app.domain.people import SYSTEM, Role
from tests.adapters.db.test_registry_changes import link_of
from tests.services.portal import RunningPortal
from tests.services.sandbox import Sandbox

HOSTILE = "<script>alert(1)</script>"


def _office(portal: RunningPortal, wice: str = "https://wice.invalid", ews: str = "https://ews.invalid") -> None:
    registry = portal.product.registry
    registry.save(WiceServer(name="main", url=wice, mandant="m"))
    registry.save(ExchangeServer(name="mail", url=ews, username="svc", password="secret-of-the-service"))
    registry.save(
        Account(
            name="anna",
            email="anna@example.com",
            wice_server="main",
            wice_username="anna",
            wice_password="secret-of-anna",
            exchange_server="mail",
            mailbox="anna@example.com",
        )
    )


@pytest.fixture
def office(portal: RunningPortal) -> RunningPortal:
    _office(portal)
    return portal


@pytest.fixture
def living(portal: RunningPortal, sandbox: Sandbox) -> RunningPortal:
    """With real servers behind."""
    sandbox.set_up(portal.product.registry, "anna")
    return portal


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def test_the_list_says_what_to_do_when_it_is_empty_and_finds_what_is_there(office: RunningPortal) -> None:
    browser = office.browser()
    assert "No profiles yet" in browser.get("/profiles").text
    office.product.registry.save(Profile(account="anna", name="Wice", schedule="every 15 minutes"))
    assert "every 15 minutes" in browser.get("/profiles").text
    assert "alle 15 Minuten" in office.browser(language="de").get("/profiles").text
    assert "No profile fits" in browser.get("/profiles", params={"q": "nobody"}).text


def test_a_new_profile_goes_step_by_step_and_stands_in_the_address(living: RunningPortal) -> None:
    browser, at = living.browser(), "/accounts/anna/profiles/new"
    first = browser.get(at)
    assert 'value="Wice"' in first.text
    second = browser.get(at, params=_hidden(first.text) | {"name": "Work", "contacts": "true", "active": "true"})
    assert (second.status_code, 'id="wice_username"' in second.text) == (200, True)
    third = browser.submit(at, **_hidden(second.text) | {"wice_server": "main", "wice_username": "anna", "email": "anna@example.com"})  # fmt: skip
    assert "recommended" in third.text
    fourth = browser.get(at, params=_hidden(third.text) | {"contacts_folder": "default"})
    assert 'name="direction"' in fourth.text
    fifth = browser.get(at, params=_hidden(fourth.text) | {"direction": "to_wice", "company_data": "write"})
    last = browser.get(at, params=_hidden(fifth.text) | {"repeat": "true", "every": "2", "unit": "hour"})
    assert "All contacts in the standard folder" in last.text
    assert not living.product.registry.profiles_of_account("anna")
    assert "is ready" in browser.submit(at, **_hidden(last.text)).text
    made = living.product.registry.profile_of("anna", "Work")
    assert (made.contacts, made.appointments, made.direction) == (True, False, Direction.TO_WICE)
    assert (made.contacts_folder, made.schedule) == ("default", "every 2 hours")


def test_a_fault_is_shown_at_its_field_and_nothing_typed_is_lost(office: RunningPortal) -> None:
    browser, at = office.browser(), "/accounts/anna/profiles/new"
    refused = browser.get(at, params={"from": "kinds", "name": HOSTILE})
    assert (refused.status_code, 'id="name-error"' in refused.text) == (422, True)
    assert HOSTILE not in refused.text
    assert "&lt;script&gt;" in refused.text
    refused = browser.get(at, params={"from": "kinds", "name": "Work"})
    assert refused.status_code == 422
    assert "choose contacts, appointments or both" in refused.text
    refused = browser.get(at, params={"from": "times", "name": "Work", "repeat": "true", "every": "0"})
    assert (refused.status_code, 'id="schedule-error"' in refused.text) == (422, True)


def test_back_keeps_what_was_typed_and_asks_nothing(office: RunningPortal) -> None:
    page = office.browser().get(
        "/accounts/anna/profiles/new", params={"from": "times", "go": "back", "name": "Work", "window_past_days": "x"}
    )
    assert (page.status_code, 'name="direction"' in page.text) == (200, True)
    assert _hidden(page.text)["window_past_days"] == "x"


def test_a_login_that_does_not_work_is_not_stored_and_says_why(living: RunningPortal) -> None:
    browser, at = living.browser(), "/accounts/anna/profiles/new"
    form = _hidden(browser.get(at, params={"step": "wice", "name": "Work"}).text)
    typed = {"wice_server": "main", "wice_username": "anna", "wice_password": "wrong", "email": "anna@example.com"}
    refused = browser.submit(at, **form | typed)
    assert refused.status_code == 422
    assert "it does not work yet" in refused.text
    assert "wrong" not in re.sub(r"<p class=.*?</p>", "", refused.text)
    known = living.product.registry.account("anna", secrets=True)
    assert known.wice_password != "wrong"


def test_R34_appointments_ask_for_the_address_where_it_is_entered(office: RunningPortal) -> None:
    account = office.product.registry.account("anna")
    office.product.registry.save(
        Account(
            **{name: getattr(account, name) for name in ("name", "wice_server", "wice_username", "wice_password")},
            exchange_server="mail",
            mailbox="anna@example.com",
        )
    )
    page = office.browser().get("/accounts/anna/profiles/new", params={"step": "rules", "name": "Work"})
    assert (page.status_code, 'id="email-error"' in page.text) == (422, True)


def test_a_stale_assistant_overwrites_nothing_and_shows_what_it_would_do_now(office: RunningPortal) -> None:
    registry, browser = office.product.registry, office.browser()
    registry.save(Profile(account="anna", name="Wice"))
    at = "/accounts/anna/profiles/Wice/edit"
    form = _hidden(browser.get(at, params={"step": "finish", "window_past_days": "90"}).text)
    office.product.administration.update(registry.profile_of("anna", "Wice"), {"schedule": "every hour"}, SYSTEM)
    stale = browser.submit(at, **form)
    assert (stale.status_code, registry.profile_of("anna", "Wice").window_past_days) == (412, 180)
    assert browser.submit(at, **_hidden(stale.text)).status_code == 200
    assert registry.profile_of("anna", "Wice").window_past_days == 90


def test_a_profile_that_takes_a_template_is_asked_nothing_else(office: RunningPortal) -> None:
    office.product.registry.save(Template(name="Sales", appointments=False, schedule="every hour"))
    browser, at = office.browser(), "/accounts/anna/profiles/new"
    last = browser.get(at, params={"step": "finish", "name": "Work", "template": "Sales"})
    assert "Direction and conflicts" not in last.text
    browser.submit(at, **_hidden(last.text))
    made = office.product.registry.profile_of("anna", "Work")
    assert (made.template, made.appointments, made.schedule) == ("Sales", False, "every hour")


def test_finishing_may_ask_for_the_first_analysis(office: RunningPortal) -> None:
    browser, at = office.browser(), "/accounts/anna/profiles/new"
    last = browser.get(at, params={"step": "finish", "name": "Work"})
    sent = browser.post(at, data={"csrf": browser.csrf, **_hidden(last.text), "analyse": "1"}, follow_redirects=False)
    assert re.fullmatch(r"/runs/\w+", sent.headers["location"])


def test_R37_a_profile_is_renamed_switched_off_and_deleted_after_a_question(office: RunningPortal) -> None:
    registry, browser = office.product.registry, office.browser()
    registry.save(Profile(account="anna", name="Wice"))
    at = "/accounts/anna/profiles/Wice"
    browser.submit(f"{at}/active", active="false", version=registry.profile_of("anna", "Wice").version)
    assert not registry.profile_of("anna", "Wice").active
    assert browser.submit(f"{at}/rename", name="a/b").status_code == 422
    browser.submit(f"{at}/rename", **_hidden(browser.get(f"{at}/rename").text), name="Work")
    asked = browser.get("/accounts/anna/profiles/Work/delete").text
    assert "In Wice and in Outlook nothing is touched" in asked
    browser.submit("/accounts/anna/profiles/Work/delete", **_hidden(asked))
    assert not registry.profiles_of_account("anna")


def test_everything_is_compared_as_often_as_the_profile_says_and_when_somebody_asks(office: RunningPortal) -> None:
    office.product.registry.save(Profile(account="anna", name="Wice"))
    browser, at = office.browser(), "/accounts/anna/profiles/Wice"
    page = browser.get(at).text
    assert all(text in page for text in ("every 7 days", "Everything compared", "Analyse thoroughly"))
    assert "alle 7 Tage" in office.browser(language="de").get(at).text
    wrong = browser.get(f"{at}/edit", params={"from": "times", "go": "next", "deep_compare_days": "x"})
    assert (wrong.status_code, 'id="deep_compare_days-error"' in wrong.text) == (422, True)
    form = _hidden(browser.get(f"{at}/edit", params={"step": "finish", "deep_compare_days": "0"}).text)
    browser.submit(f"{at}/edit", **form)
    assert office.product.registry.profile_of("anna", "Wice").deep_compare_days == 0
    asked = {"csrf": browser.csrf, "verb": "analyse", "thorough": "true", "profile": "Wice"}
    run = browser.post("/accounts/anna/runs", data=asked, follow_redirects=False).headers["location"]
    assert "everything is compared" in browser.get(run).text


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_whoever_may_not_configure_reads_and_finds_no_buttons(office: RunningPortal, role: Role) -> None:
    office.product.registry.save(Profile(account="anna", name="Wice"))
    browser, at = office.browser(role), "/accounts/anna/profiles/Wice"
    page = browser.get(at)
    assert (page.status_code, "/edit" in page.text, "/delete" in page.text) == (200, False, False)
    assert ("Synchronise<" in page.text) is (role is Role.OPERATOR)
    assert browser.get(f"{at}/edit").status_code == 403
    assert browser.submit(f"{at}/delete", version=1).status_code == 403


def test_no_page_shows_a_secret(office: RunningPortal) -> None:
    office.product.registry.save(Profile(account="anna", name="Wice"))
    browser = office.browser()
    for path in ("/profiles", "/accounts/anna/profiles/Wice", "/accounts/anna/profiles/Wice/edit?step=wice"):
        assert "secret-of" not in browser.get(path).text


def test_R35_folders_are_locked_after_a_synchronisation_until_full_editing_is_enabled(living: RunningPortal) -> None:
    product, browser = living.product, living.browser()
    product.registry.save(Profile(account="anna", name="Wice", appointments=False))
    profile = product.registry.profile_of("anna", "Wice")
    link_of(product.database, profile.id, 1)
    at, moved = "/accounts/anna/profiles/Wice/edit", {"contacts_folder": "default"}
    page = browser.get(at, params={"step": "folders"}).text
    assert "Enable full editing" in page
    assert 'type="radio" name="contacts_folder"' not in page
    refused = browser.get(at, params={"step": "finish", **moved})
    assert (refused.status_code, "is locked after the first synchronisation" in refused.text) == (422, True)
    assert 'type="radio" name="contacts_folder"' in browser.get(at, params={"step": "folders", "full": "1"}).text
    last = browser.get(at, params={"step": "finish", "full": "1", **moved}).text
    assert "The links of all contacts are dropped" in last
    browser.submit(at, **_hidden(last))
    assert product.registry.profile_of("anna", "Wice").contacts_folder == "default"
    assert not product.registry.linked_kinds(profile.id)


def test_R36_a_schedule_is_shown_with_its_next_five_runs_and_deleted_after_a_question(office: RunningPortal) -> None:
    office.product.registry.save(Profile(account="anna", name="Wice", schedule="every 15 minutes from 07:00 to 19:00"))
    browser, at = office.browser(), "/accounts/anna/profiles/Wice"
    page = browser.get(at).text
    assert "every 15 minutes from 07:00 to 19:00 (Europe/Berlin)" in page
    runs = re.search(r'<ol class="ws-coming">(.*?)</ol>', page)
    assert runs
    assert runs[1].count("<time ") == 5
    question = browser.get(f"{at}/schedule/delete").text
    assert "The next run would be" in question
    stored = office.product.registry.profile_of("anna", "Wice")
    assert stored.schedule
    done = browser.submit(f"{at}/schedule/delete", version=stored.version)
    assert "The schedule is deleted" in done.text
    assert office.product.registry.profile_of("anna", "Wice").schedule == ""


def test_R36_the_assistant_takes_days_hours_and_exceptions_and_tells_what_is_wrong(office: RunningPortal) -> None:
    browser, at = office.browser(), "/accounts/anna/profiles/new"
    times = {
        "from": "times",
        "name": "Work",
        "repeat": "true",
        "every": "15",
        "unit": "minute",
        "begin": "07:00",
        "end": "19:00",
    }
    typed = times | {
        "monday": "true",
        "friday": "true",
        "else_every": "2",
        "else_unit": "hour",
        "zone": "Europe/Vienna",
    }
    last = browser.get(at, params=typed)
    assert (
        "every 15 minutes on Mondays and Fridays from 07:00 to 19:00, else every 2 hours (Europe/Vienna)" in last.text
    )
    assert last.text.count("<time ") >= 5
    refused = browser.get(at, params=typed | {"repeat": "text", "text": "every quarter"})
    assert refused.status_code == 422
    assert "is not understood at &#39;quarter&#39;: write a number of minutes or hours" in refused.text
    assert 'value="every quarter"' in refused.text
    german = office.browser(language="de").get(at, params=typed | {"repeat": "text", "text": "every quarter"})
    assert "ist bei „quarter“ nicht verständlich: schreiben Sie eine Zahl von Minuten" in german.text

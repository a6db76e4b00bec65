"""Templates in the portal: what would change is shown before it does, and locked profiles stay (R35)."""

from __future__ import annotations

import re

import pytest

from app.domain.account import Account, ExchangeServer, Profile, Template, WiceServer
from app.domain.people import Role
from tests.services.portal import RunningPortal


@pytest.fixture
def office(portal: RunningPortal) -> RunningPortal:
    """Three accounts with a profile each."""
    registry = portal.product.registry
    registry.save(WiceServer(name="main", url="https://wice.invalid", mandant="m"))
    registry.save(ExchangeServer(name="mail", url="https://ews.invalid", username="svc", password="s"))
    for name in ("anna", "bernd", "carla"):
        address = f"{name}@example.com"
        registry.save(
            Account(
                name=name,
                email=address,
                wice_server="main",
                wice_username=name,
                wice_password="s",
                exchange_server="mail",
                mailbox=address,
            )
        )
        registry.save(Profile(account=name, name="Wice"))
    registry.save(Template(name="Sales"))
    return portal


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


FORM = {
    "contacts": "true",
    "contacts_folder": "Wice",
    "calendar_folder": "Wice",
    "direction": "both",
    "conflict": "wice",
    "target_changes": "overwrite",
    "company_data": "restore",
    "window_past_days": "90",
    "repeat": "true",
    "every": "30",
    "unit": "minute",
    "first_plan": "ask",
}


def test_a_template_is_added_with_faults_at_their_fields(office: RunningPortal) -> None:
    browser = office.browser()
    refused = browser.submit("/templates/new", **FORM | {"name": "new", "window_past_days": "x"})
    assert refused.status_code == 422
    assert all(f'id="{field}-error"' in refused.text for field in ("name", "window_past_days"))
    assert "is ready" in browser.submit("/templates/new", **FORM, name="Field & Co <b>").text
    made = office.product.registry.template("Field & Co <b>")
    assert (made.appointments, made.schedule, made.window_past_days) == (False, "every 30 minutes", 90)
    shown = browser.get("/templates").text
    assert "<b>" not in shown
    assert "every 30 minutes" in shown


def test_profiles_are_assigned_and_changed_only_after_a_look(office: RunningPortal) -> None:
    registry, browser = office.product.registry, office.browser()
    assert "Choose at least one profile" in browser.submit("/templates/Sales/assign").text
    asked = browser.submit("/templates/Sales/assign", pick=["anna/Wice", "bernd/Wice"]).text
    assert "2 profiles change" in asked
    assert not registry.profile_of("anna", "Wice").template
    browser.submit("/templates/Sales/assign", pick=["anna/Wice", "bernd/Wice"], go="save")
    assert registry.profile_of("bernd", "Wice").template == "Sales"
    shown = browser.submit("/templates/Sales/edit", **FORM, version=registry.template("Sales").version)
    assert "anna/Wice" in shown.text
    assert not registry.template("Sales").schedule
    browser.submit("/templates/Sales/edit", **_hidden(shown.text), go="save")
    assert registry.profile_of("anna", "Wice").schedule == "every 30 minutes"
    assert not registry.profile_of("carla", "Wice").schedule


def test_all_that_fit_the_search_are_assigned(office: RunningPortal) -> None:
    registry = office.product.registry
    office.browser().submit("/templates/Sales/assign", scope="all", q="carla", go="save")
    followers = [name for name in ("anna", "bernd", "carla") if registry.profile_of(name, "Wice").template]
    assert followers == ["carla"]


def test_whoever_is_detached_keeps_the_settings(office: RunningPortal) -> None:
    registry, browser = office.product.registry, office.browser()
    registry.save_template(Template(name="Sales", schedule="every hour"))
    registry.assign(["anna/Wice"], "Sales")
    assert "no longer follow" in browser.submit("/templates/Sales/detach", pick=["anna/Wice"]).text
    browser.submit("/templates/Sales/detach", pick=["anna/Wice"], go="save")
    alone = registry.profile_of("anna", "Wice")
    assert (alone.template, alone.schedule) == ("", "every hour")


def test_a_stale_form_overwrites_nothing(office: RunningPortal) -> None:
    registry, browser = office.product.registry, office.browser()
    version = registry.template("Sales").version
    registry.save_template(Template(name="Sales", schedule="every hour"))
    stale = browser.submit("/templates/Sales/edit", **FORM, version=version)
    assert (stale.status_code, registry.template("Sales").schedule) == (412, "every hour")


def test_a_template_is_renamed_and_deleted_after_a_question(office: RunningPortal) -> None:
    registry, browser = office.product.registry, office.browser()
    registry.assign(["anna/Wice"], "Sales")
    asked = browser.get("/templates/Sales/rename").text
    browser.submit("/templates/Sales/rename", **_hidden(asked), new_name="Field")
    assert registry.profile_of("anna", "Wice").template == "Field"
    asked = browser.get("/templates/Field/delete").text
    assert "1 profile follows it" in asked
    browser.submit("/templates/Field/delete", **_hidden(asked))
    assert not registry.profile_of("anna", "Wice").template


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_whoever_may_not_configure_only_reads(office: RunningPortal, role: Role) -> None:
    browser = office.browser(role)
    assert "/templates/Sales/edit" not in browser.get("/templates/Sales").text
    assert browser.get("/templates/Sales/edit").status_code == 403
    assert browser.submit("/templates/Sales/assign", pick=["anna/Wice"], go="save").status_code == 403

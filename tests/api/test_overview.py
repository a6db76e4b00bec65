"""The overview, the licence and the settings over REST."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from app.bootstrap import demo_key
from app.domain.account import ExchangeServer, Profile, WiceServer
from app.domain.licence import LicenceState
from app.domain.people import Role
from app.domain.views import AccountState
from tests.adapters.db.world import account
from tests.services.portal import RunningPortal


@pytest.fixture
def api(portal: RunningPortal) -> httpx.Client:
    return portal.api()


def set_up(portal: RunningPortal, profiles: int = 1) -> None:
    registry = portal.product.registry
    registry.save(WiceServer(name="main", url="http://127.0.0.1:1", mandant="demo"))
    registry.save(ExchangeServer(name="mail", url="http://127.0.0.1:1", username="svc"))
    registry.save(account("anna"))
    for number in range(profiles):
        registry.save(Profile(account="anna", name=f"profile{number}"))


def test_a_new_installation_is_fine_and_says_what_it_lacks(portal: RunningPortal, api: httpx.Client) -> None:
    shown = api.get("/overview").json()
    assert shown["fine"]
    assert set(shown["states"]) == set(AccountState)
    assert [len(shown[part]) for part in ("hours", "days", "freshness")] == [24, 30, 6]
    assert [step["step"] for step in shown["first_steps"] if step["done"]] == ["licence"]
    set_up(portal)
    assert [step["step"] for step in api.get("/overview").json()["first_steps"] if not step["done"]] == ["run"]


def test_days_are_those_of_the_zone_that_is_asked_for(api: httpx.Client) -> None:
    asked = api.get("/overview", params={"time_zone": "Asia/Tokyo"}).json()
    assert asked["days"][0]["start"].endswith("T00:00:00+09:00")
    assert api.get("/overview", params={"time_zone": "Mars/Base"}).status_code == 422


def test_R39_the_licence_is_told_in_words_and_a_key_is_activated(portal: RunningPortal, api: httpx.Client) -> None:
    trial = api.get("/licence").json()
    assert (trial["state"], trial["valid"], trial["edition"], trial["days_left"]) == ("trial", True, "basic", 30)
    assert trial["message"].startswith("Trial of the basic edition until ")
    key = demo_key(datetime.now(UTC).date())
    activated = api.post("/licence", json={"key": f"  {key}\n"}).json()
    assert (activated["state"], activated["accounts_allowed"], activated["profiles_allowed"]) == ("demo", 1000, None)
    assert activated["activated_by"] == "administrator"


@pytest.mark.parametrize("key", ["", "nonsense", "WS1.abc", "WS1.\x00"])
def test_R38_a_key_that_is_none_is_refused_in_words(api: httpx.Client, key: str) -> None:
    refused = api.post("/licence", json={"key": key})
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/bad-input")
    assert "licence key" in refused.json()["detail"]
    assert api.get("/licence").json()["state"] == LicenceState.TRIAL


def test_R39_every_answer_says_so_when_something_is_not_written(portal: RunningPortal, api: httpx.Client) -> None:
    assert "licence-notice" not in api.get("/accounts").headers
    set_up(portal, profiles=2)
    api.patch("/settings", json={}, headers={"If-Match": "*"})  # what was known of the server is looked up again
    told = api.get("/accounts").headers["licence-notice"]
    assert told.startswith("2 profiles are active, the basic edition is for 1: only the oldest is written.")
    shown = api.get("/overview").json()
    assert (shown["fine"], shown["licence"]["state"], shown["licence"]["valid"]) == (False, "too_many", True)


def test_settings_are_changed_from_the_version_that_was_read(api: httpx.Client) -> None:
    read = api.get("/settings")
    assert set(read.json()) == {"organisation", "language", "time_zone", "session_idle_hours", "session_days"}
    etag = {"If-Match": read.headers["etag"]}
    changed = api.patch("/settings", json={"organisation": "Beispiel GmbH"}, headers=etag)
    assert (changed.status_code, changed.json()["organisation"]) == (200, "Beispiel GmbH")
    assert changed.headers["etag"] == api.get("/settings").headers["etag"] != read.headers["etag"]
    assert api.patch("/settings", json={"language": "de"}, headers=etag).status_code == 412
    wrong = api.patch("/settings", json={"time_zone": "Berlin"}, headers={"If-Match": "*"}).json()
    assert [fault["field"] for fault in wrong["problems"]] == ["time_zone"]


def test_the_installations_settings_are_shown_without_secrets(api: httpx.Client) -> None:
    shown = {row["variable"]: row for row in api.get("/settings/environment").json()}
    assert shown["WICE_SYNC_HOME"]["given"]
    assert not shown["WICE_SYNC_LOG_LEVEL"]["given"]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_only_administrators_change_licence_and_settings(portal: RunningPortal, role: Role) -> None:
    api = portal.api(role)
    assert [api.get(path).status_code for path in ("/overview", "/licence", "/settings")] == [200] * 3
    assert api.post("/licence", json={"key": "x"}).status_code == 403
    assert api.patch("/settings", json={}, headers={"If-Match": "*"}).status_code == 403

"""Managing people in the portal: users, tokens, one's own settings, the audit log."""

from __future__ import annotations

import re

import pytest

from app.domain.people import SYSTEM, Role
from tests.services.entrance import PASSWORD
from tests.services.portal import RunningPortal


def test_a_new_user_gets_a_link_that_is_shown_once(portal: RunningPortal) -> None:
    browser = portal.browser()
    shown = browser.submit("/users/new", name="carla", role="operator").text
    link = re.search(r"/welcome/[^<\s]+", shown)
    assert link
    assert portal.anybody().get(link[0]).status_code == 200
    assert link[0] not in browser.get("/users/carla").text


def test_a_name_that_cannot_be_used_is_named_at_its_field(portal: RunningPortal) -> None:
    refused = portal.browser().submit("/users/new", name="<b>no name</b>", role="operator")
    assert refused.status_code == 422
    assert "<b>no name</b>" not in refused.text
    assert "name-error" in refused.text


def test_a_role_changes_and_a_stale_form_does_not(portal: RunningPortal) -> None:
    browser = portal.browser()
    portal.product.people.add("carla", Role.OPERATOR, SYSTEM)
    version = portal.product.people.user("carla").version
    assert "Saved." in browser.submit("/users/carla", role="auditor", active="1", version=version).text
    assert portal.product.people.user("carla").role is Role.AUDITOR
    assert browser.submit("/users/carla", role="operator", active="1", version=version).status_code == 412


def test_the_last_administrator_cannot_be_demoted_here(portal: RunningPortal) -> None:
    browser = portal.browser()
    version = portal.product.people.user("administrator").version
    refused = browser.submit("/users/administrator", role="auditor", active="1", version=version)
    assert refused.status_code == 409


def test_a_user_is_removed_after_a_question(portal: RunningPortal) -> None:
    browser = portal.browser()
    portal.product.people.add("carla", Role.OPERATOR, SYSTEM)
    question = browser.get("/users/carla/delete")
    version = re.search(r'name="version" value="(\d+)"', question.text)
    assert version
    browser.submit("/users/carla/delete", version=version[1])
    assert [user.name for user in portal.product.people.users()] == ["administrator"]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.AUDITOR])
def test_others_do_not_see_users_but_have_tokens_of_their_own(portal: RunningPortal, role: Role) -> None:
    browser = portal.browser(role)
    assert browser.get("/users").status_code == 403
    made = browser.submit("/tokens/new", name="script", role="auditor", days="30")
    assert re.search(r"ws_\w+", made.text)
    assert "script" in browser.get("/tokens").text
    assert not re.search(r"ws_\w{8}", browser.get("/tokens").text)


def test_a_token_stronger_than_its_owner_is_refused(portal: RunningPortal) -> None:
    refused = portal.browser(Role.AUDITOR).submit("/tokens/new", name="script", role="administrator", days="")
    assert refused.status_code == 422


def test_own_language_and_time_zone_are_kept(portal: RunningPortal) -> None:
    browser = portal.browser(Role.AUDITOR)
    answer = browser.submit("/me", language="de", time_zone="Asia/Tokyo", theme="dark")
    assert "Meine Einstellungen" in answer.text
    assert 'data-bs-theme="dark"' in answer.text
    assert portal.product.people.user("auditor").time_zone == "Asia/Tokyo"
    assert browser.submit("/me", language="de", time_zone="Mars/Base", theme="").status_code == 422


def test_a_password_is_changed_with_the_present_one_only(portal: RunningPortal) -> None:
    browser = portal.browser(Role.AUDITOR)
    new = "another horse battery"
    wrong = browser.submit("/me/password", present="wrong", new=new, repeated=new)
    assert wrong.status_code == 422
    done = browser.submit("/me/password", present=PASSWORD, new=new, repeated=new)
    assert "Your password is changed." in done.text


def test_sessions_can_be_ended_one_by_one(portal: RunningPortal) -> None:
    first, second = portal.browser(Role.AUDITOR), portal.browser(Role.AUDITOR)
    page = second.get("/me").text
    assert page.count("this browser") == 1
    own = next(s for s in portal.product.people.sessions_of("auditor", SYSTEM) if s.csrf == first.csrf)
    second.submit(f"/me/sessions/{own.id}/end")
    assert first.get("/me").url.path == "/sign-in"


def test_the_audit_log_is_searched_and_taken_home(portal: RunningPortal) -> None:
    browser = portal.browser(Role.AUDITOR)
    portal.product.people.add("carla", Role.OPERATOR, SYSTEM)
    found = browser.get("/audit", params={"q": "carla", "kind": "user"}).text
    assert "carla" in found
    assert "carla" not in browser.get("/audit", params={"until": "2000-01-01"}).text.partition('id="list"')[2]
    assert "carla" in browser.get("/audit/export", params={"q": "carla"}).text


def test_the_audit_log_leads_on_and_back(portal: RunningPortal) -> None:
    for number in range(60):
        portal.product.people.add(f"user{number:02}", Role.AUDITOR, SYSTEM)
    browser = portal.browser(Role.AUDITOR)
    first = browser.get("/audit?action=created").text
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = browser.get(following[1].replace("&amp;", "&")).text
    assert "user00" in second
    assert 'rel="prev"' in second

"""Accounts over REST: what goes in, what comes out, who may, and what a lost race answers."""

import pytest

from app.domain.people import Role
from tests.services.accounts import add_accounts

NEW = {
    "name": "zoe",
    "email": "zoe@example.com",
    "wice_server": "main",
    "wice_username": "zoe",
    "wice_password": "geheim",
    "exchange_server": "mail",
    "mailbox": "zoe@example.com",
}


@pytest.fixture
def api(portal):
    add_accounts(portal.product, "anna", "bernd", "carl")
    return portal.api()


def test_the_list_comes_in_pages_and_fits_filters(api):
    first = api.get("/accounts", params={"limit": 2}).json()
    assert ([one["name"] for one in first["items"]], first["total"]) == (["anna", "bernd"], 3)
    rest = api.get("/accounts", params={"limit": 2, "cursor": first["next"]}).json()
    assert [one["name"] for one in rest["items"]] == ["carl"]
    assert [one["name"] for one in api.get("/accounts", params={"q": "BERND"}).json()["items"]] == ["bernd"]
    assert api.get("/accounts", params={"sort": "colour"}).status_code == 422
    assert api.get("/accounts", params={"cursor": "nonsense"}).status_code == 422


def test_an_account_is_added_with_its_first_profile_and_never_tells_its_password(api, portal):
    made = api.post("/accounts", json={**NEW, "profile": {"name": "Wice"}})
    assert (made.status_code, made.headers["Location"], made.headers["ETag"]) == (201, "/api/v1/accounts/zoe", '"1"')
    assert (made.json()["has_wice_password"], made.json()["profiles"]) == (True, ["Wice"])
    assert "geheim" not in made.text + api.get("/accounts/zoe").text
    assert portal.product.registry.account("zoe", secrets=True).wice_password == "geheim"
    assert api.post("/accounts", json=NEW).status_code == 409


def test_neither_the_account_nor_its_profile_is_added_if_one_is_wrong(api):
    answer = api.post("/accounts", json={**NEW, "email": "", "profile": {"name": "Wice"}})
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["problems"]] == ["profile_appointments"]
    assert api.get("/accounts/zoe").status_code == 404


def test_a_change_names_the_version_it_was_made_from(api):
    assert api.patch("/accounts/anna", json={"email": "a@example.com"}).status_code == 428
    changed = api.patch("/accounts/anna", json={"email": "a@example.com"}, headers={"If-Match": '"1"'})
    assert (changed.json()["email"], changed.headers["ETag"]) == ("a@example.com", '"2"')
    lost = api.patch("/accounts/anna", json={"email": "b@example.com"}, headers={"If-Match": '"1"'})
    assert (lost.status_code, lost.json()["type"]) == (412, "/problems/superseded")
    assert api.delete("/accounts/anna", headers={"If-Match": '"1"'}).status_code == 412
    assert api.delete("/accounts/anna", headers={"If-Match": '"2"'}).status_code == 204
    assert api.get("/accounts/anna").status_code == 404


def test_an_empty_password_keeps_the_stored_one(api, portal):
    api.patch("/accounts/anna", json={"wice_password": ""}, headers={"If-Match": "*"})
    assert portal.product.registry.account("anna", secrets=True).wice_password == "anna-secret"


@pytest.mark.parametrize("name", ["new", "import", "many", "a/b", ""])
def test_names_that_no_address_can_hold_are_refused(api, name):
    assert api.post("/accounts", json={**NEW, "name": name}).status_code == 422
    assert api.post("/accounts/anna/rename", json={"name": name}).status_code == 422


def test_a_renamed_account_keeps_its_profiles(api):
    assert api.post("/accounts/anna/rename", json={"name": "Änne"}).json()["profiles"] == ["Wice"]
    assert api.get("/accounts/%C3%84nne").status_code == 200


def test_an_import_is_previewed_and_then_carried_out_as_it_was_shown(api):
    body = {"text": "account;email\nanna;new@example.com\n", "form": "csv"}
    preview = api.post("/accounts/import/preview", json=body).json()
    assert (preview["sound"], preview["changes"]) == (True, 1)
    assert preview["lines"][0]["after"] == {"email": "new@example.com"}
    assert api.get("/accounts/anna").json()["email"] == "anna@example.com"
    assert api.post("/accounts/import", json={**body, "digest": "other"}).status_code == 412
    assert api.post("/accounts/import", json={**body, "digest": preview["digest"]}).status_code == 200
    assert api.get("/accounts/anna").json()["email"] == "new@example.com"


@pytest.mark.parametrize("form", ["csv", "toml"])
def test_what_is_exported_is_imported_without_a_change(api, form):
    text = api.get("/accounts/export", params={"form": form, "q": "anna"}).text
    preview = api.post("/accounts/import/preview", json={"text": text, "form": form}).json()
    assert {(line["name"], line["outcome"]) for line in preview["lines"]} == {
        ("anna", "unchanged"),
        ("anna/Wice", "unchanged"),
    }
    assert "secret" not in text


def test_many_are_run_or_changed_at_once(api):
    asked = api.post("/accounts/many/runs", json={"verb": "analyse", "filter": {"text": "example"}})
    assert (asked.status_code, len(asked.json()["runs"])) == (202, 3)
    stop = {"change": "deactivate", "names": ["anna", "carl"]}
    assert api.post("/accounts/many/changes", json={**stop, "expected": 3}).status_code == 409
    assert api.post("/accounts/many/changes", json={**stop, "expected": 2}).json()["changed"] == 2
    removed = api.post("/accounts/many/changes", json={"change": "remove", "filter": {"active": False}})
    assert removed.json()["changed"] == 2
    assert [one["name"] for one in api.get("/accounts").json()["items"]] == ["bernd"]


@pytest.mark.parametrize("body", [{}, {"names": ["anna"], "filter": {}}, {"names": ["nobody"]}])
def test_many_that_are_not_told_clearly_are_refused(api, body):
    assert api.post("/accounts/many/changes", json={"change": "remove", **body}).status_code in (404, 422)
    assert api.get("/accounts").json()["total"] == 3


def test_both_logins_are_tried_step_by_step(api):
    steps = api.post("/accounts/anna/test").json()
    assert {step["side"] for step in steps} == {"wice", "exchange"}
    assert "secret" not in str(steps)


@pytest.mark.parametrize(
    ("method", "path", "may"),
    [
        ("GET", "/accounts", {Role.AUDITOR, Role.OPERATOR}),
        ("GET", "/accounts/export", {Role.AUDITOR, Role.OPERATOR}),
        ("POST", "/accounts", set()),
        ("PATCH", "/accounts/anna", set()),
        ("DELETE", "/accounts/anna", set()),
        ("POST", "/accounts/import", set()),
        ("POST", "/accounts/many/changes", set()),
        ("POST", "/accounts/many/runs", {Role.OPERATOR}),
        ("POST", "/accounts/anna/test", {Role.OPERATOR}),
    ],
)
def test_each_role_may_what_is_its(portal, method, path, may):
    add_accounts(portal.product, "anna")
    allowed = {
        role for role in (Role.AUDITOR, Role.OPERATOR) if portal.api(role).request(method, path).status_code != 403
    }
    assert allowed == may

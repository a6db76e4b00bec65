"""The portal's accounts: what a person sees, types, chooses and agrees to; without JavaScript."""

import re

import pytest

from app.domain.account import Template
from app.domain.people import Role
from tests.services.accounts import add_accounts

FORM = {
    "name": "zoe",
    "email": "zoe@example.com",
    "wice_server": "main",
    "wice_username": "zoe",
    "wice_password": "geheim",
    "exchange_server": "mail",
    "mailbox": "zoe@example.com",
    "profile_name": "Wice",
}


@pytest.fixture
def browser(portal):
    add_accounts(portal.product, "anna", "bernd", "carl")
    portal.product.registry.save(Template(name="office"))
    return portal.browser()


def hidden(page, name):
    return found(rf'name="{name}" value="([^"]*)"', page.text)[1]


def found(pattern, text):
    match = re.search(pattern, text, re.DOTALL)
    assert match, pattern
    return match


def test_an_empty_list_says_what_to_do_first(portal):
    page = portal.browser().get("/accounts").text
    assert "First the servers" in page
    add_accounts(portal.product)
    assert "No accounts yet" in portal.browser().get("/accounts").text


def test_the_list_shows_pages_and_fits_search_and_filters(portal):
    add_accounts(portal.product, *(f"user{number:02}" for number in range(60)), profiles=False)
    browser = portal.browser()
    first = browser.get("/accounts").text
    assert "user49" in first
    assert "user50" not in first
    after = found(r'rel="next" href="([^"]*)"', first)[1].replace("&amp;", "&")
    assert "user50" in browser.get(after).text
    shown = browser.get("/accounts", params={"q": "user07", "active": "yes", "state": "waiting"}).text
    assert "user07" in shown
    assert "user08" not in shown
    assert "No account fits" in browser.get("/accounts?state=failing").text


def test_an_account_is_added_with_its_first_profile(browser, portal):
    page = browser.submit("/accounts/new", **FORM, profile_template="office")
    assert page.url.path == "/accounts/zoe"
    assert "zoe is added" in page.text
    assert portal.product.registry.profile_of("zoe", "Wice").template == "office"


def test_a_form_with_faults_keeps_what_was_typed_but_no_password(browser, portal):
    page = browser.submit("/accounts/new", **{**FORM, "mailbox": "<none>", "name": "many"})
    assert page.status_code == 422
    assert 'value="&lt;none&gt;"' in page.text
    assert page.text.count('aria-invalid="true"') == 2
    assert "is no e-mail address" in page.text
    assert "geheim" not in page.text
    german = portal.browser(language="de").submit("/accounts/new", **{**FORM, "mailbox": ""})
    assert "Postfach: darf nicht leer sein" in german.text


def test_an_edit_keeps_the_password_and_is_refused_if_somebody_was_faster(browser, portal):
    form = {**FORM, "wice_username": "anna", "mailbox": "box0@example.com", "wice_password": ""}
    del form["name"], form["profile_name"]
    assert "is saved" in browser.submit("/accounts/anna/edit", **form, version=1).text
    late = browser.submit("/accounts/anna/edit", **{**form, "email": "late@example.com"}, version=1)
    assert late.status_code == 412
    assert "late@example.com" in late.text
    assert hidden(late, "version") == "2"
    stored = portal.product.registry.account("anna", secrets=True)
    assert (stored.email, stored.wice_password) == ("zoe@example.com", "anna-secret")
    assert "anna-secret" not in browser.get("/accounts/anna/edit").text


def test_an_account_is_renamed_deactivated_activated_and_removed(browser, portal):
    assert browser.submit("/accounts/anna/rename", new_name="bernd", version=1).status_code == 422
    assert browser.submit("/accounts/anna/rename", new_name="Änne & Co", version=1).url.path == "/accounts/Änne & Co"
    at = "/accounts/%C3%84nne%20%26%20Co"
    assert "Deactivate Änne &amp; Co?" in browser.get(f"{at}/deactivate").text
    assert "nothing of it is synchronised" in browser.submit(f"{at}/deactivate").text
    assert "is active again" in browser.submit(f"{at}/activate").text
    question = browser.get(f"{at}/remove")
    assert "In Wice and Exchange nothing is touched" in question.text
    assert "is removed" in browser.submit(f"{at}/remove", version=hidden(question, "version")).text
    assert browser.get(at).status_code == 404


def test_names_are_shown_as_text(browser, portal):
    browser.submit("/accounts/anna/rename", new_name="<script>alert(1)<script>", version=1)
    for path in ("/accounts", "/accounts/%3Cscript%3Ealert(1)%3Cscript%3E"):
        page = browser.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text


def test_an_account_or_one_profile_is_run_now(browser, portal):
    page = browser.submit("/accounts/anna/runs", verb="analyse", profile="Wice")
    [request] = portal.product.requests.unfinished(portal.product.registry.profile_of("anna", "Wice").id)
    assert page.url.path == f"/runs/{request.id}"
    assert browser.submit("/accounts/bernd/runs", verb="sync").url.path.startswith("/runs/")
    assert browser.submit("/accounts/bernd/runs", verb="destroy").status_code == 422


def test_both_connections_are_tried(browser):
    page = browser.submit("/accounts/anna/test")
    assert "The name leads to an address" in page.text
    assert "secret" not in page.text


def test_many_are_asked_about_before_anything_happens(browser, portal):
    asked = browser.submit("/accounts/many/changes", action="remove", pick=["anna", "carl"])
    assert "Remove 2 accounts?" in asked.text
    assert len(portal.product.registry.accounts()) == 3
    done = browser.submit("/accounts/many/changes", action="remove", pick=["anna", "carl"], sure=hidden(asked, "sure"))
    assert "2 accounts are removed" in done.text
    assert [one.name for one in portal.product.registry.accounts()] == ["bernd"]


def test_all_that_fit_are_meant_and_asked_about_again_if_their_number_changed(browser, portal):
    asked = browser.submit("/accounts/many/runs", action="analyse", scope="all", q="example", pick=["anna"])
    assert "Analyse 3 profiles?" in asked.text
    add_accounts(portal.product, "anna", "bernd", "carl", "dora")
    again = browser.submit("/accounts/many/runs", action="analyse", scope="all", q="example", sure=3)
    assert "Analyse 4 profiles?" in again.text
    done = browser.submit("/accounts/many/runs", action="analyse", scope="all", q="example", sure=4)
    assert "4 runs are queued" in done.text


def test_a_template_is_assigned_to_many(browser, portal):
    done = browser.submit(
        "/accounts/many/changes", action="assign", pick=["anna", "bernd"], sure=2, new_template="office"
    )
    assert "2 profiles have another template now" in done.text
    assert portal.product.registry.profile_of("bernd", "Wice").template == "office"
    assert "Choose at least one account first" in browser.submit("/accounts/many/changes", action="assign").text


def test_an_import_is_shown_first_and_then_carried_out(browser, portal):
    table = "account;email;wice_password\nanna;new@example.com;novel-secret\n"
    shown = browser.post(
        "/accounts/import", data={"csrf": browser.csrf}, files={"file": ("a.csv", table.encode("cp1252"), "text/csv")}
    )
    assert "new@example.com" in shown.text
    assert "novel-secret" not in shown.text
    assert portal.product.registry.account("anna").email == "anna@example.com"
    fields = {name: hidden(shown, name) for name in ("sealed", "digest", "form")}
    portal.product.registry.rename(portal.product.registry.account("anna"), "other")
    portal.product.registry.rename(portal.product.registry.account("other"), "anna")
    stale = browser.submit("/accounts/import/carry-out", **fields)
    assert stale.status_code == 412
    fields = {name: hidden(stale, name) for name in ("sealed", "digest", "form")}
    assert "Imported: 1 entry" in browser.submit("/accounts/import/carry-out", **fields).text
    stored = portal.product.registry.account("anna", secrets=True)
    assert (stored.email, stored.wice_password) == ("new@example.com", "novel-secret")


def test_a_file_with_faults_is_shown_with_all_of_them_and_cannot_be_carried_out(browser, portal):
    page = portal.browser(language="de").submit(
        "/accounts/import", text="account;mailbox;direction\nanna;<b>;\nneu;x@example.com;\n", form="csv"
    )
    assert page.text.count('<td data-label="Was falsch ist">') == 5
    assert "Postfach ist keine E-Mail-Adresse" in page.text
    assert "carry-out" not in page.text
    empty = browser.submit("/accounts/import")
    assert empty.status_code == 422
    assert browser.submit("/accounts/import/carry-out", sealed="x", digest="y").status_code == 422


@pytest.mark.parametrize("form", ["csv", "toml"])
def test_what_is_listed_is_exported_and_a_sample_is_offered(browser, form):
    exported = browser.get("/accounts/export", params={"form": form, "q": "bernd"})
    assert exported.headers["Content-Disposition"] == f'attachment; filename="accounts.{form}"'
    assert "bernd" in exported.text
    assert "anna" not in exported.text
    assert "anna" in browser.get(f"/accounts/samples/{form}").text


def test_buttons_that_somebody_may_not_press_are_not_shown(browser, portal):
    auditor, operator = portal.browser(Role.AUDITOR), portal.browser(Role.OPERATOR)
    for path in ("/accounts", "/accounts/anna"):
        assert "<button" not in found(r"<main.*", auditor.get(path).text)[0].replace("noscript><button", "")
        assert "/edit" not in operator.get(path).text
        assert "Analyse" in operator.get(path).text
    assert operator.get("/accounts/new").status_code == 403
    assert operator.submit("/accounts/many/changes", action="remove", pick="anna").status_code == 403
    assert auditor.submit("/accounts/anna/runs", verb="sync").status_code == 403

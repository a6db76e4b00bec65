"""Pages for what goes wrong."""

import pytest

from app.http import errors as http_errors
from app.web.errors import ADVICE


@pytest.mark.parametrize(
    ("how", "status", "says"),
    [
        ("missing", 404, "There is no such profile."),
        ("superseded", 412, "Nothing was overwritten."),
        ("denied", 403, "Your role does not allow this."),
        ("retry", 503, "Nothing is lost."),
        ("input", 422, "mailbox: is no address"),
        ("too-many", 429, "Wait a minute"),
        ("bug", 500, "It is our mistake"),
    ],
)
def test_each_error_is_a_page_that_says_what_to_do_and_names_the_request(client, how, status, says):
    page = client.get(f"/fails/{how}")
    assert page.status_code == status
    assert says in page.text
    assert "k3v7qmzlw2ab" in page.text
    assert page.headers["Content-Type"].startswith("text/html")


def test_an_unknown_address_and_a_wrong_method_and_a_wrong_parameter_are_pages_too(client):
    assert "This does not exist" in client.get("/nowhere").text
    assert "This cannot be done here" in client.post("/styleguide").text
    assert client.get("/numbers/three").status_code == 422


def test_a_bug_shows_nothing_of_itself(client):
    assert "hunter2" not in client.get("/fails/bug").text


def test_a_bugs_page_speaks_the_readers_language(client):
    assert "Hier ist etwas schiefgegangen" in client.get("/fails/bug?lang=de").text


def test_what_was_typed_comes_back_escaped(client):
    page = client.get("/fails/input").text
    assert "&lt;b&gt;is no name&lt;/b&gt;" in page
    assert "<b>" not in page


@pytest.mark.parametrize(("how", "after"), [("retry", "90"), ("too-many", "60")])
def test_programs_are_told_when_to_come_back(client, how, after):
    assert client.get(f"/fails/{how}").headers["Retry-After"] == after


def test_every_kind_of_error_that_the_portal_can_show_has_its_advice():
    shown_by_the_api_only = {"unsupported-media-type", "precondition-required"}
    meanings = [
        *http_errors.OF_STATUS.values(),
        *http_errors._HALTS.values(),
        *(meaning for _kind, meaning in http_errors._MEANINGS),
        http_errors._HALT,
    ]
    assert {meaning.type for meaning in meanings} - shown_by_the_api_only <= ADVICE.keys()

"""The main navigation."""

import pytest

from app.domain.people import Role, User
from app.web import current
from app.web.navigation import navigation


def shown(path, role=Role.ADMINISTRATOR):
    person = User(name="anna", role=role, language="en")
    current.answer({"type": "http", "path": path, "query_string": b"", "state": {"me": person}})
    return [entry for _heading, entries in navigation() for entry in entries]


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("/", "/"),
        ("/overview", "/"),
        ("/accounts", "/accounts"),
        ("/accounts/anna/edit", "/accounts"),
        ("/accounts/anna/profiles/Wice/analyse", "/profiles"),
        ("/accounts/profiles", "/accounts"),
        ("/wice-servers/main", "/servers"),
        ("/sign-in", None),
    ],
)
def test_the_entry_of_the_page_is_marked(path, entry):
    assert next((one.path for one in shown(path) if one.current), None) == entry


def test_only_who_manages_people_sees_them():
    assert "/users" in {one.path for one in shown("/")}
    assert "/users" not in {one.path for one in shown("/", Role.AUDITOR)}


def test_addresses_of_this_page_keep_what_is_not_changed():
    current.answer({"type": "http", "path": "/runs", "query_string": b"q=a%26b&sort=name&after=x", "state": {}})
    assert current.here(sort="-name", after=None) == "/runs?q=a%26b&sort=-name"
    assert current.here(q=None, sort=None, after=None) == "/runs"

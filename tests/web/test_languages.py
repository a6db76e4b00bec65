"""Which language a page speaks."""

import pytest

from app.domain.people import Role, User
from app.web import current


def spoken(client, path="/styleguide", **headers):
    page = client.get(path, headers=headers).text
    return page.partition('<html lang="')[2][:2]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("en;q=0.3,de;q=0.7", "de"),
        ("fr,de;q=0.4", "de"),
        ("fr", "en"),
        ("de;q=0", "en"),
        ("de;q=nonsense", "en"),
        ("*", "en"),
        ("", "en"),
    ],
)
def test_the_browser_chooses(client, header, language):
    assert spoken(client, **{"Accept-Language": header}) == language


def test_the_cookie_outdoes_the_browser_and_the_address_outdoes_both(client):
    client.cookies.set("language", "de")
    assert spoken(client, **{"Accept-Language": "en"}) == "de"
    assert spoken(client, "/styleguide?lang=en") == "en"


def test_unknown_languages_are_no_choice(client):
    client.cookies.set("language", "../../etc")
    assert spoken(client, "/styleguide?lang=fr", **{"Accept-Language": "de"}) == "de"


def test_a_persons_own_choice_outdoes_everything():
    person = User(name="anna", role=Role.AUDITOR, language="de", time_zone="Europe/Berlin")
    current.answer({"type": "http", "state": {"me": person, "language": "en"}})
    assert current.language() == "de"
    assert str(current.time_zone()) == "Europe/Berlin"


def test_the_tab_and_caches_know_what_a_page_depends_on(client):
    assert "Accept-Language" in client.get("/styleguide").headers["Vary"]

"""Codes as people read them."""

import pytest

from app.domain.people import Role
from app.domain.plan import Op, Reason
from app.domain.sync import Kind, Side
from app.services.report import Status
from app.web.badges import BADGES, TONES, badge
from app.web.current import speaking
from app.web.static_files import icon_names
from app.web.words import codes, word


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (Kind.CONTACTS, "Kontakte"),
        ((Side.WICE, Op.ADD), "in Wice hinzufügen"),
        (Reason.TWIN, "steht schon auf beiden Seiten: verknüpft"),
        (Status.DONE, "fertig"),
        (Role.AUDITOR, "Prüfer"),
        ("company_zip_code", "company zip code"),
    ],
)
def test_a_code_is_shown_in_the_readers_language(code, text):
    with speaking("de"):
        assert word(code) == text


def test_every_code_of_every_table_has_its_word():
    with speaking("en"):
        assert [code for table in codes() for code, text in table.items() if word(code) != text] == []


def test_every_status_of_a_run_has_its_badge():
    assert {status.value for status in Status} <= BADGES.keys()


def test_badges_have_a_tone_and_an_icon_that_exist():
    assert [
        code for code, (tone, icon, _label) in BADGES.items() if tone not in TONES or icon not in icon_names()
    ] == []


def test_an_unknown_state_is_shown_quietly():
    with speaking("de"):
        assert badge("some_new_state").label == "some new state"

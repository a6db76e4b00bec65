"""What services say is wrong with a field is read in the reader's language."""

import pytest

from app.web import current
from app.web.faults import ADVICE, all_said, said


@pytest.mark.parametrize(
    ("advice", "german"),
    [
        ("must not be empty", "darf nicht leer sein"),
        ("must be at most 36500", "darf höchstens 36500 sein"),
        ("must be at least 0", "muss mindestens 0 sein"),
        ("must be a whole number, without quotes", "muss eine ganze Zahl sein, ohne Anführungszeichen"),
        ("must be both, to_wice or to_exchange", "muss eines von diesen sein: both, to_wice or to_exchange"),
        (
            "is used by a (b)/50 % already; give each profile a folder of its own",
            "wird schon von a (b)/50 % benutzt; geben Sie jedem Profil einen eigenen Ordner",
        ),
    ],
)
def test_an_advice_with_or_without_values_is_translated(advice, german):
    with current.speaking("de"):
        assert said(advice) == german
    with current.speaking("en"):
        assert said(advice) == advice


def test_what_nobody_knows_stays_as_it_is():
    with current.speaking("de"):
        assert all_said({"dialect": "dialect.bad: there is no such name"}) == {
            "dialect": "dialect.bad: there is no such name"
        }


def test_every_advice_has_its_german():
    with current.speaking("de"):
        assert not [text for text in ADVICE if said(text) == text]

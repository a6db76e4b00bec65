"""R36: when a refused login stops a run, and when one run at a time tries it."""

from dataclasses import replace

import pytest

from app.domain.logins import Login, Whose
from app.domain.sync import Side
from app.rules.logins import is_in_doubt, is_refused, stops

FINE = Login(
    side=Side.EXCHANGE,
    whose=Whose.OWN,
    server="mail",
    users=1,
    refusals=0,
    proven=True,
    turn="",
    version=1,
    key="k1:secret",
)


@pytest.mark.parametrize(
    ("whose", "refusals", "proven", "refused", "doubt"),
    [
        (Whose.OWN, 0, False, False, False),
        (Whose.OWN, 1, False, True, False),
        (Whose.SHARED, 0, False, False, True),
        (Whose.SHARED, 0, True, False, False),
        (Whose.SHARED, 1, True, False, True),
        (Whose.SHARED, 2, False, True, True),
        (Whose.SERVICE, 0, False, False, True),
        (Whose.SERVICE, 0, True, False, False),
        (Whose.SERVICE, 1, False, False, True),
        (Whose.SERVICE, 2, True, True, True),
    ],
)
def test_R36_others_depend_on_it_so_one_refusal_is_made_sure_of(whose, refusals, proven, refused, doubt):
    login = replace(FINE, whose=whose, refusals=refusals, proven=proven)
    assert (is_refused(login), is_in_doubt(login)) == (refused, doubt)


@pytest.mark.parametrize("whose", Whose)
@pytest.mark.parametrize("by_schedule", [True, False])
def test_R36_what_a_person_asks_for_may_try_the_accounts_own_login_only(whose, by_schedule):
    login = replace(FINE, whose=whose, refusals=2)
    assert stops([FINE, login], by_schedule=by_schedule) == (login if by_schedule or whose is not Whose.OWN else None)


def test_R36_one_that_others_share_is_told_first():
    own, shared = replace(FINE, side=Side.WICE, refusals=1), replace(FINE, whose=Whose.SHARED, refusals=2)
    assert stops([own, shared], by_schedule=True) == shared
    assert stops([own, shared], by_schedule=False) == shared
    assert stops([FINE, FINE], by_schedule=True) is None


def test_its_key_is_not_written_down():
    assert "secret" not in repr(FINE)

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.appointment import Participant
from app.domain.ids import AttemptId, LinkId, new_id
from app.domain.participants import is_same_person, shown_lines, union, without
from app.domain.sync import Side, Stamp

BERND = Participant(name="Bernd Weber", email="bernd@example.com")
CARLA = Participant(name="Carla Voß", email="carla@example.com")


def test_R30_a_stamp_is_read_back_as_it_was_written() -> None:
    stamp = Stamp(LinkId(new_id()), AttemptId(new_id()), "0123456789abcdef")
    assert Stamp.parse(str(stamp)) == stamp


@pytest.mark.parametrize(
    "text", ["", "import 2019", "wice-sync", "wice-sync//a/f", "other/l/a/f", "wice-sync/l/a", "wice-sync/l/a/f/x"]
)
def test_R30_an_import_key_of_somebody_else_is_no_stamp(text: str) -> None:
    assert Stamp.parse(text) is None


@given(st.text())
def test_R30_no_text_breaks_the_reading_of_stamps(text: str) -> None:
    stamp = Stamp.parse(text)
    assert stamp is None or str(stamp) == text.strip()


def test_ids_are_never_the_same_twice() -> None:
    made = {new_id() for _ in range(10_000)}
    assert len(made) == 10_000
    assert all(len(one) == 20 and one.isalnum() and one == one.lower() for one in made)


def test_each_side_has_the_other() -> None:
    assert [side.other for side in (Side.WICE, Side.EXCHANGE)] == [Side.EXCHANGE, Side.WICE]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (BERND, Participant(name="B. Weber", email="Bernd@Example.com"), True),
        (BERND, Participant(name="bernd weber"), True),
        (BERND, CARLA, False),
        (BERND, Participant(name="Bernd Weber", email="other@example.com"), False),
        (Participant(), Participant(), False),
    ],
)
def test_R15_people_are_the_same_by_address_else_by_name(one: Participant, other: Participant, same: bool) -> None:
    assert is_same_person(one, other) is same
    assert is_same_person(other, one) is same


def test_R15_the_block_names_those_whom_exchange_does_not_know_each_once() -> None:
    assert without([BERND, CARLA], [Participant(email="bernd@example.com")]) == (CARLA,)
    assert union([BERND], [CARLA, BERND]) == (BERND, CARLA)
    lines = shown_lines([BERND, CARLA, CARLA], [BERND])
    assert len(lines) == 1
    assert "Carla Voß" in lines[0]

"""The decision table cell by cell: 9 states of a linked item and 3 of an unlinked one x 3 directions x 2 conflict policies x 2 target policies.

The expectations below are written down by hand, one letter a cell, independently of the tables in `app.rules.decisions`.
"""

from __future__ import annotations

import itertools

import pytest

from app.domain.account import Conflict, Direction, TargetChanges
from app.domain.sync import Change
from app.rules.decisions import Decision, decide, is_conflict
from app.rules.policy import Policy

LETTERS = {
    ".": Decision.NOTHING,
    "w": Decision.UPDATE_WICE,
    "e": Decision.UPDATE_EXCHANGE,
    "W": Decision.CREATE_IN_WICE,
    "E": Decision.CREATE_IN_EXCHANGE,
    "x": Decision.REMOVE_FROM_WICE,
    "y": Decision.REMOVE_FROM_EXCHANGE,
    "m": Decision.MERGE,
    "f": Decision.FORGET,
    "k": Decision.KEEP,
    "i": Decision.IGNORE,
}

COLUMNS = tuple(itertools.product(Direction, Conflict, TargetChanges))
"""both, to_wice, to_exchange; in each: Wice wins, Exchange wins; in each: overwrite, keep."""

# Wice     Exchange  rules          both  to_wice to_exchange
TABLE = """
same       same      R28            ....  ....    ....
edited     same      R1-R23         eeee  wkwk    eeee
same       edited    R1-R23         wwww  wwww    ekek
edited     edited    R22-R23        eeww  wkwk    ekek
gone       same      R9-R14-R23     yyyy  WkWk    yyyy
same       gone      R8-R13-R23     xxxx  xxxx    EkEk
gone       edited    R22-R23        yyWW  WkWk    ykyk
edited     gone      R22-R23        EExx  xkxk    EkEk
gone       gone      R8-R9          ffff  ffff    ffff
new        none      R4-R11-R23     EEEE  iiii    EEEE
none       new       R7-R12-R23     WWWW  WWWW    iiii
new        new       R24            mmmm  mmmm    mmmm
"""


def cells() -> list[object]:
    rows: list[object] = []
    for line in TABLE.strip().splitlines():
        wice, exchange, rules, *letters = line.split()
        for (direction, conflict, target), letter in zip(COLUMNS, "".join(letters), strict=True):
            policy = Policy(direction=direction, conflict=conflict, target_changes=target)
            name = f"{rules}-{wice}-{exchange}-{direction.value}-{conflict.value}-{target.value}"
            rows.append(pytest.param(Change(wice), Change(exchange), policy, LETTERS[letter], id=name))
    return rows


@pytest.mark.parametrize(("wice", "exchange", "policy", "expected"), cells())
def test_every_cell_of_the_decision_table(wice: Change, exchange: Change, policy: Policy, expected: Decision) -> None:
    assert decide(wice, exchange, policy) is expected


def test_R22_the_table_has_a_row_for_every_pair_of_states_that_can_occur() -> None:
    linked = set(itertools.product((Change.SAME, Change.EDITED, Change.GONE), repeat=2))
    unlinked = {(Change.NEW, Change.NONE), (Change.NONE, Change.NEW), (Change.NEW, Change.NEW)}
    written = {(Change(line.split()[0]), Change(line.split()[1])) for line in TABLE.strip().splitlines()}
    assert written == linked | unlinked
    assert len(cells()) == len(written) * len(COLUMNS)


@pytest.mark.parametrize("direction", Direction)
def test_R21_a_one_way_profile_never_decides_to_write_its_source(direction: Direction) -> None:
    forbidden = {
        Direction.BOTH: set(),
        Direction.TO_WICE: {Decision.UPDATE_EXCHANGE, Decision.CREATE_IN_EXCHANGE, Decision.REMOVE_FROM_EXCHANGE},
        Direction.TO_EXCHANGE: {Decision.UPDATE_WICE, Decision.CREATE_IN_WICE, Decision.REMOVE_FROM_WICE},
    }[direction]
    decided = {
        decide(Change(line.split()[0]), Change(line.split()[1]), policy)
        for line in TABLE.strip().splitlines()
        for way, conflict, target in COLUMNS
        if way is direction
        for policy in [Policy(direction=way, conflict=conflict, target_changes=target)]
    }
    assert not decided & forbidden


def test_R22_a_conflict_is_an_edit_against_an_edit_or_a_deletion() -> None:
    conflicts = {pair for pair in itertools.product(Change, repeat=2) if is_conflict(*pair)}
    edited, gone = Change.EDITED, Change.GONE
    assert conflicts == {(edited, edited), (edited, gone), (gone, edited)}


@pytest.mark.parametrize(
    "impossible", [(Change.NEW, Change.SAME), (Change.NONE, Change.NONE), (Change.GONE, Change.NEW)]
)
@pytest.mark.parametrize("direction", Direction)
def test_states_that_cannot_occur_are_a_loud_bug(impossible: tuple[Change, Change], direction: Direction) -> None:
    with pytest.raises(KeyError):
        decide(*impossible, Policy(direction=direction))

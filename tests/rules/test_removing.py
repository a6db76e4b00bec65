"""R37, without any server: what goes with its profile, and what stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.ids import ItemId, Version
from app.domain.plan import Action, Hint, HintReason, Op, Reason
from app.domain.sync import Absence, Absent, Found, Held, Obstacle, Side
from app.rules.removing import removal
from app.rules.state import end_of
from tests.rules.situations import EVA, item, link

EDITED = replace(EVA, mobile_phone="0171 3920001")
SERIES = Held(ItemId("e1"), Version("1"), Obstacle.SERIES, "Jour fixe", "daily")


def test_R37_what_is_as_the_last_synchronisation_left_it_goes_and_Wice_is_not_written() -> None:
    action = removal(link(EVA), item("e1", EVA))
    assert isinstance(action, Action)
    assert [(w.side, w.op, w.before) for w in action.writes] == [(Side.EXCHANGE, Op.DELETE, EVA)]
    assert (action.reason, action.ends_link, action.undoes) == (Reason.PROFILE_REMOVED, True, True)
    assert (action.wice, action.exchange) == (link(EVA).wice, end_of(item("e1", EVA)))


@pytest.mark.parametrize(
    ("found", "reason"), [(item("e1", EDITED), HintReason.EDITED_SINCE_SYNC), (SERIES, HintReason.SERIES)]
)
def test_R37_what_its_owner_has_edited_since_stays(found: Found, reason: HintReason) -> None:
    hint = removal(link(EVA), found)
    assert isinstance(hint, Hint)
    assert hint.reason is reason


def test_R37_what_its_owner_has_removed_already_is_nobodys_matter() -> None:
    assert removal(link(EVA), Absent(ItemId("e1"), Absence.DELETED)) is None

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.contact import Contact
from app.domain.fingerprint import fingerprint
from app.domain.ids import ItemId, LinkId, Version
from app.domain.plan import Action, Failure, Op, PlannedWrite, Reason
from app.domain.sync import End, Kind, Link, Side
from app.rules.retry import failed_again, is_bouncing, is_quarantined

EVA = Contact(last_name="Schulz", first_name="Eva")
WICE = End(id=ItemId("p:1"), version=Version("1"), fingerprint="f1")
EXCHANGE = End(id=ItemId("e1"), version=Version("1"), fingerprint="f2")
ACTION = Action(
    key="link",
    kind=Kind.CONTACTS,
    link=LinkId("link"),
    reason=Reason.CHANGED_IN_WICE,
    label="Schulz, Eva",
    writes=(PlannedWrite(side=Side.EXCHANGE, op=Op.CHANGE, record=EVA, before=EVA),),
    wice=WICE,
    exchange=EXCHANGE,
)


def refused(times: int) -> Failure | None:
    failure = None
    for _ in range(times):
        failure = failed_again(ACTION, failure, "ErrorX", "no")
    return failure


@pytest.mark.parametrize(("times", "expected"), [(0, False), (1, False), (4, False), (5, True), (6, True)])
def test_R32_an_item_is_quarantined_after_five_refusals_in_a_row(times: int, expected: bool) -> None:
    assert is_quarantined(ACTION, refused(times)) is expected


def test_R32_a_changed_item_is_tried_again_and_counted_from_one() -> None:
    changed = replace(ACTION, wice=replace(WICE, fingerprint="f3"))
    assert not is_quarantined(changed, refused(5))
    assert failed_again(changed, refused(5), "ErrorX", "no").count == 1


def test_R32_a_moved_version_without_a_change_does_not_free_it() -> None:
    touched = replace(ACTION, wice=replace(WICE, version=Version("2")))
    assert is_quarantined(touched, refused(5))


@pytest.mark.parametrize(
    ("runs", "side", "content", "expected"),
    [
        (2, Side.EXCHANGE, fingerprint(EVA), False),
        (3, Side.EXCHANGE, fingerprint(EVA), True),
        (3, Side.WICE, fingerprint(EVA), False),
        (3, Side.EXCHANGE, "another content: a person has edited it", False),
    ],
)
def test_R40_the_third_run_that_wrote_the_same_to_the_same_side_is_the_last(
    runs: int, side: Side, content: str, expected: bool
) -> None:
    link = Link(
        id=LinkId("link"), kind=Kind.CONTACTS, wice=WICE, exchange=EXCHANGE,
        written_side=side, written_fingerprint=content, written_runs=runs,
    )  # fmt: skip
    assert is_bouncing(link, ACTION) is expected

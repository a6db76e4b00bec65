"""A deep compare over the fakes: what older versions had to leave aside, what servers hide, and that it dies without harm."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.plan import HintReason
from app.domain.sync import Kind, Obstacle, Side
from app.services.report import Status
from tests.engine.harness import ANNA, Office, meeting, person
from tests.fakes.faults import Crash

APPOINTMENTS = Kind.APPOINTMENTS


def test_R18_what_an_older_version_could_not_read_is_tried_again(office: Office):
    """Parked items are read anew, whatever their version says: a later version of the mapping may understand them."""
    office.sync()
    item = office.exchange.add(office.folder(APPOINTMENTS), meeting())
    office.exchange.obstruct(item, Obstacle.SERIES)
    assert [hint.reason for hint in office.sync().kinds[APPOINTMENTS].hints] == [HintReason.SERIES]
    office.exchange.items[item] = replace(office.exchange.items[item], obstacle=None)  # same version: an update of ours
    assert [hint.reason for hint in office.sync().kinds[APPOINTMENTS].hints] == [HintReason.SERIES], "nobody looks"
    with office.run(trigger="analyse") as run:
        report = run.analyse(thorough=True)
    assert (report.kinds[APPOINTMENTS].writes, report.kinds[APPOINTMENTS].hints) == (1, [])
    assert office.sync().kinds[APPOINTMENTS].writes == 1
    assert office.sync().status is Status.NOTHING_TO_DO


def test_what_is_still_left_aside_stays_so(office: Office):
    office.sync()
    item = office.exchange.add(office.folder(APPOINTMENTS), meeting())
    office.exchange.obstruct(item, Obstacle.SERIES)
    before = office.sync().kinds[APPOINTMENTS]
    with office.run(trigger="analyse") as run:
        deep = run.analyse(thorough=True).kinds[APPOINTMENTS]
    assert (deep.hints, deep.in_exchange, deep.in_wice) == (before.hints, before.in_exchange, before.in_wice)
    assert office.sync().kinds[APPOINTMENTS].hints == before.hints


@pytest.mark.parametrize("side", list(Side))
def test_R30_a_deep_compare_that_dies_anywhere_is_made_up_and_loses_nothing(office: Office, side: Side):
    for number in range(9):
        office.wice.add_person(person(f"Nr. {number}"), flags=[ANNA])
    office.sync()
    office.sync()
    for number in range(40):
        item = office.in_outlook()["Nr. 0, Anna"]
        stored = office.exchange.items[item]
        office.exchange.items[item] = replace(stored, record=replace(stored.record, phone=f"030 {number}"))  # type: ignore[arg-type] # a contact
        office.clock.tick(8 * 24 * 3600)
        faults = office.wice.faults if side is Side.WICE else office.exchange.faults
        faults.crash_at(number)
        try:
            office.sync()
        except Crash:
            office.clock.tick(1)
        else:
            break
        finally:
            faults.on_point = lambda _: None
        office.sync()
        assert office.contact_in_outlook("Nr. 0, Anna").phone == f"030 {number}"
        office.sync()
        [row] = [row for row in office.wice.rows if office.contact_in_wice(row).last_name == "Nr. 0"]
        assert office.contact_in_wice(row).phone == f"030 {number}", "found all the same"
    else:
        pytest.fail("it may die at more points")
    assert number > 9, "it died at none"
    assert len(office.in_outlook()) == 9
    assert office.sync().status is Status.NOTHING_TO_DO

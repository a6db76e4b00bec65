"""R30, R33: the process dies at any request of an undo. What it had undone stays so, is taken for nobody's edit, and the rest can be finished."""

from __future__ import annotations

import pytest

from app.domain.ids import ItemId
from app.services.report import RunReport, Status
from tests.engine.harness import ANNA, Office, person
from tests.fakes.faults import Crash

OLD, NEW = "0171 3920001", "0171 3920002"


def busy_run(office: Office) -> tuple[RunReport, dict[str, ItemId]]:
    """One run that adds, changes and removes on both sides; and the Wice records by their people's last names."""
    rows = {
        name: office.wice.add_person(person(name, mobile_phone=OLD), flags=[ANNA])
        for name in ("Abel", "Berg", "Cohn", "Dorn")
    }
    office.sync()
    office.wice.edit(rows["Abel"], mobile_phone=NEW)
    office.exchange.edit(office.in_outlook()["Berg, Anna"], mobile_phone=NEW)
    office.wice.unflag(rows["Cohn"], ANNA)
    office.exchange.delete(office.in_outlook()["Dorn, Anna"])
    rows["Ernst"] = office.wice.add_person(person("Ernst", mobile_phone=OLD), flags=[ANNA])
    office.exchange.add(office.folder(), person("Frank", mobile_phone=OLD, company_name="Muster GmbH"))
    report = office.sync()
    rows |= {row.record.label.partition(",")[0]: item for item, row in office.wice.rows.items()}
    return report, rows


def people(office: Office) -> tuple[dict[str, str], dict[str, str]]:
    """Mobile phones by name: of the contacts in Exchange, and of what is flagged in Wice."""
    outlook = {label: office.contact_in_outlook(label).mobile_phone for label in office.in_outlook()}
    flagged = [item for item, row in office.wice.rows.items() if ANNA in row.flags]
    wice = {office.wice.rows[item].record.label: office.contact_in_wice(item).mobile_phone for item in flagged}
    return outlook, wice


BEFORE = (
    {"Abel, Anna": OLD, "Berg, Anna": NEW, "Cohn, Anna": OLD, "Frank, Anna": OLD},
    {"Abel, Anna": NEW, "Berg, Anna": OLD, "Dorn, Anna": OLD, "Ernst, Anna": OLD},
)
"""What was written is as it was; what people had done that made the run write it, stays."""


def test_R33_a_run_that_wrote_everywhere_is_undone_everywhere(office: Office) -> None:
    report, rows = busy_run(office)
    assert people(office) != BEFORE
    assert office.undo(report).status is Status.DONE
    assert people(office) == BEFORE
    rests(office)
    assert len(office.wice.rows) == len(rows)


@pytest.mark.parametrize(
    ("side", "point"), [*(("wice", point) for point in range(44)), *(("exchange", point) for point in range(16))]
)
def test_R30_R33_an_undo_survives_a_crash_at_any_request(office: Office, side: str, point: int) -> None:
    report, rows = busy_run(office)
    proposed = office.propose_undo(report)
    faults = getattr(office, side).faults
    faults.crash_at(point)
    try:
        office.confirm_undo(proposed)
    except Crash:
        faults.clear()
        office.clock.tick(1)
        rests(office)
        assert office.confirm_undo(proposed).status in (Status.DONE, Status.NOTHING_TO_DO)
    faults.clear()
    assert people(office) == BEFORE
    rests(office)
    assert len(office.wice.rows) == len(rows)


def rests(office: Office) -> None:
    """No run does again what is undone, and none writes it to the other side."""
    before = office.wice.writes, office.exchange.writes
    for _ in range(3):
        assert office.sync().status is Status.NOTHING_TO_DO
    assert (office.wice.writes, office.exchange.writes) == before

"""R30, R33: the process dies at any request of an undo. What it had undone stays so, is taken for nobody's edit, and the rest can be finished."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from app.adapters.db import open_database
from app.domain.ids import ItemId
from app.services.report import RunReport, Status
from app.settings import Settings
from tests.engine.conftest import NewOffice
from tests.engine.harness import ANNA, Office, person
from tests.services.databases import migrated

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


@dataclass(frozen=True)
class Begun:
    """An undo is proposed: made once, and for each point taken up again as it was. `settings`: where its books are, closed."""

    settings: Settings
    office: Office
    proposed: RunReport
    rows: int


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Begun:
    settings = migrated(Settings(home=tmp_path_factory.mktemp("begun")))
    with open_database(settings) as database:
        office = Office(database)
        report, rows = busy_run(office)
        return Begun(settings, office, office.propose_undo(report), len(rows))


@contextmanager
def again(begun: Begun, home: Path) -> Iterator[Office]:
    settings = Settings(home=home)
    shutil.copyfile(begun.settings.database_file, settings.database_file)
    with open_database(settings) as database:
        yield begun.office.again(database)


@pytest.mark.parametrize("side", ["wice", "exchange"])
def test_R30_R33_an_undo_survives_a_crash_at_any_request(begun: Begun, tmp_path: Path, side: str) -> None:
    """Of all that there are."""
    for point in count():
        with again(begun, tmp_path) as office:
            died = office.dies(side, point, partial(office.confirm_undo, begun.proposed))
            if died:
                rests(office)
                assert office.confirm_undo(begun.proposed).status in (Status.DONE, Status.NOTHING_TO_DO)
            assert people(office) == BEFORE
            rests(office)
            assert len(office.wice.rows) == begun.rows
        if not died:
            break
    assert point


def test_R1_R30_R33_an_edit_that_comes_back_with_its_record_is_not_lost_in_a_crash(new_office: NewOffice) -> None:
    """It was made in Wice while the record was out of the scope; the undo that brings the record back dies at any request there."""
    for point in count():
        with new_office() as office:
            office.sync()
            office.exchange.add(office.folder(), person(mobile_phone=OLD))
            undone = office.undo(office.sync())
            (item,) = office.wice.rows
            office.wice.edit(item, mobile_phone=NEW)
            office.sync()
            proposed = office.propose_undo(undone)
            died = office.dies("wice", point, partial(office.confirm_undo, proposed))
            office.sync()
            if died:
                office.confirm_undo(proposed)
                office.sync()
            assert people(office) == ({"Schulz, Anna": NEW}, {"Schulz, Anna": NEW})
            rests(office)
        if not died:
            break
    assert point


def rests(office: Office) -> None:
    """No run does again what is undone, and none writes it to the other side."""
    before = office.wice.writes, office.exchange.writes
    for _ in range(3):
        assert office.sync().status is Status.NOTHING_TO_DO
    assert (office.wice.writes, office.exchange.writes) == before

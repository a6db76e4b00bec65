"""After a restore the next runs neither double nor lose what was synchronised since the backup (R24, R30, R42)."""

from __future__ import annotations

from pathlib import Path

from app.bootstrap import back_up, restore
from app.settings import Settings
from tests.scenarios.office import Office


def test_R30_R42_after_a_restore_nothing_is_doubled_and_nothing_lost(
    office: Office, installation: Settings, tmp_path: Path
) -> None:
    office.wice.person("Alt", "anna", firstname="Wice")
    kept = office.outlook.contact("Bestand")
    office.wice.appointment("Alter Termin", "anna", day="2027-01-12")
    office.sync()
    back_up(installation, tmp_path / "backup")

    # What the backup knows nothing of: new ones on both sides, and an edit.
    office.wice.person("Neu", "anna", firstname="Wice")
    office.outlook.contact("Frisch")
    office.wice.appointment("Neuer Termin", "anna", day="2027-01-13")
    office.outlook.appointment("Frischer Termin", "2027-01-14")
    office.outlook.change(kept, title="Leiterin")
    office.sync()
    cards, diary = office.outlook.cards(), office.outlook.diary()
    persons, appointments = office.wice.persons().keys(), office.wice.appointments().keys()
    assert {"Alt", "Neu", "Bestand", "Frisch"} == cards.keys() == persons

    restore(installation, tmp_path / "backup", replace=True)
    office.sync()
    assert office.outlook.cards().keys() == cards.keys()
    assert office.outlook.diary().keys() == diary.keys()
    assert (office.wice.persons().keys(), office.wice.appointments().keys()) == (persons, appointments)
    assert office.outlook.cards()["Bestand"]["title"] == "Leiterin"
    assert office.outlook.binned() == set()

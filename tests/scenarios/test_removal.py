"""Removing a profile together with what it synchronised, over the real protocols: R37."""

from __future__ import annotations

from app.domain.people import SYSTEM
from app.services.desk import NoProgress
from app.services.removal import remove_profile, remove_synchronised
from app.services.report import RunReport, Status
from tests.scenarios.office import ANNA, Office, counts, hints

DAY = "2031-05-12"


def remove(office: Office) -> RunReport:
    with office.product.desk(ANNA, "remove", NoProgress()) as desk:
        return remove_synchronised(desk)


def filled(office: Office) -> dict[str, str]:
    """Records of every sort on both sides, and those of Wice by their names."""
    rows = {
        "Schulz": office.wice.person("Schulz", "anna", firstname="Eva"),
        "Weber": office.wice.person("Weber", "anna", firstname="Uwe"),
        "Jour fixe": office.wice.appointment("Jour fixe", "anna", "bernd", day=DAY),
    }
    office.sync()
    office.outlook.contact("Voss", first="Ina")
    office.outlook.appointment("Zahnarzt", DAY)
    office.sync()
    return rows


def test_R9_R15_R37_all_goes_into_deleted_items_and_wice_stays_as_it_is(office: Office):
    rows = filled(office)
    before = {name: office.wice.row(row) for name, row in rows.items()}
    written = office.written()[0]
    report = remove(office)
    assert counts(report) == {"contacts exchange delete": 3, "appointments exchange delete": 2}
    assert (office.outlook.cards(), office.outlook.diary()) == ({}, {})
    assert office.wice.flagged() == {"Schulz", "Weber", "Voss"}
    assert {name: office.wice.row(row) for name, row in rows.items()} == before
    assert office.written()[0] == written
    profile = office.product.registry.profile(ANNA)[0].id
    remove_profile(office.product.registry, profile, report, SYSTEM)
    assert office.product.registry.profile_name(profile) is None
    office.forget(ANNA)


def test_R33_R37_a_profile_that_stays_leaves_alone_what_was_removed_until_that_is_undone(office: Office):
    rows = filled(office)
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], job="Leitung")
    report = remove(office)
    assert hints(report) == {("edited_since_sync", "Schulz, Eva")}
    assert set(office.outlook.cards()) == {"Schulz"}
    assert counts(office.sync()) == {"contacts wice change": 1}
    assert office.wice.row(rows["Schulz"])["position"] == "Leitung"
    assert office.sync().status is Status.NOTHING_TO_DO
    assert office.undo(report).status is Status.DONE
    assert set(office.outlook.cards()) == {"Schulz", "Weber", "Voss"}
    assert {"Jour fixe", "Zahnarzt"} <= set(office.outlook.diary())
    assert office.wice.flagged() == {"Schulz", "Weber", "Voss"}

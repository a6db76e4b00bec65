"""One day of work on PostgreSQL; everything else runs on the embedded database."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from app.domain.account import Conflict
from app.services.report import Status
from app.settings import Settings
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import counts


@pytest.mark.parametrize("conflict", list(Conflict))
def test_R1_R8_R22_R29_on_postgresql(
    postgres_database_url: str, make_office: MakeOffice, tmp_path: Path, conflict: Conflict
):
    settings = Settings(home=tmp_path, database_url=SecretStr(postgres_database_url))
    office = make_office(installation=settings, conflict=conflict)
    records = [office.wice.person(f"Nr. {place:02}", "anna") for place in range(24)]
    office.outlook.contact("Neu", company="Neu AG")
    assert counts(office.sync()) == {"contacts exchange add": 25, "contacts wice add": 2}
    office.outlook.delete(office.outlook.cards()["Nr. 00"]["id"])
    office.wice.edit(records[1], position="Wice")
    office.outlook.change(office.outlook.cards()["Nr. 01"]["id"], job="Outlook")
    assert office.sync().status is Status.DONE
    assert office.wice.row(records[1])["position"] == ("Wice" if conflict is Conflict.WICE else "Outlook")
    for record in records[2:14]:
        office.wice.unflag(record, "anna")
    report = office.sync()
    assert report.status is Status.NEEDS_CONFIRMATION
    office.confirm(report)
    assert len(office.outlook.cards()) == 13

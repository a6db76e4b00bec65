"""R8, R24: what was deleted in Outlook comes back, and not alone."""

from __future__ import annotations

import pytest

from app.domain.contact import Contact, Entity
from app.domain.ids import ItemId
from app.services.report import Status
from tests.engine.harness import ANNA, Office, person


def deleted(office: Office, record: Contact) -> ItemId:
    """A contact that was synchronised from Wice and deleted in Outlook since; its id in Deleted Items."""
    if record.entity is Entity.COMPANY:
        office.wice.add_company(record, flags=[ANNA])
    else:
        office.wice.add_person(record, flags=[ANNA])
    office.sync()
    [there] = office.in_outlook().values()
    binned = office.exchange.delete(there)
    office.sync()
    return binned


@pytest.mark.parametrize(
    "record", [person("Arndt"), Contact(entity=Entity.COMPANY, company_name="Muster GmbH")], ids=["person", "company"]
)
def test_R8_R24_of_several_that_come_back_one_is_joined_and_the_others_are_new_or_named(
    office: Office, record: Contact
) -> None:
    binned = deleted(office, record)
    back = office.exchange.move(binned, office.folder())
    office.exchange.copy(back)
    office.exchange.copy(back)
    rows = set(office.wice.rows)
    report = office.sync()
    assert report.status in (Status.DONE, Status.PARTIAL), report.json()
    flagged = [row for row in office.wice.rows.values() if ANNA in row.flags]
    if record.entity is Entity.COMPANY:
        # One record cannot be several contacts, and a company is not founded twice (R6).
        assert (len(flagged), set(office.wice.rows)) == (1, rows)
    else:
        assert len(flagged) == 3
    assert office.sync().status is Status.NOTHING_TO_DO

"""R38 over HTTP: a licence that ends in the middle of the work stops every write, and nothing is lost when the next one begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import time_machine

from app.bootstrap.licensing import demo_key
from app.domain.people import SYSTEM
from app.domain.sync import Kind
from app.services.report import Status
from tests.scenarios.office import Office, counts

ONLY = Kind.CONTACTS
TWO_YEARS = timedelta(days=730)


def test_R38_between_two_licences_nothing_is_written_and_afterwards_everything_is(office: Office):
    record = office.wice.person("Arndt", "anna")
    assert office.sync().status is Status.DONE
    later = datetime.now(UTC) + TWO_YEARS
    with time_machine.travel(later, tick=True):
        office.wice.edit(record, position="Leitung")
        office.outlook.contact("Neu")
        before = office.written()
        assert counts(office.analyse()) == {"contacts exchange change": 1, "contacts wice add": 1}
        report = office.sync()
        assert (report.status, "The licence ended on" in report.message) == (Status.FAILED, True)
        assert office.written() == before
    # Turned back, the clock brings no old licence back.
    assert office.sync().status is Status.FAILED
    with time_machine.travel(later, tick=True):
        office.product.licences.activate(demo_key(later.date()), SYSTEM)
        assert office.sync().status is Status.DONE
        assert office.sync().status is Status.NOTHING_TO_DO
    office.forget("anna")

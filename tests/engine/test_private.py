"""What became private is not shown from the books any more, and can still be undone (R19, R33)."""

from __future__ import annotations

from app.domain.appointment import Appointment
from app.domain.ids import RunId
from app.domain.plan_views import ChangeFilter
from app.domain.sync import Kind, Obstacle
from app.domain.veil import COVERED
from app.domain.views import Cut
from app.services.report import RunReport, Status
from tests.engine.harness import ANNA, Office, meeting


def shown(office: Office, report: RunReport) -> str:
    """All that the page of a run shows."""
    views, run = office.database.run_views, RunId(report.run)
    pages = views.written(run, ChangeFilter(), Cut()), views.planned(run, ChangeFilter(), Cut())
    return "\n".join(repr(row) for page in pages for row in page.rows)


def made_and_edited(office: Office) -> tuple[RunReport, RunReport]:
    item = office.wice.add_appointment(meeting("Besuch", place="Klinik"), participants=[ANNA])
    made = office.sync()
    office.wice.edit(item, text="Befund")
    return made, office.sync()


def test_R19_words_of_an_appointment_that_became_private_are_covered_in_former_runs(office: Office):
    made, edited = made_and_edited(office)
    assert "Klinik" in shown(office, made)
    office.exchange.edit(office.in_outlook(Kind.APPOINTMENTS)["Besuch (2026-12-01)"], private=True)
    turned = office.sync()
    for report in (made, edited, turned):
        page = shown(office, report)
        assert COVERED in page
        assert not any(word in page for word in ("Besuch", "Klinik", "Befund"))
    assert office.undo(turned).status is Status.DONE
    [item] = [item for item in office.wice.rows if item.startswith("a:")]
    record = office.wice.record(item, ANNA)
    assert isinstance(record, Appointment)
    assert (record.title, record.text, record.place, record.private) == ("Besuch", "Befund", "Klinik", False)


def test_R19_somebody_elses_private_matter_is_covered_too_and_shown_again_when_it_is_none(office: Office):
    made, _ = made_and_edited(office)
    item = office.in_outlook(Kind.APPOINTMENTS)["Besuch (2026-12-01)"]
    office.exchange.obstruct(item, Obstacle.FOREIGN_PRIVATE)
    office.sync()
    assert "Klinik" not in shown(office, made)
    office.exchange.obstruct(item, None)
    office.sync()
    assert "Klinik" in shown(office, made)

"""A login that is refused is not tried again by schedules until somebody has acted, so that no directory locks it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import update

from app.adapters.db.tables import profiles
from app.domain.run import SCHEDULED, RunRequest
from app.domain.sync import Kind
from app.rules.timetable import TIMETABLE
from app.services.perform import perform
from app.services.report import Status
from tests.adapters.db.world import LONG_AGO
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office

ONLY = Kind.CONTACTS


def logins(office: Office) -> int:
    return int(office.sandbox.counters("wice")["requests"].get("login", 0))


def refusals(office: Office) -> int:
    """How often Exchange has refused a login."""
    return sum(office.sandbox.counters("ews")["failed_logins"].values())


def time_passes(office: Office, times: int = 1) -> list[RunRequest]:
    """All profiles become due, so many times; what the scheduler then asks for is carried out."""
    done: list[RunRequest] = []
    office.product.dispatch.plan(TIMETABLE, 100)
    for _ in range(times):
        office.hours_pass()
        with office.product.database._engine.begin() as connection:
            connection.execute(update(profiles).values(due_at=LONG_AGO))
        asked = office.product.dispatch.ask_for_due(TIMETABLE, 100)
        done += [request for request in asked if perform(office.product, request.id)]
    return done


def correct(office: Office, user: str, **changes: str) -> None:
    office.product.registry.save(replace(office.product.registry.account(user, secrets=True), **changes))  # type: ignore[arg-type] # settings of Account


def message(office: Office, name: str = "anna") -> str:
    row = office.product.views.profile("anna", name)
    assert row
    return row.last_message


def test_R36_a_wrong_password_in_wice_is_tried_once_by_schedules_and_again_when_it_was_corrected(
    make_office: MakeOffice,
) -> None:
    office = make_office("anna", "bernd", schedule="every 15 minutes", first_plan="approved")
    right = office.product.registry.account("anna", secrets=True).wice_password
    correct(office, "anna", wice_password="wrong")
    before = logins(office)
    asked = time_passes(office, 4)
    anna = office.product.registry.profile("anna")[0].id
    assert [request.profile for request in asked].count(anna) == 1
    assert [request.profile for request in asked].count(office.product.registry.profile("bernd")[0].id) == 4
    assert logins(office) - before == 1 + 1, "Bernd's runs go on, with one login"
    assert "refuses the login of user anna" in message(office)
    assert "Schedules do not try it again" in message(office)
    correct(office, "anna", wice_password=right)
    time_passes(office)
    assert message(office) == ""


def test_R36_another_profile_of_the_account_is_told_so_and_tries_nothing(make_office: MakeOffice) -> None:
    office = make_office("anna", schedule="every 15 minutes", first_plan="approved")
    right = office.product.registry.account("anna", secrets=True).wice_password
    correct(office, "anna", wice_password="wrong")
    time_passes(office)
    more = replace(office.product.registry.profile("anna")[0], id=0, name="more", contacts_folder="More", version=0)  # type: ignore[arg-type]
    office.product.registry.save(more)
    before = logins(office)
    told = time_passes(office, 3)
    assert (len(told), logins(office)) == (1, before)
    assert "schedules do not try it again, lest it be locked" in message(office, "more")
    report = office.sync()
    assert (report.status, logins(office)) == (Status.FAILED, before + 1), "what a person asks for is tried"
    correct(office, "anna", wice_password=right)
    office.product.registry.remove(office.product.registry.profile_of("anna", "more"))


def test_R36_a_service_account_counts_as_refused_at_the_second_time(make_office: MakeOffice) -> None:
    office = make_office("anna", schedule="every 15 minutes", first_plan="approved")
    office.sync()
    service = office.product.registry.exchange_server("mail", secrets=True)
    office.product.registry.save(replace(service, password="wrong"))
    before = refusals(office)
    assert len(time_passes(office, 2)) == 2, "a service account is refused twice before it counts"
    assert time_passes(office, 3) == []
    assert refusals(office) - before == 2
    office.product.registry.save(replace(office.product.registry.exchange_server("mail"), password=service.password))
    assert len(time_passes(office, 2)) == 2
    assert message(office) == ""


def test_R36_a_refusal_that_was_a_mistake_ends_when_a_person_synchronises(make_office: MakeOffice) -> None:
    office = make_office("anna", schedule="every 15 minutes", first_plan="approved")
    office.sync()
    for _ in range(2):
        office.sandbox.fault("ews", "unauthorized")
        time_passes(office)
    assert time_passes(office, 2) == []
    assert office.sync().status is Status.NOTHING_TO_DO
    assert [request.trigger for request in time_passes(office)] == [SCHEDULED]

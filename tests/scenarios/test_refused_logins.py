"""A login that is refused is not tried again by schedules until somebody has acted, so that no directory locks it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.account import Access
from app.domain.sync import Kind
from app.errors import HaltCode, HostBusy
from app.rules.logins import is_in_doubt, is_refused
from app.rules.timetable import TIMETABLE
from app.services.connection import StepCode, results
from app.services.desk import NoProgress
from app.services.logins import alone
from app.services.report import Status
from app.services.trying import try_account, try_server
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.refusals import (
    EVA,
    all_at_once,
    audited,
    change_service,
    correct,
    logins,
    message,
    refusals,
    scheduled,
    time_passes,
)

ONLY = Kind.CONTACTS


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


def test_R36_many_are_asked_for_with_a_wrong_service_password_and_it_is_tried_twice(make_office: MakeOffice) -> None:
    office = make_office("anna", "bernd", "clara", first_plan="approved")
    for user in office.users:
        office.sync(user)
    change_service(office, password="wrong")
    before = refusals(office)
    for _ in range(3):
        all_at_once(office)
    assert refusals(office) - before == 2, "once, and once more to be sure"
    for user in office.users:
        assert "Exchange has refused the service account of the server mail" in office.sync(user).message
        assert "no run tries it again" in message(office, user, user)
    assert refusals(office) - before == 2, "a person's run is no exception"
    change_service(office, password=office.sandbox.service["password"])
    all_at_once(office)
    assert [message(office, user, user) for user in office.users] == [""] * 3


def test_R36_one_refusal_that_was_a_mistake_stops_nobody(make_office: MakeOffice) -> None:
    office = make_office("anna", "bernd", schedule="every 15 minutes", first_plan="approved")
    for user in office.users:
        office.sync(user)
    office.sandbox.fault("ews", "unauthorized")
    assert office.sync().status is Status.FAILED
    assert office.sync("bernd").status is Status.NOTHING_TO_DO
    assert len(time_passes(office, 2)) == 4


def test_R36_a_login_that_is_being_tried_is_waited_for(make_office: MakeOffice) -> None:
    office = make_office("anna", first_plan="approved")
    service = office.product.logins.of(office.product.registry.profile("anna")[0].id)[1]
    assert is_in_doubt(service), "nobody has got through yet"
    with alone(office.product.turns, "another run", service):
        waits = office.product.desk("anna", "sync", NoProgress())
        with pytest.raises(HostBusy, match="Another run is trying"), waits:
            pass
    assert office.product.history.runs(office.product.registry.profile("anna")[0].id) == [], "it has not begun"
    assert office.sync().status is Status.NOTHING_TO_DO


def test_R36_a_connection_test_ends_the_halt_of_all_who_share_the_login(make_office: MakeOffice) -> None:
    office = make_office("anna", "bernd", schedule="every 15 minutes", first_plan="approved")
    for user in office.users:
        office.sync(user)
    for _ in range(2):
        office.sandbox.fault("ews", "unauthorized")
        office.sync()
    assert "the service account of the server mail" in office.sync("bernd").message
    office.product.dispatch.plan(TIMETABLE, 100)
    assert scheduled(office) == [], "nobody is due"
    exchange = results(try_account(office.product, "anna", EVA)[1])
    assert [step.code for step in exchange][-2:] == [StepCode.RESUMED, StepCode.MAILBOX]
    assert audited(office) == [("eva", "exchange_server", "mail")]
    assert sorted(scheduled(office)) == ["", ""], "both at once"
    exchange = results(try_account(office.product, "anna", EVA)[1])
    assert StepCode.RESUMED not in {step.code for step in exchange}
    server = office.product.registry.exchange_server("mail", secrets=True)
    for _ in range(2):
        office.sandbox.fault("ews", "unauthorized")
        office.sync()
    trial = office.product.registry.account("bernd")
    assert StepCode.RESUMED in {step.code for step in results(try_server(office.product, server, trial, EVA))}


def test_R36_a_connection_test_ends_the_halt_of_one_account(make_office: MakeOffice) -> None:
    office = make_office("anna", "bernd", schedule="every 15 minutes", first_plan="approved")
    for user in office.users:
        correct(office, user, exchange_password=office.sandbox.person(user)["mailbox_password"])
    change_service(office, access=Access.DELEGATE)
    office.sync("bernd")
    office.product.dispatch.plan(TIMETABLE, 100)
    office.sandbox.fault("ews", "unauthorized")
    assert "refuses the login" in office.sync().message
    assert [request.profile for request in time_passes(office)] == [office.product.registry.profile("bernd")[0].id]
    exchange = results(try_account(office.product, "anna", EVA)[1])
    assert StepCode.RESUMED in {step.code for step in exchange}
    assert audited(office) == [("eva", "account", "anna")]
    assert scheduled(office) == [""]


def test_R36_the_same_for_an_accounts_login_at_wice(make_office: MakeOffice) -> None:
    office = make_office("anna", first_plan="approved")
    right = office.product.registry.account("anna", secrets=True).wice_password
    correct(office, "anna", wice_password="wrong")
    office.sync()
    _profile, account, server, _exchange = office.product.registry.profile("anna")
    assert not office.product.logins.passed(replace(account, wice_password=right), server, EVA), "another login"
    assert office.product.logins.passed(account, server, EVA)
    assert not any(map(is_refused, office.product.logins.of(office.product.registry.profile("anna")[0].id)))
    correct(office, "anna", wice_password=right)


def test_R36_a_test_that_fails_or_comes_too_late_ends_nothing(make_office: MakeOffice) -> None:
    office = make_office("anna", first_plan="approved")
    office.sync()
    right = office.sandbox.service["password"]
    stale = office.product.registry.exchange_server("mail", secrets=True)
    change_service(office, password="wrong")
    for _ in range(2):
        office.sync()
    exchange = results(try_account(office.product, "anna", EVA)[1])
    assert exchange[-1].halt is HaltCode.LOGIN_REFUSED
    trial = office.product.registry.account("anna")
    assert StepCode.RESUMED not in {step.code for step in results(try_server(office.product, stale, trial, EVA))}
    assert "the service account of the server mail" in office.sync().message
    change_service(office, password=right)

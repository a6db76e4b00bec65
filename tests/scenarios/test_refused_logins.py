"""A login that is refused is not tried again by schedules until somebody has acted, so that no directory locks it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import update

from app.adapters.db.tables import profiles
from app.adapters.db.tables_runs import run_requests
from app.domain.account import Access
from app.domain.ids import RunId
from app.domain.people import SYSTEM, Actor, AuditQuery, Role, Via
from app.domain.run import RequestState, RunRequest, Verb
from app.domain.sync import Kind
from app.errors import HaltCode, HostBusy
from app.rules.timetable import TIMETABLE
from app.services.connection import StepCode, results
from app.services.desk import NoProgress
from app.services.logins import alone
from app.services.perform import perform
from app.services.report import Status
from app.services.trying import try_account, try_server
from tests.adapters.db.world import LONG_AGO
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office

ONLY = Kind.CONTACTS
EVA = Actor(name="eva", role=Role.OPERATOR, via=Via.PORTAL)


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


def message(office: Office, name: str = "anna", account: str = "anna") -> str:
    row = office.product.views.profile(account, name)
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


def test_R36_many_are_asked_for_with_a_wrong_service_password_and_it_is_tried_twice(make_office: MakeOffice) -> None:
    office = make_office("anna", "bernd", "clara", first_plan="approved")
    for user in office.users:
        office.sync(user)
    change_service(office, password="wrong")
    before = refusals(office)
    names = [f"{user}/{user}" for user in office.users]
    for _ in range(3):
        at_once(
            office, [request.id for request in office.product.requests.ask(names, Verb.SYNC, SYSTEM, trigger="sync")]
        )
    assert refusals(office) - before == 2, "once, and once more to be sure"
    for user in office.users:
        assert "Exchange has refused the service account of the server mail" in office.sync(user).message
        assert "no run tries it again" in message(office, user, user)
    assert refusals(office) - before == 2, "a person's run is no exception"
    change_service(office, password=office.sandbox.service["password"])
    at_once(office, [request.id for request in office.product.requests.ask(names, Verb.SYNC, SYSTEM, trigger="sync")])
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
    server = office.product.logins.standing(office.product.registry.profile("anna")[0].id).in_doubt
    assert server, "nobody has got through yet"
    with alone(office.product.turns, "another run", server):
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
    assert not office.product.logins.passed(replace(account, version=account.version - 1), server, EVA), "another login"
    assert office.product.logins.passed(account, server, EVA)
    assert office.product.logins.standing(office.product.registry.profile("anna")[0].id).refused is None
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


def scheduled(office: Office) -> list[str]:
    """What the scheduler asks for is carried out; how each of it ended, in the words of its profile."""
    asked = office.product.dispatch.ask_for_due(TIMETABLE, 100)
    ran = [request for request in asked if perform(office.product, request.id)]
    names = [office.product.profile_name(request.profile).partition("/") for request in ran]
    return [message(office, name, account) for account, _, name in names]


def audited(office: Office) -> list[tuple[str, str, str]]:
    """Who has ended a halt, of what."""
    entries = office.product.audit.entries(AuditQuery(action="resumed"))
    return [(entry.actor, entry.entity_kind, entry.entity) for entry in entries]


def change_service(office: Office, **changes: str) -> None:
    server = office.product.registry.exchange_server("mail", secrets=True)
    office.product.registry.save(replace(server, **changes))  # type: ignore[arg-type] # settings of ExchangeServer


def at_once(office: Office, runs: Sequence[RunId]) -> None:
    """So many workers carry out these runs, until each has ended."""

    def work(run: RunId) -> None:
        while perform(office.product, run) is None or _waits(office, run):
            with office.product.database._engine.begin() as connection:
                connection.execute(update(run_requests).where(run_requests.c.id == run).values(not_before=None))

    with ThreadPoolExecutor(len(runs)) as workers:
        list(workers.map(work, runs))


def _waits(office: Office, run: RunId) -> bool:
    request = office.product.requests.request(run)
    return request is not None and request.state is RequestState.QUEUED

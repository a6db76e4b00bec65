"""Refused logins in an office: how many, of whom, and what its people do about them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from sqlalchemy import update

from app.adapters.db.tables import profiles
from app.adapters.db.tables_runs import run_requests
from app.domain.ids import RunId
from app.domain.people import SYSTEM, Actor, AuditQuery, Role, Via
from app.domain.run import RequestState, RunRequest, Verb
from app.rules.timetable import TIMETABLE
from app.services.perform import perform
from tests.adapters.db.world import LONG_AGO
from tests.scenarios.office import Office

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


def all_at_once(office: Office) -> None:
    """Somebody asks for a synchronisation of everybody."""
    names = [f"{user}/{user}" for user in office.users]
    at_once(office, [request.id for request in office.product.requests.ask(names, Verb.SYNC, SYSTEM, trigger="sync")])


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

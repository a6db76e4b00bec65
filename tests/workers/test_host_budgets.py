"""Real workers that share the budgets of their hosts over a real broker: never more at once than there may be, and a busy host slows nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap.application import Application, opened
from app.domain.account import Profile
from app.domain.run import RequestState, RunRequest, Verb
from app.services.requests import ask
from app.settings import Settings
from tests.services.databases import migrated
from tests.services.sandbox import Sandbox, running
from tests.services.workers import until
from tests.workers.conftest import EVA

AT_ONCE = 2
HERE = [f"p{number}" for number in range(5)]
THERE = ["q0", "q1"]


@pytest.fixture
def elsewhere() -> Iterator[Sandbox]:
    """Servers of other hosts."""
    with running("--seed", "empty") as sandbox:
        sandbox.reset(people=len(THERE))
        yield sandbox


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return migrated(Settings(home=tmp_path, exchange_concurrency=AT_ONCE, request_timeout_s=10))


@pytest.fixture
def product(settings: Settings, sandbox: Sandbox, elsewhere: Sandbox) -> Iterator[Application]:
    sandbox.reset(people=len(HERE))
    with opened(settings) as product:
        for name, servers, accounts in (("here", sandbox, HERE), ("there", elsewhere, THERE)):
            configure(product, name, servers, accounts)
        yield product
    sandbox.control("ews", "POST", "latency", {"ms": 0})


def configure(product: Application, name: str, servers: Sandbox, accounts: list[str]) -> None:
    save = product.registry.save
    save(replace(servers.wice_server, name=name))
    save(replace(servers.exchange_server, name=name))
    for account, person in zip(accounts, servers.people, strict=True):
        known = servers.account(person["username"])
        save(replace(known, name=account, wice_server=name, exchange_server=name))
        save(Profile(account=account, name=account))


def analysed(product: Application, accounts: list[str]) -> dict[str, RunRequest]:
    return {account: ask(product, f"{account}/{account}", Verb.ANALYSE, EVA) for account in accounts}


def waiting(product: Application, asked: dict[str, RunRequest]) -> list[RunRequest]:
    return [request for one in asked.values() for request in product.requests.unfinished(one.profile)]


def signed_in(product: Application) -> None:
    """Until somebody has, one run alone tries the service account."""
    asked = analysed(product, HERE[:1])
    until(lambda: not waiting(product, asked), "the end of the first run")


@pytest.mark.usefixtures("crew")
def test_a_host_never_has_more_at_once_than_it_may_have(product: Application, sandbox: Sandbox) -> None:
    signed_in(product)
    sandbox.control("ews", "POST", "latency", {"ms": 150})
    asked = analysed(product, HERE)
    until(lambda: not waiting(product, asked), "the end of all runs")
    assert sandbox.counters("ews")["most_at_once"] == AT_ONCE
    statuses = [product.history.run(request.id) for request in asked.values()]
    assert [status and status.status.value for status in statuses] == ["nothing_to_do"] * len(HERE)


@pytest.mark.usefixtures("crew")
def test_R36_a_busy_host_loses_no_run_and_the_accounts_of_another_go_on(
    product: Application, sandbox: Sandbox, elsewhere: Sandbox
) -> None:
    sandbox.fault("ews", "busy", retry_after_s=600, count=1000)
    here = analysed(product, HERE)
    until(lambda: len([one for one in waiting(product, here) if one.not_before]) == len(HERE), "all of them to wait")
    before = sandbox.counters("ews")["requests"]["total"]
    assert before <= AT_ONCE
    there = analysed(product, THERE)
    until(lambda: not waiting(product, there), "the others' end")
    assert elsewhere.counters("ews")["requests"]["total"] > 0
    assert sandbox.counters("ews")["requests"]["total"] == before, "it is left alone"
    assert [one.attempts for one in waiting(product, here)] == [0] * len(HERE)
    assert all(one.state is RequestState.QUEUED for one in waiting(product, here))

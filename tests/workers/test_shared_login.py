"""R36: real workers, several accounts with one wrong login, and how many refused logins reach the servers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap.application import Application, opened
from app.domain.account import Access, Profile
from app.domain.run import RequestState, Verb
from app.services.requests import ask
from app.settings import Settings
from tests.services.databases import migrated
from tests.services.sandbox import Sandbox
from tests.services.workers import until
from tests.workers.conftest import EVA

ACCOUNTS = 4


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return migrated(Settings(home=tmp_path, request_timeout_s=10))


@pytest.fixture
def product(settings: Settings, sandbox: Sandbox) -> Iterator[Application]:
    """Everybody's mailbox is opened with the service account's name and a wrong password, typed into each account."""
    sandbox.reset(people=ACCOUNTS)
    service = sandbox.service["username"]
    with opened(settings) as product:
        product.registry.save_many([sandbox.wice_server, replace(sandbox.exchange_server, access=Access.DELEGATE)])
        names = [person["username"] for person in sandbox.people]
        product.registry.save_many(
            [replace(sandbox.account(name), exchange_username=service, exchange_password="wrong") for name in names]
        )
        product.registry.save_many([Profile(account=name, name=name, appointments=False) for name in names])
        yield product


@pytest.mark.usefixtures("crew")
def test_R36_four_accounts_at_four_workers_try_one_wrong_login_twice(product: Application, sandbox: Sandbox) -> None:
    profiles = product.registry.profiles()
    asked = [ask(product, f"{one.account}/{one.name}", Verb.ANALYSE, EVA) for one in profiles]

    def over() -> bool:
        states = [product.requests.request(one.id) for one in asked]
        return all(state is not None and state.state is RequestState.ENDED for state in states)

    until(over, "the end of all runs")
    assert sum(sandbox.counters("ews")["failed_logins"].values()) == 2
    messages = [str(run.report["message"]) for one in asked if (run := product.history.run(one.id))]
    assert len(messages) == ACCOUNTS
    told = [message for message in messages if f"the login that {ACCOUNTS} accounts share" in message]
    assert len(told) == ACCOUNTS - 2, "the first two tried it"

"""The parts of docker-compose.yml as plain processes: PostgreSQL, a broker, two portals, three workers, two schedulers, and a deploy among them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Final

import httpx
import pytest
from pydantic import SecretStr

from app.domain.process import ProcessKind
from app.settings import Settings
from tests.chaos.crowd import Crowd
from tests.chaos.site import SCHEDULERS, WORKERS, Site
from tests.services.ports import free_port
from tests.services.sandbox import Sandbox, running
from tests.services.workers import Crew, until

ACCOUNTS: Final = int(os.environ.get("PROOF_ACCOUNTS", "6"))
LONGEST_S: Final = 150.0 + 2.0 * ACCOUNTS

pytestmark = [pytest.mark.proof, pytest.mark.timeout(0)]


@pytest.fixture
def company() -> Iterator[Sandbox]:
    with running("--seed", "empty", "--people", str(ACCOUNTS)) as sandbox:
        sandbox.reset(people=ACCOUNTS)
        yield sandbox


@pytest.fixture
def settings(tmp_path: Path, postgres_database_url: str) -> Settings:
    return Settings(
        home=tmp_path, database_url=SecretStr(postgres_database_url), request_timeout_s=5, lease=timedelta(seconds=10)
    )


def ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/readyz", timeout=10).status_code == 200
    except httpx.TransportError:
        return False


def test_R36_all_accounts_are_synchronised_without_overlap_and_every_portal_is_ready(
    company: Sandbox, settings: Settings
) -> None:
    users = tuple(person["username"] for person in company.people)
    with ExitStack() as stack:
        site = stack.enter_context(Site(settings, company, users))
        crowd = stack.enter_context(closing(Crowd(company, users, Random(11))))
        crowd.arrange(2)
        addresses = [_portal(stack, settings) for _ in range(2)]
        until(lambda: all(map(ready, addresses)), "both portals' readiness")
        site.recovered(LONGEST_S, site.ask_for_all())
        alive = Counter(one.kind for one in site.product.processes.alive())
        assert alive == {
            ProcessKind.PORTAL: len(addresses),
            ProcessKind.WORKER: len(WORKERS),
            ProcessKind.SCHEDULER: len(SCHEDULERS),
        }
        crowd.work(2 * ACCOUNTS)
        site.ask_for_all()
        site.deploy()
        site.recovered(LONGEST_S, site.ask_for_all())
        until(lambda: all(map(ready, addresses)), "both portals' readiness after a deploy")
        site.check_runs()
        crowd.check(site.images())


def _portal(stack: ExitStack, settings: Settings) -> str:
    address = f"http://127.0.0.1:{free_port()}"
    crew = Crew(settings.model_copy(update={"portal_url": address}))
    stack.callback(crew.close)
    crew.start_portal()
    return address

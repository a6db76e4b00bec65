"""R30, R36: whatever dies, stalls, restarts or shows a wrong time under load, afterwards every profile is synchronised, once, and nobody got a mail.

`make proof` does it with PROOF_ACCOUNTS accounts (300), and `python -m tests.chaos.soak` at random for minutes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Final

import pytest
from pydantic import SecretStr

from app.adapters.db import open_database
from app.settings import Settings
from tests.chaos.crowd import Crowd
from tests.chaos.site import Site
from tests.services.postgres import new_database, running_postgres
from tests.services.sandbox import Sandbox, running

ACCOUNTS: Final = int(os.environ.get("PROOF_ACCOUNTS", "6"))
DEEDS: Final = 3 * ACCOUNTS
LONGEST_S: Final = 150.0 + 2.0 * ACCOUNTS
"""A schedule of a minute, the time after which a lost message is sent anew, and the work."""

LET_WORK_S: Final = 1.0
"""The next blow falls when the runs that this one hit are under way again."""

pytestmark = [pytest.mark.proof, pytest.mark.timeout(0)]


@pytest.fixture(scope="module")
def company() -> Iterator[Sandbox]:
    with running("--seed", "empty", "--people", str(ACCOUNTS)) as sandbox:
        sandbox.reset(people=ACCOUNTS)
        yield sandbox


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    # A server of its own: it is going to crash.
    with running_postgres() as server, new_database(server) as url:
        settings = Settings(
            home=tmp_path, database_url=SecretStr(url), request_timeout_s=5, lease=timedelta(seconds=10)
        )
        with open_database(settings) as database:
            database.migrate()
        yield settings


def test_R30_R36_everybody_is_synchronised_whatever_happens(company: Sandbox, settings: Settings) -> None:
    users = tuple(person["username"] for person in company.people)
    with Site(settings, company, users) as site, closing(Crowd(company, users, Random(7))) as crowd:
        crowd.arrange()
        site.recovered(LONGEST_S, site.ask_for_all())
        for blow in (
            site.lose_a_worker,
            site.lose_a_scheduler,
            lambda: site.lose_answers("ews"),
            site.lose_the_broker,
            lambda: site.stall("ews"),
            lambda: site.lose_answers("wice"),
            site.crash_the_database,
            lambda: site.jump_the_clock(timedelta(hours=3)),
            lambda: site.keep_busy("wice"),
            lambda: site.stall("wice"),
            site.deploy,
            lambda: site.keep_busy("ews"),
            site.lose_all_workers,
        ):
            site.heal()
            crowd.work(DEEDS)
            site.ask_for_all()
            blow()
            time.sleep(LET_WORK_S)
        site.heal()
        site.recovered(LONGEST_S)
        site.check_runs()
        crowd.check(site.images())

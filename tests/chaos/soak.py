"""Ten minutes of a company whose servers, workers and database fail at random: `make soak`.

People work all the time; every few seconds something befalls the installation. At the end everything must be synchronised, nothing lost or
doubled, nobody may have got a mail and no profile may have run twice at once. What happened is written to docs/soak.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from pydantic import SecretStr

from app.adapters.db import open_database
from app.domain.run import RunStatus
from app.settings import Settings
from tests.chaos.crowd import Crowd
from tests.chaos.site import Site
from tests.services.postgres import new_database, running_postgres
from tests.services.sandbox import Sandbox, Server, running

REPORT: Final = Path(__file__).resolve().parents[2] / "docs" / "soak.md"
EVERY_S: Final = 5.0


def main() -> int:
    """Exit code 0; an assertion tells what did not hold."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--accounts", type=int, default=300)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as home,
        running_postgres() as server,
        new_database(server) as url,
        running("--seed", "empty", "--people", str(given.accounts)) as sandbox,
    ):
        sandbox.reset(people=given.accounts)
        settings = Settings(
            home=Path(home), database_url=SecretStr(url), request_timeout_s=5, lease=timedelta(seconds=10)
        )
        with open_database(settings) as database:
            database.migrate()
        report = soak(settings, sandbox, given.minutes, Random(given.seed))
    REPORT.write_text(f"{report}\nSeed {given.seed}.\n", "utf-8")
    sys.stdout.write(f"{report}\n")
    return 0


def soak(settings: Settings, sandbox: Sandbox, minutes: float, rng: Random) -> str:
    """The report, when everything held."""
    users = tuple(person["username"] for person in sandbox.people)
    longest = 300.0 + 3.0 * len(users)
    befell: Counter[str] = Counter()
    with Site(settings, sandbox, users) as site, closing(Crowd(sandbox, users, rng)) as crowd:
        crowd.arrange()
        first = site.recovered(longest)
        end = time.monotonic() + minutes * 60
        blows = _blows(site, rng)
        while time.monotonic() < end:
            site.heal()
            crowd.work(len(users) // 10)
            site.ask_for_all()
            name = rng.choice(list(blows))
            blows[name]()
            befell[name] += 1
            time.sleep(rng.uniform(0, EVERY_S))
        site.heal()
        last = site.recovered(longest)
        site.check_runs()
        crowd.check(site.images())
        return _report(site, len(users), minutes, befell, first, last)


def _blows(site: Site, rng: Random) -> dict[str, Callable[[], None]]:
    def server() -> Server:
        return rng.choice(("wice", "ews"))

    return {
        "a worker was killed": site.lose_a_worker,
        "all workers were killed": site.lose_all_workers,
        "a scheduler was killed": site.lose_a_scheduler,
        "the broker was killed and lost its data": site.lose_the_broker,
        "the database crashed and recovered": site.crash_the_database,
        "all workers and schedulers were replaced (deploy)": site.deploy,
        "a worker's and a scheduler's clock jumped": lambda: site.jump_the_clock(timedelta(hours=rng.randint(-9, 9))),
        "a server kept requests waiting": lambda: site.stall(server()),
        "a server was busy": lambda: site.keep_busy(server()),
        "a server's answers were lost": lambda: site.lose_answers(server()),
    }


def _report(site: Site, users: int, minutes: float, befell: Counter[str], first: float, last: float) -> str:
    runs: Counter[RunStatus] = Counter(run.status for run in site.runs())
    machine = f"one machine with {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}"
    lines = [
        "# The last soak",
        "",
        f"`make soak`, {datetime.now(UTC):%Y-%m-%d}: {users} accounts, {minutes:g} minutes, {machine}.",
        "PostgreSQL, Valkey, three workers, two schedulers and both sandbox servers, each a process of its own.",
        "",
        "Everything held: all profiles equal on both sides, nothing lost, nothing doubled, no profile run twice at once, no mail.",
        "",
        "| what befell it | times |",
        "| --- | ---: |",
        *(f"| {name} | {times} |" for name, times in befell.most_common()),
        "",
        "| runs that ended as | number |",
        "| --- | ---: |",
        *(f"| {status.value} | {number} |" for status, number in runs.most_common()),
        "",
        f"First synchronisation of all: {first:.0f} s. All synchronised anew after the last blow: {last:.0f} s.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())

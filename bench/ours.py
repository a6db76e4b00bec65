"""The product, measured: runs of one profile in this process, as a worker carries them out.

    python -m bench.ours '{"home": DIRECTORY, "profiles": [NAME, ...], "runs": N}'

More of the job: "database" (the embedded one if it is left out), "verb" ("sync" or "analyse"), "begin" (when, in seconds since 1970). Prints one
JSON object: for each run its wall time and CPU in seconds, requests and status, when the last one ended, and the process's memory in KB: before,
and highest.
"""

from __future__ import annotations

import json
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time, sleep, time
from typing import Any

from pydantic import SecretStr

import app.adapters.exchange  # noqa: F401 - a worker has it loaded already
from app.bootstrap import Application, demo_key, opened
from app.domain.account import Account, ExchangeServer, Profile, WiceServer
from app.domain.people import SYSTEM
from app.domain.sync import Side
from app.services.desk import NoProgress
from app.services.run_sync import Run
from app.settings import Settings
from bench.process import memory_kb, peak_kb
from tests.services.sandbox import Sandbox


def settings(home: Path, database: str = "") -> Settings:
    """Those of an installation."""
    return Settings(home=home, database_url=SecretStr(database))


def set_up(home: Path, sandbox: Sandbox, people: list[dict[str, str]], database: str = "") -> None:
    """An installation with a profile per person, and a licence for them all; without `database` with the embedded one."""
    with opened(settings(home, database)) as product:
        registry = product.registry
        registry.save(WiceServer(name="main", url=sandbox.wice, mandant=sandbox.mandant))
        service = sandbox.service
        registry.save(
            ExchangeServer(name="mail", url=sandbox.ews, username=service["username"], password=service["password"])
        )
        for person in people:
            registry.save_many([_account(person), _profile(person)], SYSTEM)
        _test_connection(product, people[0])
        if len(people) > 1:
            product.licences.activate(demo_key(datetime.now(UTC).date()), SYSTEM)


def _test_connection(product: Application, person: dict[str, str]) -> None:
    """As the wizard does before the first profile: what the Wice server can do is known from then on."""
    _profile, account, wice, _exchange = product.registry.profile(person["username"])
    with closing(product.crm(account, wice)) as crm:
        crm.capabilities()


def _account(person: dict[str, str]) -> Account:
    return Account(
        name=person["username"],
        email=person["email"],
        wice_server="main",
        wice_username=person["username"],
        wice_password=person["password"],
        exchange_server="mail",
        mailbox=person["mailbox"],
    )


def _profile(person: dict[str, str]) -> Profile:
    return Profile(account=person["username"], name=person["username"])


def run_once(product: Application, profile: str, verb: str = "sync") -> dict[str, Any]:
    """One run and what it took."""
    begun, used = perf_counter(), process_time()
    with product.desk(profile, verb, NoProgress()) as desk:
        report = Run(desk).synchronise(approve=True) if verb == "sync" else Run(desk).analyse()
    return {
        "wall": perf_counter() - begun,
        "cpu": process_time() - used,
        "status": report.status.value,
        "message": report.message,
        "requests": {"wice": report.requests[Side.WICE], "exchange": report.requests[Side.EXCHANGE]},
        "linked": {kind.value: part.linked for kind, part in report.kinds.items()},
    }


def main() -> None:
    """Measure."""
    job = json.loads(sys.argv[1])
    before = memory_kb()
    with opened(settings(Path(job["home"]), job.get("database", ""))) as product:
        _ = product.budgets  # a worker has that open, too
        sleep(max(job.get("begin", 0.0) - time(), 0.0))
        runs = [
            run_once(product, profile, job.get("verb", "sync"))
            for _ in range(job["runs"])
            for profile in job["profiles"]
        ]
    print(json.dumps({"runs": runs, "ended": time(), "peak_kb": peak_kb(), "before_kb": before}))


if __name__ == "__main__":
    main()

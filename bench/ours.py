"""The product, measured: runs of one profile in this process, as a worker carries them out.

    python -m bench.ours '{"home": DIRECTORY, "profile": NAME, "runs": N}'

Prints one JSON object: for each run its wall time and CPU in seconds, requests and status, and the process's highest memory in KB.
"""

from __future__ import annotations

import json
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import app.adapters.exchange  # noqa: F401 - a worker has it loaded already
from app.bootstrap import Application, demo_key, opened
from app.domain.account import Account, ExchangeServer, Profile, WiceServer
from app.domain.people import SYSTEM
from app.domain.sync import Side
from app.services.desk import NoProgress
from app.services.run_sync import Run
from app.settings import Settings
from bench.process import memory_kb
from tests.services.sandbox import Sandbox


def set_up(home: Path, sandbox: Sandbox, people: list[dict[str, str]]) -> None:
    """An installation with the embedded database, a profile per person, and a licence for them all."""
    with opened(Settings(home=home)) as product:
        registry = product.registry
        registry.save(WiceServer(name="main", url=sandbox.wice, mandant=sandbox.mandant))
        service = sandbox.service
        registry.save(
            ExchangeServer(name="mail", url=sandbox.ews, username=service["username"], password=service["password"])
        )
        for person in people:
            registry.save_many([_account(person), _profile(person)], SYSTEM)
        if len(people) > 1:
            product.licences.activate(demo_key(datetime.now(UTC).date()), SYSTEM)


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


def run_once(product: Application, profile: str) -> dict[str, Any]:
    """One synchronisation and what it took."""
    begun, used = perf_counter(), process_time()
    with product.desk(profile, "sync", NoProgress()) as desk:
        report = Run(desk).synchronise(approve=True)
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
    with opened(Settings(home=Path(job["home"]))) as product:
        runs = [run_once(product, job["profile"]) for _ in range(job["runs"])]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"runs": runs, "peak_kb": peak, "before_kb": before}))


if __name__ == "__main__":
    main()

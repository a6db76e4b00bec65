"""Many idle accounts, worked off by 1, 2 and 4 processes: how many runs a minute, and how well it scales.

    python -m bench.scale [--accounts N] [--workers N ...] [--latency MS] [--out FILE]

PostgreSQL and a broker as in production. Each process takes every n-th account and carries out one run of it, as a worker does; the queue is left
out. All begin at the same time, when they are loaded.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import sleep, time
from typing import Any, Final

from pydantic import SecretStr
from sqlalchemy import make_url

from app.bootstrap import opened
from app.settings import Settings
from bench.broker import broker
from bench.cards import contact
from bench.ours import set_up
from bench.servers import Office, servers, slow
from tests.services.postgres import running_postgres

Result = dict[str, Any]
_AT_REST_S: Final = 3.0
_LOADING_S: Final = 6.0
_PREPARING: Final = 4


def passed(home: Path, database: str, profiles: list[str], workers: int) -> Result:
    """One run of each of these profiles, by so many processes; from the first one's beginning to the last one's end. Raises: RuntimeError."""
    begin = time() + _LOADING_S
    lines = [
        json.dumps(
            {"home": str(home), "database": database, "profiles": profiles[part::workers], "runs": 1, "begin": begin}
        )
        for part in range(workers)
    ]
    started = [
        subprocess.Popen([sys.executable, "-m", "bench.ours", line], stdout=subprocess.PIPE, text=True)
        for line in lines
    ]
    told = [json.loads(process.communicate()[0].splitlines()[-1]) for process in started]
    if any(process.returncode for process in started):
        raise RuntimeError("a process has failed")
    runs = [run for one in told for run in one["runs"]]
    wall = max(one["ended"] for one in told) - begin
    return {
        "workers": workers,
        "wall": wall,
        "runs_per_s": len(runs) / wall,
        "cpu_per_run": median(run["cpu"] for run in runs),
        "statuses": {
            status: sum(run["status"] == status for run in runs) for status in {run["status"] for run in runs}
        },
    }


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale")
    parser.add_argument("--accounts", type=int, default=100)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--latency", type=float, default=50.0)
    parser.add_argument("--out", type=Path, default=Path("bench/results/scale.json"))
    given = parser.parse_args()
    lines = _measured(given.accounts, given.workers, given.latency)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    document = {"accounts": given.accounts, "latency_ms": given.latency, "lines": lines}
    given.out.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    for line in lines:
        shown = ", ".join(f"{status} {number}" for status, number in line["statuses"].items())
        print(
            f"{line['workers']} workers: {line['wall']:7.1f} s, {line['runs_per_s']:6.1f} runs/s, "
            f"{line['efficiency']:.0%} of linear, {line['cpu_per_run'] * 1000:.1f} ms CPU a run ({shown})"
        )


def _measured(accounts: int, workers: list[int], latency_ms: float) -> list[Result]:
    with running_postgres() as url, servers(people=accounts) as sandbox, tempfile.TemporaryDirectory() as directory:
        home, database = Path(directory), make_url(url).render_as_string(hide_password=False)
        with broker(home):
            with opened(Settings(home=home, database_url=SecretStr(database)), any_schema=True) as product:
                product.database.migrate()
            set_up(home, sandbox, sandbox.people, database)
            for number, person in enumerate(sandbox.people):
                office = Office(sandbox, person["username"])
                office.fill_wice([contact(number)])
                office.close()
            profiles = [person["username"] for person in sandbox.people]
            # Until the service account has signed in once, all others wait for the run that tries it.
            passed(home, database, profiles[:1], 1)
            for _ in range(3):
                passed(home, database, profiles, _PREPARING)
                sleep(_AT_REST_S)
            slow(sandbox, latency_ms)
            lines = [passed(home, database, profiles, number) for number in workers]
    first = lines[0]
    return [
        line | {"efficiency": first["wall"] * first["workers"] / (line["wall"] * line["workers"])} for line in lines
    ]


if __name__ == "__main__":
    main()

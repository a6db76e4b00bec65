"""The product beside the floor and a plain script, in one run, on the made-up servers in processes of their own.

    python -m bench.speed [--contacts N] [--rounds N] [--latency MS ...] [--out FILE] [--script N]

Prints a table, writes the results as JSON. Every contender is a process of its own; its loading is not measured. Of several rounds the median
counts. The ratios say more than the times: what else the machine does meanwhile is in all of them.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import sleep
from typing import Any, Final

from bench.broker import broker
from bench.cards import contact, contacts, edited
from bench.ours import set_up
from bench.servers import Office, servers, slow
from tests.services.sandbox import Sandbox

Result = dict[str, Any]
FLOOR, OURS, SCRIPT = "floor", "wice-sync", "plain script"
_IDLE_RUNS: Final = 5
_AT_REST_S: Final = 3.0
"""After this time nothing can change any more within the second of its last change."""


def job(module: str, **given: Any) -> Result:
    """Run a contender. Raises: RuntimeError with what it said."""
    line = [sys.executable, "-m", module, json.dumps(given)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    result: Result = json.loads(done.stdout.splitlines()[-1])
    return result


class Round:
    """One round of one latency: fresh servers for each first synchronisation, and what follows on the same ones."""

    def __init__(self, sandbox: Sandbox, count: int, latency: float, script: int) -> None:
        self._sandbox = sandbox
        self._count = count
        self._latency = latency
        self._script = script
        self.results: list[Result] = []

    def run(self) -> None:
        """All scenarios."""
        for scenario in ("to_wice", "to_exchange"):
            self._fresh(scenario, self._count)
            self._note(scenario, FLOOR, self._count, self._bare("bench.floor", scenario, self._count)["runs"][0])
            if self._script:
                self._fresh(scenario, self._script)
                script = self._bare("bench.plain_script", scenario, self._script)["runs"][0]
                self._note(scenario, SCRIPT, self._script, script)
            self._ours(scenario)

    def _fresh(self, scenario: str, count: int) -> Office:
        self._sandbox.reset(people=1)
        slow(self._sandbox, 0)
        office = Office(self._sandbox)
        office.folder()
        if scenario == "to_wice":
            office.fill_exchange(contacts(count))
        else:
            office.fill_wice(contacts(count))
        slow(self._sandbox, self._latency)
        return office

    def _bare(self, module: str, scenario: str, count: int, **more: Any) -> Result:
        person, office = self._sandbox.people[0], Office(self._sandbox)
        slow(self._sandbox, 0)
        folder = office.folder()
        slow(self._sandbox, self._latency)
        return job(
            module,
            scenario=scenario,
            wice=self._sandbox.wice,
            ews=self._sandbox.ews,
            service=self._sandbox.service,
            mandant=self._sandbox.mandant,
            username=person["username"],
            password=person["password"],
            mailbox=person["mailbox"],
            count=count,
            folder=folder,
            **more,
        )

    def _ours(self, scenario: str) -> None:
        office = self._fresh(scenario, self._count)
        with tempfile.TemporaryDirectory() as directory, broker(Path(directory)):
            set_up(Path(directory), self._sandbox, self._sandbox.people[:1])

            def run(runs: int) -> Result:
                return job("bench.ours", home=directory, profiles=[self._sandbox.people[0]["username"]], runs=runs)

            first = run(1)
            self._expect(first["runs"][0], "done")
            self._note(
                scenario, OURS, self._count, first["runs"][0], peak_kb=first["peak_kb"], before_kb=first["before_kb"]
            )
            if scenario == "to_exchange":
                self._afterwards(office, run)

    def _afterwards(self, office: Office, run: Callable[[int], Result]) -> None:
        """Idle, and 1 % changed on either side."""
        run(1)
        sleep(_AT_REST_S)
        run(1)
        self._idle(run)
        slow(self._sandbox, 0)
        some = max(self._count // 100, 1)
        records = [edited(contact(number)) for number in range(2 * some)]
        rowids, items = office.rowids(), office.exchange_items()
        office.edit_wice(rowids[:some], records[:some])
        others = self._of_others(office, items, some)
        slow(self._sandbox, self._latency)
        changed = run(1)["runs"][0]
        self._expect(changed, "done")
        self._note("changed", OURS, 2 * some, changed)
        since = "2000-01-01 00:00:00"
        bare = self._bare("bench.floor", "changed", some, items=others, rowids=rowids[:some], since=since)
        self._note("changed", FLOOR, 2 * some, bare["runs"][0])

    def _of_others(self, office: Office, items: list[Any], some: int) -> list[str]:
        """Change other contacts in Exchange, which lists the newest or the oldest first: those in the middle; their ids."""
        chosen = items[len(items) // 2 :][:some]
        office.edit_exchange(chosen, [edited(contact(self._count + number)) for number in range(some)])
        return [identifier for identifier, _ in chosen]

    def _idle(self, run: Callable[[int], Result]) -> None:
        runs = run(_IDLE_RUNS)["runs"][1:]
        self._expect(runs[-1], "nothing_to_do")
        self._note("idle", OURS, self._count, _middle(runs))
        bare = self._bare("bench.floor", "idle", self._count, runs=_IDLE_RUNS)["runs"][1:]
        self._note("idle", FLOOR, self._count, _middle(bare))
        if self._script:
            self._note("idle", SCRIPT, self._count, self._bare("bench.plain_script", "idle", self._count)["runs"][0])

    def _expect(self, run: Result, status: str) -> None:
        if run["status"] != status:
            raise RuntimeError(f"the run ended as {run['status']}: {run['message']}")

    def _note(self, scenario: str, who: str, count: int, run: Result, **more: Any) -> None:
        own: Result = {name: run[name] for name in ("wall", "cpu", "requests") if name in run}
        print(f"  {scenario} {who}: {own}", file=sys.stderr, flush=True)
        one: Result = {"scenario": scenario, "who": who, "items": count, "latency_ms": self._latency, **own, **more}
        self.results.append(one)


def _middle(runs: list[Result]) -> Result:
    return {**runs[-1], "wall": median(run["wall"] for run in runs), "cpu": median(run["cpu"] for run in runs)}


def summary(results: list[Result]) -> list[Result]:
    """Medians over the rounds, with the ratio to the floor per item."""
    groups: dict[tuple[Any, ...], list[Result]] = {}
    for one in results:
        groups.setdefault((one["latency_ms"], one["scenario"], one["who"]), []).append(one)
    lines = [_middle(group) | {"rounds": len(group)} for group in groups.values()]
    floors = {(line["latency_ms"], line["scenario"]): line for line in lines if line["who"] == FLOOR}
    for line in lines:
        floor = floors[line["latency_ms"], line["scenario"]]
        # An idle run does not grow with the items as a first one does, but the script's does.
        share = floor["items"] / line["items"]
        line |= {
            "wall_to_floor": line["wall"] * share / floor["wall"],
            "cpu_to_floor": line["cpu"] * share / floor["cpu"],
        }
    return sorted(lines, key=lambda line: (line["scenario"], line["latency_ms"], line["who"]))


def table(lines: list[Result]) -> str:
    """Markdown."""
    rows = [
        "| scenario | latency | who | items | wall s | CPU s | wall : floor | CPU : floor | requests |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for line in lines:
        requests = line.get("requests", "")
        shown = (
            ", ".join(f"{side} {number}" for side, number in requests.items())
            if isinstance(requests, dict)
            else requests
        )
        rows.append(
            f"| {line['scenario']} | {line['latency_ms']:.0f} ms | {line['who']} | {line['items']} | {line['wall']:.3f} | {line['cpu']:.3f} "
            f"| {line['wall_to_floor']:.2f} | {line['cpu_to_floor']:.2f} | {shown} |"
        )
    return "\n".join(rows)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed")
    parser.add_argument("--contacts", type=int, default=500)
    parser.add_argument(
        "--script", type=int, default=100, help="contacts of the plain script's first synchronisation; 0: none"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, nargs="+", default=[0.0, 50.0])
    parser.add_argument("--out", type=Path, default=Path("bench/results/speed.json"))
    given = parser.parse_args()
    results: list[Result] = []
    with servers() as sandbox:
        for _ in range(given.rounds):
            for latency in given.latency:
                one = Round(sandbox, given.contacts, latency, given.script)
                one.run()
                results += one.results
    lines = summary(results)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    where = {"python": platform.python_version(), "machine": platform.machine()}
    document = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **where, "lines": lines, "rounds": results}
    given.out.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(table(lines))


if __name__ == "__main__":
    main()

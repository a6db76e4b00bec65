"""What grows with the number of items: memory, wall time and CPU of an analysis, a first, an idle and a changed run, at several sizes.

    python -m bench.size [--sizes N ...] [--out FILE]

Contacts from Wice to Exchange, without latency. Each run is a process of its own; `kb` is by how much its memory grew at most while it ran, which for
small sizes is mostly what any run takes: `kb_per_item` is the growth from the smallest size to this one, per item.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from time import sleep
from typing import Any, Final

from bench.broker import broker
from bench.cards import contact, contacts, edited
from bench.ours import set_up
from bench.servers import Office, servers
from bench.speed import job
from tests.services.sandbox import Sandbox

Result = dict[str, Any]
_AT_REST_S: Final = 3.0
_CHANGED: Final = 10


def measured(sandbox: Sandbox, size: int) -> list[Result]:
    """One line per sort of run."""
    sandbox.reset(people=1)
    office = Office(sandbox)
    office.folder()
    office.fill_wice(contacts(size))
    with tempfile.TemporaryDirectory() as directory, broker(Path(directory)):
        set_up(Path(directory), sandbox, sandbox.people[:1])

        def run(scenario: str, verb: str = "sync") -> Result:
            told = job("bench.ours", home=directory, profiles=[office.person["username"]], runs=1, verb=verb)
            [one] = told["runs"]
            grown = told["peak_kb"] - told["before_kb"]
            line = {"scenario": scenario, "items": size, "kb": grown, "wall": one["wall"], "cpu": one["cpu"]}
            print(f"  {line} {one['status']}", file=sys.stderr, flush=True)
            return line

        lines = [run("analysis", "analyse"), run("first")]
        for _ in range(2):
            sleep(_AT_REST_S)
            run("settling")
        lines.append(run("idle"))
        some = [edited(contact(number)) for number in range(_CHANGED)]
        office.edit_wice(office.rowids()[:_CHANGED], some)
        lines.append(run("changed"))
    office.close()
    return lines


def per_item(lines: list[Result]) -> list[Result]:
    """With the growth from the smallest size on."""
    smallest = {line["scenario"]: line for line in sorted(lines, key=lambda line: -int(line["items"]))}
    for line in lines:
        first = smallest[line["scenario"]]
        more = line["items"] - first["items"]
        line["kb_per_item"] = (line["kb"] - first["kb"]) / more if more else None
    return lines


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m bench.size")
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 5000])
    parser.add_argument("--out", type=Path, default=Path("bench/results/size.json"))
    given = parser.parse_args()
    with servers() as sandbox:
        lines = per_item([line for size in sorted(given.sizes) for line in measured(sandbox, size)])
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps({"lines": lines}, indent=1) + "\n", "utf-8")
    for line in lines:
        share = f"{line['kb_per_item']:6.2f} KB an item" if line["kb_per_item"] is not None else ""
        print(
            f"{line['scenario']:9} {line['items']:6} {line['wall']:8.2f} s {line['cpu']:8.2f} s CPU {line['kb']:8} KB {share}"
        )


if __name__ == "__main__":
    main()

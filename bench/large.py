"""The portal on a large installation on PostgreSQL: fills a database for it, then measures the reads behind the pages, the pages, and a ticked box.

    python -m bench.large [--accounts N] [--actions N] [--out FILE]

The server is one of its own (as the tests have it: no fsync). A tick is the box of one action of a plan of so many that is taken out and in again.
"""

from __future__ import annotations

import argparse
import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import structlog
from pydantic import SecretStr
from sqlalchemy import make_url

from app.adapters.db.session import open_engine
from app.bootstrap import Application, opened
from app.domain.ids import ItemId, LinkId, RunId, Version
from app.domain.plan import Action, KindPlan, Op, PlannedWrite, PlanState, Reason, newcomer_key
from app.domain.sync import End, Kind, Side
from app.settings import Settings
from bench.cards import contact
from bench.pages import LIMIT_MS, browser_of, measured, pages
from bench.portal import measured as read_in
from bench.portal import reads
from bench.seed import ACCOUNTS, name_of, seed
from tests.services.postgres import running_postgres

_PLANNED: Final = 501
"""Number of the account whose plan is ticked."""
_TICKS: Final = 6
_TOKEN: Final = re.compile(r'name="csrf" value="([^"]+)"')


@contextmanager
def large(accounts: int) -> Iterator[Settings]:
    """A filled database on a server of its own, and its settings."""
    with running_postgres() as url:
        settings = Settings(database_url=SecretStr(make_url(url).render_as_string(hide_password=False)))
        with opened(settings, any_schema=True) as product:
            product.database.migrate()
        engine = open_engine(settings)
        seed(engine, accounts)
        engine.dispose()
        yield settings


def plan(product: Application, actions: int) -> RunId:
    """An analysis of so many new contacts, which waits to be executed; its run."""
    profile, *_ = product.registry.profile(f"{name_of(_PLANNED)}/default")
    planned = KindPlan(kind=Kind.CONTACTS, in_wice=actions, actions=tuple(map(_action, range(actions))))
    with product.books.open(profile.id, "analyse") as ledger:
        ledger.save_plan(PlanState.OPEN, [planned])
        ledger.finish("done", {})
        return ledger.run


def _action(number: int) -> Action:
    item, record = ItemId(f"p:{number}"), contact(number)
    return Action(
        key=newcomer_key(Side.WICE, item),
        kind=Kind.CONTACTS,
        link=LinkId(f"link{number:08}"),
        reason=Reason.NEW_IN_WICE,
        label=record.label,
        writes=(PlannedWrite(side=Side.EXCHANGE, op=Op.ADD, record=record),),
        wice=End(id=item, version=Version("1"), fingerprint="f"),
    )


def tick(browser: httpx.Client, run: RunId) -> float:
    """Milliseconds of the server's answer to a box that is ticked out and in again, the best of some."""
    key, times = newcomer_key(Side.WICE, ItemId("p:17")), []
    token = _TOKEN.search(browser.get(f"/runs/{run}").text)
    if token is None:
        raise RuntimeError("the page has no form")
    for number in range(_TICKS):
        out = number % 2 == 0
        form = {"csrf": [token[1]], "shown": [key], "was_out": [] if out else [key], "take": [] if out else [key]}
        answer = browser.post(f"/runs/{run}/left-out", data=form, headers={"HX-Request": "true"})
        answer.raise_for_status()
        times.append(float(answer.headers["server-timing"].partition("dur=")[2]))
    return min(times)


def main() -> None:
    """Measure, print, write; exit with 1 if a page or the tick takes longer than the limit."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parser = argparse.ArgumentParser(prog="python -m bench.large")
    parser.add_argument("--accounts", type=int, default=ACCOUNTS)
    parser.add_argument("--actions", type=int, default=10_000)
    parser.add_argument("--out", type=Path, default=Path("bench/results/large.json"))
    given = parser.parse_args()
    lines: list[dict[str, Any]] = []
    with large(given.accounts) as settings, opened(settings) as product:
        lines += [{"what": f"read: {name}", "ms": read_in(read)} for name, read in reads(product.views)]
        run = plan(product, given.actions)
        with browser_of(product, settings) as browser:
            lines += [{"what": address, "ms": measured(browser, address)} for address in pages(browser)]
            lines.append({"what": f"/runs/… of a plan of {given.actions}", "ms": measured(browser, f"/runs/{run}")})
            lines.append({"what": f"a ticked box in a plan of {given.actions}", "ms": tick(browser, run)})
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps({"accounts": given.accounts, "lines": lines}, indent=1) + "\n", "utf-8")
    for line in lines:
        print(f"{line['ms']:8.1f} ms  {line['what'][:100]}")
    slow = [line["what"] for line in lines if line["ms"] > LIMIT_MS]
    if slow:
        sys.exit(f"longer than {LIMIT_MS:.0f} ms: {', '.join(slow)}")


if __name__ == "__main__":
    main()

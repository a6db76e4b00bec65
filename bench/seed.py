"""Fill a migrated database as a large installation would be filled: made-up people, in bulk, the same ones every time.

python -m bench.seed DATABASE_URL [ACCOUNTS]
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, Table, insert, text

from app.adapters.db import open_database
from app.adapters.db.account_keys import sort_key
from app.adapters.db.session import open_engine
from app.adapters.db.tables import (
    accounts,
    exchange_servers,
    failures,
    links,
    profiles,
    runs,
    sightings,
    templates,
    wice_servers,
)
from app.adapters.db.tables_runs import run_requests, run_stats
from app.domain.account import Access, Auth, CompanyData, Conflict, Direction, FirstPlan, TargetChanges
from app.domain.plan import HintReason
from app.domain.run import RequestState, RunStatus, Verb
from app.domain.sync import Kind, Side
from app.domain.terms import joined
from app.domain.views import RunSummary, SideCounts
from app.settings import Settings

ACCOUNTS: Final = 10_000
LINKS: Final = 20
RUNS: Final = 20
_BATCH: Final = 5000
_FIRST: Final = ("Anna", "Bernd", "Jürgen", "Zoë", "Karl", "Ömer", "Ines", "Paul", "Änne", "Tim")
_LAST: Final = ("Schulz", "Müller", "Groß", "Weiß", "Okafor", "Nowak", "Jäger", "Lind", "Österle", "Abel")
_SHARED: Final = {
    "direction": Direction.BOTH,
    "conflict": Conflict.WICE,
    "target_changes": TargetChanges.OVERWRITE,
    "company_data": CompanyData.RESTORE,
    "first_plan": FirstPlan.ASK,
    "schedule": "every 15 minutes",
}

Rows = Iterable[Mapping[str, Any]]


def seed(engine: Engine, number: int = ACCOUNTS, now: datetime | None = None) -> None:
    """Fill the tables; one profile per account, some of every state."""
    chance = random.Random(17)
    moment = now or datetime.now(UTC)
    with engine.begin() as connection:
        _servers(connection)
        _insert(connection, accounts, _accounts(number))
        _insert(connection, profiles, _profiles(number, chance, moment))
        _insert(connection, runs, _runs(number, moment))
        _insert(connection, links, _links(number))
        _insert(connection, sightings, _sightings(number, chance, moment))
        _insert(connection, failures, _failures(number))
        _insert(connection, run_requests, _requests(number, moment))
        _insert(connection, run_stats, _stats(moment))
        if engine.dialect.name == "postgresql":
            # The rows brought their ids along.
            for table in ("wice_servers", "exchange_servers", "templates", "accounts", "profiles"):
                connection.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "PRAGMA optimize"))


def state_of(account: int) -> str:
    """What is the matter with the account of this number."""
    match account % 100:
        case 0 | 1 | 2:
            return "failing"
        case 3 | 4:
            return "needs_confirmation"
        case 5 | 6 | 7:
            return "attention"
        case 8:
            return "inactive"
        case 9 | 10:
            return "waiting"
        case _:
            return "healthy"


def _insert(connection: Connection, table: Table, rows: Rows) -> None:
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        connection.execute(insert(table), batch)


def _servers(connection: Connection) -> None:
    some = range(1, 6)
    _insert(connection, wice_servers, ({"id": n, "name": f"wice{n}", "dialect": {}} for n in some))
    mail = {"auth": Auth.BASIC, "access": Access.IMPERSONATION}
    _insert(connection, exchange_servers, ({"id": n, "name": f"mail{n}", **mail} for n in some))
    _insert(connection, templates, ({"id": n, "name": f"template{n}", **_SHARED} for n in some))


def name_of(account: int) -> str:
    """A name as people have it, not in the order of the ids."""
    first, last = _FIRST[account * 7 % len(_FIRST)], _LAST[account // 10 % len(_LAST)]
    return f"{last}, {first} {account}"


def _accounts(number: int) -> Iterator[Mapping[str, Any]]:
    for account in range(1, number + 1):
        name, login = name_of(account), f"user{account}"
        mail = f"{login}@example.com"
        yield {
            "id": account,
            "name": name,
            "email": mail,
            "wice_server_id": account % 5 + 1,
            "wice_username": login,
            "exchange_server_id": account % 3 + 1,
            "mailbox": mail,
            "active": state_of(account) != "inactive",
            "name_key": sort_key(name),
            "terms": joined(name, mail, login),
        }


def _profiles(number: int, chance: random.Random, now: datetime) -> Iterator[Mapping[str, Any]]:
    for account in range(1, number + 1):
        state = state_of(account)
        ended = now - timedelta(seconds=chance.randrange(900))
        yield {
            "id": account,
            "account_id": account,
            "name": "default",
            **_SHARED,
            "template_id": account % 5 + 1 if account % 2 else None,
            "last_run": run_id(account, RUNS),
            "last_status": RunStatus.FAILED if state == "failing" else RunStatus.DONE,
            "last_finished": None if state == "waiting" else ended,
            "last_message": "The server does not answer." if state == "failing" else "",
            "waiting_run": run_id(account, RUNS) if state == "needs_confirmation" else "",
            "synced_at": None if state == "waiting" else ended - timedelta(minutes=chance.choice((0, 0, 0, 50, 5000))),
            "failed_runs": account % 7 + 1 if state == "failing" else 0,
            "failed_items": 2 if state == "attention" else 0,
            "frozen_items": 1 if state == "attention" and account % 2 else 0,
        }


def run_id(account: int, number: int) -> str:
    """The id of an account's run of this number."""
    return f"{account:07}run{number:010}"


def _runs(number: int, now: datetime) -> Iterator[Mapping[str, Any]]:
    summary = RunSummary(exchange=SideCounts(add=1), wice=SideCounts(change=2), message="More than 20 % would go.")
    report = {"kinds": {"contacts": {"hints": [{"item": "Somebody", "reason": "series"}] * 5}}}
    for run in range(1, RUNS + 1):
        for account in range(1, number + 1):
            started = now - timedelta(minutes=15 * (RUNS - run + 1), microseconds=account % 977)
            failed = run == RUNS and state_of(account) == "failing"
            yield {
                "id": run_id(account, run),
                "profile_id": account,
                "number": run,
                "trigger": "portal" if account * run % 997 == 0 else "scheduled",
                "verb": Verb.UNDO if account * run % 4999 == 0 else Verb.SYNC,
                "status": RunStatus.FAILED if failed else RunStatus.DONE,
                "started": started,
                "finished": started + timedelta(seconds=9),
                "report": report,
                "summary": summary,
            }


def _links(number: int) -> Iterator[Mapping[str, Any]]:
    for account in range(1, number + 1):
        for item in range(LINKS):
            label = f"{_LAST[(account + item) % 10]}, {_FIRST[item % 10]} {item}"
            yield {
                "profile_id": account,
                "kind": Kind.CONTACTS,
                "id": f"link{item:04}",
                "wice_id": f"address:{account}-{item}",
                "exchange_id": f"AAMk{account}-{item}",
                "label": label,
                "terms": joined(label, f"mail{account}-{item}@example.org"),
            }


def _sightings(number: int, chance: random.Random, now: datetime) -> Iterator[Mapping[str, Any]]:
    for account in range(1, number + 1):
        for item in range(3):
            waits = item == 0 and account % 10 == 0
            yield {
                "profile_id": account,
                "side": Side.EXCHANGE,
                "item_id": f"item{item}",
                "kind": Kind.CONTACTS,
                "held": None if waits else HintReason.SERIES,
                "at": now - timedelta(seconds=chance.randrange(9000)) if waits else None,
            }


def _failures(number: int) -> Iterator[Mapping[str, Any]]:
    for account in range(1, number + 1):
        if state_of(account) == "attention":
            for item in range(2):
                yield {
                    "profile_id": account,
                    "key": f"wice:address:{item}",
                    "kind": Kind.CONTACTS,
                    "count": account % 9 + 1,
                    "code": "ErrorInvalidPropertySet" if item else "ErrorItemSave",
                    "message": "The server refused it.",
                    "label": f"Item {item}",
                }


def _requests(number: int, now: datetime) -> Iterator[Mapping[str, Any]]:
    """Those of a day ago have ended; every fiftieth profile is in the queue, ten are running."""
    for account in range(1, number + 1):
        common = {"profile_id": account, "verb": Verb.SYNC, "trigger": "scheduled"}
        yield common | {"id": run_id(account, 1), "state": RequestState.ENDED, "requested": now - timedelta(days=1)}
        if account % 50 == 11:
            state = RequestState.RUNNING if account < 500 else RequestState.QUEUED
            yield common | {"id": run_id(account, 99), "state": state, "requested": now - timedelta(seconds=account)}


def _stats(now: datetime) -> Iterator[Mapping[str, Any]]:
    hour = now.replace(minute=0, second=0, microsecond=0)
    for back in range(24 * 90):
        for status in (RunStatus.DONE, RunStatus.NOTHING_TO_DO, RunStatus.PARTIAL, RunStatus.FAILED):
            yield {"hour": hour - timedelta(hours=back), "status": status, "runs": 10_000, "exchange_writes": back % 70}


def main() -> None:
    """Migrate and fill the database that the first argument names."""
    settings = Settings(database_url=SecretStr(sys.argv[1]))
    with open_database(settings) as database:
        database.migrate()
    engine = open_engine(settings)
    seed(engine, int(sys.argv[2]) if len(sys.argv) > 2 else ACCOUNTS)
    engine.dispose()


if __name__ == "__main__":
    main()

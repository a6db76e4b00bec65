"""Users for the tests of what hangs on them, and who changes them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from app.adapters.db import Database
from app.domain.people import Actor, Role, SetupLink, User, Via, hashed

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ROOT = Actor(name="root", role=Role.ADMINISTRATOR, via=Via.CLI, address="192.0.2.1", request="r1")


def link(text: str, until: datetime = NOW + timedelta(days=1)) -> SetupLink:
    """A set-up link that says `text`."""
    return SetupLink(hashed(text), until)


def add(database: Database, name: str, role: Role = Role.ADMINISTRATOR, *, password: bool = True) -> User:
    """A user, who has chosen a password unless said otherwise."""
    user = database.users.add(name, role, link(name), ROOT)
    if not password:
        return user
    return database.users.redeem(hashed(name), name, f"hash of {name}", NOW, ROOT)


def at_once(*tasks):
    """Run the tasks in a thread each, released together; their results or errors in order."""
    gate = threading.Barrier(len(tasks))
    results: list[object] = [None] * len(tasks)

    def run(place, task):
        gate.wait(30)
        try:
            results[place] = task()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[place] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results

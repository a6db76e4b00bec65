"""A product for services that ask for runs and carry them out: a real database, the fakes' servers, a queue that the test empties."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.adapters.db import Database
from app.domain.ids import ProfileId, RunId
from app.domain.licence import EVERYTHING, Coverage
from app.services.desk import Desk, Progress
from tests.engine.harness import Office
from tests.fakes.queue import FakeQueue


class Covered:
    """What the licence covers: all, or what a test sets."""

    by = EVERYTHING

    def coverage(self) -> Coverage:
        return self.by


class FakeProduct:
    """As much of `app.bootstrap.Application` as runs need. `opening` is raised by the next desk that is opened."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.queue = FakeQueue()
        self.opening: list[Exception] = []
        self.licences = Covered()
        database: Database = office.database
        self.requests, self.work, self.dispatch = database.requests, database.work, database.dispatch
        self.books, self.history, self.registry = database.books, database.history, database.registry

    def profile_name(self, profile: ProfileId) -> str:
        return str(self.office.database.registry.profile_name(profile))

    @contextmanager
    def desk(
        self, name: str, trigger: str, progress: Progress, run: RunId | None = None, requested_by: str = ""
    ) -> Iterator[Desk]:
        if self.opening:
            raise self.opening.pop()
        office = self.office
        profile, account, _, _ = office.database.registry.profile(name)
        with self.books.open(profile.id, trigger, run, requested_by) as ledger:
            yield Desk(
                profile=profile,
                account=account,
                installation=self.books.installation,
                crm=office.wice.open_crm(account.name, profile.window_start(office.clock.now.date())),
                mailbox=office.exchange.open_mailbox(account.mailbox),
                ledger=ledger,
                permit=office.permit,
                now=lambda: office.clock.now,
                progress=progress,
            )

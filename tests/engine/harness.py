"""The real engine over the in-memory fakes and a real database: one office with a Wice server, an Exchange server and a few people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy, deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from app.adapters.db import Database
from app.domain.account import Account, ExchangeServer, Profile, WiceServer
from app.domain.appointment import Appointment, Timed
from app.domain.contact import Contact
from app.domain.ids import AttemptId, ItemId, RunId
from app.domain.licence import Permit
from app.domain.sync import Kind
from app.services.confirm import confirm
from app.services.desk import Desk, NoProgress, Progress
from app.services.report import RunReport, Status
from app.services.run_sync import Run
from app.services.undo import analyse_undo
from tests.fakes.clock import Clock
from tests.fakes.exchange import FakeExchange
from tests.fakes.faults import Crash
from tests.fakes.wice import FakeWice

ANNA = "anna"


@dataclass
class Office:
    """People's hands are `wice` and `exchange`; `sync` is the product. `settings` are those of every profile."""

    database: Database
    users: tuple[str, ...] = (ANNA,)
    settings: dict[str, object] = field(default_factory=dict)
    permit: Permit = field(default_factory=Permit)

    def __post_init__(self) -> None:
        self.clock = Clock()
        self.wice = FakeWice(self.clock, self.users)
        self.exchange = FakeExchange([f"{user}@example.com" for user in self.users])
        registry = self.database.registry
        registry.save(WiceServer(name="wice", url="http://127.0.0.1:1", mandant="example"))
        registry.save(ExchangeServer(name="mail", url="http://127.0.0.1:2/EWS/Exchange.asmx", username="svc"))
        for user in self.users:
            mail = f"{user}@example.com"
            registry.save(
                Account(
                    name=user, email=mail, wice_server="wice", wice_username=user, exchange_server="mail", mailbox=mail
                )
            )
            registry.save(Profile(account=user, name=user, **self.settings))  # type: ignore[arg-type] # settings of Profile

    def again(self, database: Database) -> Office:
        """As all is now, for one more end of the same story; `database` has a copy of the books."""
        other = copy(self)
        other.database = database
        other.clock, other.wice, other.exchange = deepcopy((self.clock, self.wice, self.exchange))
        return other

    def configure(self, user: str = ANNA, **settings: object) -> None:
        """Change a profile's settings as an administrator does."""
        self.settings = {**self.settings, **settings}
        self.database.registry.save(Profile(account=user, name=user, **self.settings))  # type: ignore[arg-type] # as above

    @contextmanager
    def run(self, user: str = ANNA, trigger: str = "sync", progress: Progress | None = None) -> Iterator[Run]:
        profile, account, _, _ = self.database.registry.profile(user)
        window = profile.window_start(self.clock.now.date())
        with self.database.books.open(profile.id, trigger) as ledger:
            yield Run(
                Desk(
                    profile=profile,
                    account=account,
                    installation=self.database.books.installation,
                    crm=self.wice.open_crm(user, window),
                    mailbox=self.exchange.open_mailbox(account.mailbox),
                    ledger=ledger,
                    permit=self.permit,
                    now=lambda: self.clock.now,
                    progress=progress or NoProgress(),
                )
            )

    def analyse(self, user: str = ANNA) -> RunReport:
        with self.run(user, "analyse") as run:
            report = run.analyse()
        self.clock.tick(60)
        return report

    def sync(self, user: str = ANNA, *, approve: bool = True, progress: Progress | None = None) -> RunReport:
        with self.run(user, progress=progress) as run:
            report = run.synchronise(approve=approve)
        self.clock.tick(60)
        return report

    def confirm(self, user: str = ANNA) -> RunReport:
        with self.run(user, "confirm") as run:
            plan = run._desk.ledger.stored_plan()
            assert plan is not None
            report = run.confirm(plan)
        self.clock.tick(60)
        return report

    def dies(self, side: str, point: int, work: Callable[[], object]) -> bool:
        """Does the process die when `work` comes to that point (from 0) of that server? Afterwards all is well. False: it has fewer points."""
        server: FakeWice | FakeExchange = self.wice if side == "wice" else self.exchange
        faults = server.faults
        faults.crash_at(point)
        try:
            work()
        except Crash:
            self.clock.tick(1)
            return True
        finally:
            faults.clear()
        return False

    def propose_undo(self, report: RunReport, attempts: Sequence[AttemptId] = (), user: str = ANNA) -> RunReport:
        """The plan that undoes what the run of `report` wrote, or these attempts of it."""
        with self.run(user, "undo") as run:
            proposed = analyse_undo(run._desk, RunId(report.run), attempts)
        self.clock.tick(60)
        return proposed

    def confirm_undo(self, proposed: RunReport, user: str = ANNA) -> RunReport:
        with self.run(user, "undo") as run:
            report = confirm(run._desk, RunId(proposed.run))
        self.clock.tick(60)
        return report

    def undo(self, report: RunReport, user: str = ANNA) -> RunReport:
        """Undo all that the run of `report` wrote."""
        proposed = self.propose_undo(report, user=user)
        assert proposed.status is Status.NEEDS_CONFIRMATION, proposed.json()
        return self.confirm_undo(proposed, user)

    # What lies where.

    def folder(self, kind: Kind = Kind.CONTACTS, user: str = ANNA) -> str:
        """Id of the profile's folder."""
        return self.database.registry.profile(user)[0].folder_id(kind)

    def in_outlook(self, kind: Kind = Kind.CONTACTS, user: str = ANNA) -> dict[str, ItemId]:
        """Items of the profile's folder by their label."""
        return {
            self.exchange.items[item].record.label: item for item in self.exchange.contents(self.folder(kind, user))
        }

    def contact_in_outlook(self, label: str, user: str = ANNA) -> Contact:
        record = self.exchange.items[self.in_outlook(user=user)[label]].record
        assert isinstance(record, Contact)
        return record

    def contact_in_wice(self, item: ItemId, user: str = ANNA) -> Contact:
        record = self.wice.record(item, user)
        assert isinstance(record, Contact)
        return record


def person(last_name: str = "Schulz", first_name: str = "Anna", **fields: str) -> Contact:
    return Contact(last_name=last_name, first_name=first_name, **fields)  # type: ignore[arg-type] # text fields only


def meeting(title: str = "Jour fixe", day: int = 1, **fields: object) -> Appointment:
    start = datetime(2026, 12, day, 9, 0, tzinfo=UTC)
    when = fields.pop("when", Timed(start=start, end=start + timedelta(hours=1), zone="Europe/Berlin"))
    return Appointment(title=title, when=when, **fields)  # type: ignore[arg-type] # fields of Appointment

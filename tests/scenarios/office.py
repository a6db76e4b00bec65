"""The product over the real thing: adapters by `app.bootstrap`, a real database, both servers in processes of their own over HTTP.

People's hands are `wice` and `outlook`; `analyse`, `sync`, `confirm` and `discard` are the product. When an office closes, every profile that
was synchronised runs once more and must find nothing and write nothing (R28), nobody may have got a mail (R15) and no message may have broken
Microsoft's schema.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from sqlalchemy import delete

from app.adapters.db.tables_budgets import host_budgets
from app.bootstrap.application import Application, opened
from app.bootstrap.licensing import demo_key
from app.domain.account import Profile
from app.domain.ids import RunId
from app.domain.people import SYSTEM
from app.domain.sync import Kind, Side
from app.errors import WiceSyncError
from app.services import confirm as confirming
from app.services.desk import NoProgress, Progress, Step
from app.services.report import RunReport, Status
from app.services.run_sync import Run
from app.services.undo import analyse_undo
from app.settings import Settings
from tests.scenarios import wire
from tests.scenarios.in_outlook import InOutlook
from tests.scenarios.in_wice import InWice
from tests.services.sandbox import Sandbox

ANNA = "anna"


Meanwhile = Mapping[str, Callable[[], object]]


class Meddling:
    """A progress display that people use as their cue: between planning and writing is when a race is lost (R31)."""

    def __init__(self, cues: Meanwhile) -> None:
        self._cues = dict(cues)

    def step(self, what: Step, done: int, total: int) -> None:
        del done, total
        self._cues.pop(what, lambda: None)()


@dataclass
class Office:
    """`settings` are those of every profile; `zone` is that of the people's computers. `rests`: how a run that follows the scenario ends."""

    sandbox: Sandbox
    installation: Settings
    users: tuple[str, ...] = (ANNA,)
    settings: dict[str, object] = field(default_factory=dict)
    zone: str = "Europe/Berlin"
    rests: Status = Status.NOTHING_TO_DO

    def __post_init__(self) -> None:
        self._open = ExitStack()
        self.product: Application = self._open.enter_context(opened(self.installation))
        self.product.licences.activate(demo_key(datetime.now(UTC).date()), SYSTEM)
        self.wice = InWice(self.sandbox)
        self.mailboxes = {
            user: self._open.enter_context(closing(InOutlook(self.sandbox, user, self.zone))) for user in self.users
        }
        self._ran: dict[str, None] = {}
        self.sandbox.control("ews", "POST", "wire", {})
        self._register()

    @property
    def outlook(self) -> InOutlook:
        """Anna's mailbox."""
        return self.mailboxes[ANNA]

    def configure(self, user: str = ANNA, **settings: object) -> None:
        """Change a profile's settings as an administrator does."""
        self.settings = {**self.settings, **settings}
        self.product.registry.save(Profile(account=user, name=user, **self.settings))  # type: ignore[arg-type] # settings of Profile

    def analyse(self, user: str = ANNA, *, thorough: bool = False) -> RunReport:
        return self._run(user, "analyse", lambda run: run.analyse(thorough=thorough))

    def sync(self, user: str = ANNA, *, meanwhile: Meanwhile | None = None) -> RunReport:
        """A person asks for it. `meanwhile`: what people do when the run comes to these steps, as a progress bar would show them."""
        return self._run(user, "sync", lambda run: run.synchronise(approve=True), Meddling(meanwhile or {}))

    def sync_by_schedule(self, user: str = ANNA) -> RunReport:
        """A timer asks for it."""
        return self._run(user, "scheduled", lambda run: run.synchronise(approve=False))

    def confirm(self, report: RunReport, user: str = ANNA) -> RunReport:
        """The administrator agrees to what `report` waits for."""
        with self.product.desk(user, "confirm", NoProgress()) as desk:
            return confirming.confirm(desk, RunId(report.run))

    def discard(self, report: RunReport, user: str = ANNA) -> RunReport:
        """The administrator wants nothing of it."""
        profile = self.product.registry.profile(user)[0]
        with self.product.books.open(profile.id, "discard") as ledger:
            return confirming.discard(ledger, user, RunId(report.run))

    def undo(self, report: RunReport, user: str = ANNA, status: Status = Status.DONE) -> RunReport:
        """The administrator undoes all that a run wrote: looks at the plan, and agrees if there is anything to agree to."""
        with self.product.desk(user, "undo", NoProgress()) as desk:
            proposed = analyse_undo(desk, RunId(report.run))
        waits = proposed.status is Status.NEEDS_CONFIRMATION
        done = self.confirm(proposed, user) if waits else proposed
        assert done.status is status, done.json()
        return replace(
            done, kinds={kind: replace(rows, hints=proposed.kinds[kind].hints) for kind, rows in done.kinds.items()}
        )

    def wait_for(self, happened: Callable[[], bool]) -> None:
        """Until something has happened at a server."""
        while not happened():
            time.sleep(0.02)

    def hours_pass(self) -> None:
        """A server that wanted to be left alone no longer does."""
        with self.product.database._engine.begin() as connection:
            connection.execute(delete(host_budgets))

    def forget(self, user: str) -> None:
        """This profile is no more: nobody runs it at the end."""
        del self._ran[user]

    def written(self) -> tuple[int, int]:
        """Records written since the start, by anybody: in Wice, in Exchange."""
        counters = (self.sandbox.counters("wice"), self.sandbox.counters("ews"))
        return counters[0]["writes"], counters[1]["writes"]

    def history(self, report: RunReport) -> list[tuple[Side, object, object]]:
        """Side, before and after image of everything that a run wrote (R33)."""
        intents = [entry.intent for entry in self.product.history.entries_of_run(RunId(report.run))]
        return [(intent.side, intent.before, intent.after) for intent in intents]

    def settle(self) -> None:
        """R28: one more run of every profile that ran finds nothing and writes nothing."""
        for server in ("wice", "ews"):
            self.sandbox.control(server, "DELETE", "faults")
        for user in self._ran:
            before = self.written()
            report = self.sync(user)
            assert report.status is self.rests, f"R28 a second run of {user}: {report.json()}"
            assert self.written() == before, f"R28 a second run of {user} writes: {report.json()}"

    def nobody_was_mailed(self) -> None:
        mails = {server: self.sandbox.counters(server)["mails"] for server in ("wice", "ews")}
        assert mails == {"wice": 0, "ews": 0}, "R15"
        assert wire.harmful(self.left()) == [], "R15"

    def left(self) -> list[Mapping[str, str]]:
        """All requests of the product that could have changed anything in Exchange, as they came over the wire."""
        recorded = self.sandbox.control("ews", "GET", "wire")["requests"]
        return wire.by(recorded, self.sandbox.service["username"])

    def schema_was_kept(self) -> None:
        counters = self.sandbox.counters("ews")
        assert (counters["rejected_by_schema"], counters["invalid_replies"]) == (0, 0)

    def close(self) -> None:
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(
        self, user: str, trigger: str, work: Callable[[Run], RunReport], progress: Progress | None = None
    ) -> RunReport:
        self._ran[user] = None
        self.hours_pass()
        try:
            with self.product.desk(user, trigger, progress or NoProgress()) as desk:
                return work(Run(desk))
        except WiceSyncError as error:
            return RunReport.failed(user, error)

    def _register(self) -> None:
        self.sandbox.set_up(self.product.registry, *self.users)
        for user in self.users:
            self.configure(user)


def counts(report: RunReport, kind: Kind | None = None) -> dict[str, int]:
    """Every cell of the report's table that is not zero: {"exchange add": 2}; with the kind before it if none is given."""
    return {
        f"{side.value} {op.value}" if kind else f"{each.value} {side.value} {op.value}": count
        for each, rows in report.kinds.items()
        if kind in (None, each)
        for side, cells in rows.counts.items()
        for op, count in cells.items()
        if count
    }


def hints(report: RunReport) -> set[tuple[str, str]]:
    """(reason, item) of every hint."""
    return {(hint.reason.value, hint.label) for rows in report.kinds.values() for hint in rows.hints}


def at_once(settings: Settings, kind: Kind, *users: str) -> None:
    """Synchronise these accounts in threads with a product each; all have planned before the first of them writes."""
    planned, trouble = threading.Barrier(len(users), timeout=60), []

    def work(user: str) -> None:
        cue = Meddling({Step.apply(kind): planned.wait})
        try:
            with opened(settings) as product, product.desk(user, "sync", cue) as desk:
                report = Run(desk).synchronise(approve=True)
            # Of what others were writing all the time, the next run takes care.
            assert report.status in (Status.DONE, Status.NOTHING_TO_DO), report.json()
        except BaseException as error:  # noqa: BLE001 - a thread's failure is the test's
            planned.abort()
            trouble.append(error)

    threads = [threading.Thread(target=work, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []

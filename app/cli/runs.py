"""analyse, sync, confirm: runs of profiles."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final

import structlog
import typer

from app.cli.console import application
from app.cli.exits import OF_STATUS, Exit, worst
from app.cli.handling import handled
from app.cli.operator import operator
from app.cli.progress import shown
from app.cli.results import show
from app.domain.ids import ProfileId, RunId, new_id
from app.domain.run import SCHEDULED, THOROUGH, Order, Verb
from app.domain.sync import Kind
from app.errors import BadInput, WiceSyncError
from app.services import confirm as confirming
from app.services import log_lines
from app.services.changes import Change, planned, written
from app.services.desk import Desk
from app.services.report import RunReport
from app.services.run_sync import Run

if TYPE_CHECKING:
    from app.bootstrap import Application

LONGEST_WAIT: Final = timedelta(seconds=30)
MOST_WAITS: Final = 3
"""A person's command waits for a busy server, a worker never does: it queues the run again."""

_log = structlog.get_logger()

ProfileName = Annotated[
    str, typer.Argument(metavar="[PROFILE]", help="The profile's name, or account/profile.", show_default=False)
]
All = Annotated[bool, typer.Option("--all", help="All active profiles, one after another.")]
Thoroughly = Annotated[
    bool,
    typer.Option("--thoroughly", help="Compare everything on both sides, not only what the servers call changed."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object (contract), with --all one a line.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="All items, with old and new values; also in the JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="The table only, no items.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(handled(analyse))
    app.command()(handled(sync))
    app.command()(handled(confirm))


@dataclass(frozen=True)
class Task:
    """What a run is called, what it does, and who has it done (None: a timer)."""

    trigger: str
    work: Callable[[Desk], RunReport]
    order: Order | None


@dataclass(frozen=True)
class Shape:
    """How results are shown."""

    title: str
    json: bool
    verbose: bool
    items: bool
    changes: Callable[[Application, RunReport], Sequence[Change]]

    def show(self, product: Application, report: RunReport) -> None:
        changes = self.changes(product, report) if report.run and self.items else ()
        if not self.json:
            show(report, self.title, changes, verbose=self.verbose)
            return
        sys.stdout.write(json.dumps(_with_actions(report, changes) if self.verbose else report.json()) + "\n")
        sys.stdout.flush()


def analyse(
    profile: ProfileName = "",
    *,
    every: All = False,
    thoroughly: Thoroughly = False,
    as_json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> Exit:
    """Compute, show and store what a synchronisation would do. Writes nothing, except that it creates the folders "Wice"."""
    shape = Shape("Result of the last analysis", as_json, verbose, verbose or not (quiet or as_json), as_planned)
    order = Order(by=operator(), verb=Verb.ANALYSE, items=(THOROUGH,) if thoroughly else ())
    task = Task("analyse", lambda desk: Run(desk).analyse(thorough=thoroughly), order)
    return _each(profile, every, shape, task)


def sync(
    profile: ProfileName = "",
    *,
    every: All = False,
    as_json: Json = False,
    verbose: Verbose = False,
    scheduled: Annotated[
        bool, typer.Option("--scheduled", help="Started by a timer: does not approve a profile's first plan.")
    ] = False,
) -> Exit:
    """Carry out what the last analysis planned; without one, analyse and carry out."""
    shape = Shape("Result of the last synchronisation", as_json, verbose, verbose, as_written)
    # What a timer starts is nobody's decision.
    order = None if scheduled else Order(by=operator(), verb=Verb.SYNC)
    trigger = SCHEDULED if scheduled else "sync"
    return _each(profile, every, shape, Task(trigger, lambda desk: Run(desk).synchronise(approve=not scheduled), order))


def confirm(
    run: Annotated[str, typer.Argument(help="The run that needs confirmation.", show_default=False)],
    *,
    discard: Annotated[bool, typer.Option("--discard", help="Drop its plan instead.")] = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> Exit:
    """Carry out a plan that was stopped for safety, or drop it."""
    shape = Shape("Result of the last synchronisation", as_json, verbose, verbose, as_written)
    with application() as product:
        past = confirming.run_to_confirm(product.history, RunId(run))
        name = product.profile_name(past.profile)
        if discard:
            report = discarded(product, past.profile, past.id)
        else:
            order = Order(by=operator(), verb=Verb.CONFIRM, subject=past.id)
            report = patiently(product, name, Task("confirm", lambda desk: confirming.confirm(desk, past.id), order))
        shape.show(product, report)
    return OF_STATUS[report.status]


def discarded(product: Application, profile: ProfileId, run: RunId) -> RunReport:
    """Drop what this run has left to be confirmed."""
    order = Order(by=operator(), verb=Verb.DISCARD, subject=run)
    name = product.profile_name(profile).rpartition("/")[2]
    with product.books.open(profile, "discard", order=order) as ledger:
        return confirming.discard(ledger, name, run)


def _each(name: str, every: bool, shape: Shape, task: Task) -> Exit:
    if bool(name) == every:
        raise typer.BadParameter("give either the name of a profile or --all")
    codes = []
    with application() as product:
        for one in product.active_profiles() if every else [name]:
            try:
                report = patiently(product, one, task)
            except BadInput as error:
                if shape.json:
                    shape.show(product, RunReport.failed(one, error))
                raise
            shape.show(product, report)
            codes.append(OF_STATUS[report.status])
    return worst(codes)


def patiently(product: Application, name: str, task: Task) -> RunReport:
    """Run; when a server is busy for a moment, wait and run again. What was done before stays done."""
    waits = 0
    while True:
        report = _attempt(product, name, task)
        pause = report.retry_after_s
        if pause is None or waits == MOST_WAITS or timedelta(seconds=pause) > LONGEST_WAIT:
            return report
        waits += 1
        sys.stderr.write(f"{name}: {report.message} Going on in {pause:.0f} seconds.\n")
        time.sleep(pause)


def _attempt(product: Application, name: str, task: Task) -> RunReport:
    profile, account, _, _ = product.registry.profile(name)
    run = RunId(new_id())
    with log_lines.of_run(run, profile.id, account.id):
        report = _at_desk(product, name, run, task)
        _log.info("run_finished", status=report.status.value, seconds=round(report.seconds, 3))
        return report


def _at_desk(product: Application, name: str, run: RunId, task: Task) -> RunReport:
    try:
        with shown(name) as progress, product.desk(name, task.trigger, progress, run, order=task.order) as desk:
            return task.work(desk)
    except BadInput:
        raise
    except WiceSyncError as error:
        return RunReport.failed(name, error)


def as_planned(product: Application, report: RunReport) -> Sequence[Change]:
    plan = product.history.plan_of(RunId(report.run))
    return list(planned(plan.kinds)) if plan else []


def as_written(product: Application, report: RunReport) -> Sequence[Change]:
    return list(written(product.history.entries_of_run(RunId(report.run))))


def _with_actions(report: RunReport, changes: Sequence[Change]) -> dict[str, object]:
    """The contract's object with the items of each kind added."""
    whole = report.json()
    kinds = {kind.value: report.kinds[kind].json() if kind in report.kinds else {} for kind in Kind}
    for kind in report.kinds:
        kinds[kind.value]["actions"] = [change.json() for change in changes if change.kind is kind]
    return {**whole, "kinds": kinds}

"""undo: take back what a run wrote (R33)."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from app.cli.console import application
from app.cli.exits import OF_STATUS, Exit
from app.cli.handling import handled
from app.cli.operator import operator
from app.cli.runs import Json, Shape, Task, Verbose, as_planned, as_written, discarded, patiently
from app.domain.ids import AttemptId, RunId
from app.domain.run import Order, Verb
from app.services.confirm import confirm
from app.services.report import Status
from app.services.undo import analyse_undo, run_to_undo

_QUESTION = "Undo this? What is undone is left alone by later runs until somebody edits it."


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(handled(undo))


def undo(
    run: Annotated[str, typer.Argument(help="The run whose writes are undone.", show_default=False)],
    *,
    item: Annotated[
        list[str] | None,
        typer.Option("--item", help="Only this write (its id is in `sync --verbose`); may be given several times."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> Exit:
    """Take back what a run wrote: shows the plan, asks, and carries it out. What was changed since stays as it is."""
    attempts = [AttemptId(attempt) for attempt in item or ()]
    plan = Shape("What undoing takes", as_json, verbose, verbose or not as_json, as_planned)
    result = Shape("Result of undoing", as_json, verbose, verbose, as_written)
    with application() as product:
        past = run_to_undo(product.history, RunId(run), attempts)
        name = product.profile_name(past.profile)
        wanted = Order(by=operator(), verb=Verb.UNDO, subject=past.id, items=tuple(attempts))
        report = patiently(product, name, Task("undo", lambda desk: analyse_undo(desk, past.id, attempts), wanted))
        waits = report.status is Status.NEEDS_CONFIRMATION
        if not (waits and yes and as_json):
            plan.show(product, report)
        if not waits:
            return OF_STATUS[report.status]
        if not yes and (as_json or not sys.stdin.isatty()):
            return Exit.NEEDS_CONFIRMATION
        if not yes and not typer.confirm(_QUESTION, err=True):
            discarded(product, past.profile, RunId(report.run))
            return Exit.DONE
        proposed = RunId(report.run)
        agreed = Order(by=operator(), verb=Verb.CONFIRM, subject=proposed)
        report = patiently(product, name, Task("undo", lambda desk: confirm(desk, proposed), agreed))
        result.show(product, report)
    return OF_STATUS[report.status]

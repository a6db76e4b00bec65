"""apply: bring servers, accounts and profiles in line with a file."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from app.cli.console import OUT, application
from app.cli.exits import Exit
from app.cli.handling import handled
from app.cli.operator import operator
from app.errors import BadInput
from app.services.setup import Outcome, SettingUp, Step, step


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(handled(apply))


def apply(
    file: Annotated[
        Path, typer.Argument(help="TOML file with servers, templates, accounts and profiles.", show_default=False)
    ],
    *,
    prune: Annotated[bool, typer.Option("--prune", help="Remove what the file does not name.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before removing.")] = False,
    full_editing: Annotated[
        bool,
        typer.Option(
            "--full-editing",
            help="Allow another mailbox, folder or Wice user for profiles that were synchronised: their links are dropped "
            "and everything is matched again.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Create, change and (with --prune) remove servers, templates, accounts and profiles as FILE says. Nothing in Wice or Exchange is touched."""
    from app.bootstrap import check_wice_server

    with application() as product:
        work = SettingUp(
            product.registry, file, check_wice_server, prune=prune, full_editing=full_editing, by=operator()
        )
        if work.surplus and not yes:
            _ask([step(Outcome.REMOVED, entity) for entity in work.surplus])
        steps = []
        for done in work.run():
            steps.append(done)
            if not as_json:
                OUT.print(_line(done), soft_wrap=True)
    if as_json:
        rows = [{"table": one.table, "name": one.name, "outcome": one.outcome} for one in steps]
        sys.stdout.write(json.dumps({"entities": rows}) + "\n")
    else:
        counts = Counter(one.outcome for one in steps)
        OUT.print(", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome))


def _ask(doomed: list[Step]) -> None:
    names = [f"{one.table} {one.name}" for one in doomed]
    if not sys.stdin.isatty():
        raise BadInput(
            f"--prune would remove {', '.join(names)}: say --yes to agree (what is in Wice and Exchange stays there)"
        )
    for one in doomed:
        typer.echo(_line(one).replace("removed", "to be removed"), err=True)
    if not typer.confirm("Remove these? What is in Wice and Exchange stays there.", err=True):
        typer.echo("Nothing was changed.", err=True)
        raise typer.Exit(Exit.FAILED)


def _line(done: Step) -> str:
    return f"{done.outcome:<9}  {done.table} {done.name}"

"""migrate, doctor, export, secrets rotate, sandbox: everything around the runs."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich import box
from rich.table import Table

from app.cli.console import OUT, application
from app.cli.exits import Exit
from app.cli.handling import handled
from app.domain.process import ProcessKind
from app.errors import BadInput, WiceSyncError
from app.services.connection import Verdict
from app.services.doctor import Check, examine
from app.services.export import export as export_state

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(handled(alive))
    app.command()(handled(doctor))
    app.command()(handled(export))
    app.command()(handled(migrate))
    secrets = typer.Typer(help="The keys that encrypt stored passwords.", no_args_is_help=True)
    secrets.command()(handled(rotate))
    app.add_typer(secrets, name="secrets")
    # Its options are the sandbox's own, --help too.
    passed_on = {"ignore_unknown_options": True, "allow_extra_args": True}
    app.command(context_settings=passed_on, add_help_option=False)(handled(sandbox))


def migrate(*, as_json: Json = False) -> None:
    """Bring the database to this version's schema."""
    with application(any_schema=True) as product:
        product.database.migrate()
    if as_json:
        sys.stdout.write(json.dumps({"schema": "current"}) + "\n")
    else:
        OUT.print("The database has this version's schema.")


def alive(kind: Annotated[ProcessKind, typer.Argument(help="What it is for.")]) -> Exit:
    """Exit code 0 if such a process of this machine gave a sign of life lately, else 1: the health check of a container."""
    with application() as product:
        found = any(one.kind is kind and one.host == socket.gethostname() for one in product.processes.alive())
    OUT.print("alive" if found else f"no {kind} of this machine gave a sign of life lately")
    return Exit.DONE if found else Exit.FAILED


def doctor(*, as_json: Json = False) -> Exit:
    """Check database, servers, accounts and folders, and say what to do about what does not work."""
    checks = _examined()
    broken = any(check.verdict is Verdict.BROKEN for check in checks)
    if as_json:
        sys.stdout.write(json.dumps({"ok": not broken, "checks": [check.json() for check in checks]}) + "\n")
    else:
        OUT.print(_table(checks))
    return Exit.FAILED if broken else Exit.DONE


def _examined() -> list[Check]:
    try:
        with application(any_schema=True) as product:
            return list(examine(product))
    except BadInput:
        raise
    except WiceSyncError as error:
        return [Check("database", Verdict.BROKEN, str(error))]


def _table(checks: Iterable[Check]) -> Table:
    table = Table("What", "Result", "Found, or what to do", box=box.SIMPLE_HEAD)
    for check in checks:
        table.add_row(check.what, check.verdict.value, check.advice)
    return table


def export(
    file: Annotated[
        Path | None, typer.Argument(help="Where to; without it, standard output.", show_default=False)
    ] = None,
) -> None:
    """Write servers, accounts, profiles, links, runs and the journal as one JSON document. Passwords are never in it, people's data is."""
    with application() as product, _target(file) as out:
        for text in export_state(product.registry, product.history, product.installation, datetime.now(UTC)):
            out.write(text)
    if file:
        OUT.print(f"Written to {file}.", soft_wrap=True)


@contextmanager
def _target(file: Path | None) -> Iterator[TextIO]:
    """Standard output, or a private file that takes its place only when it is whole."""
    if file is None:
        yield sys.stdout
        return
    draft = file.with_name(f"{file.name}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            yield out
        draft.replace(file)
    except OSError as error:
        raise BadInput(f"{file}: cannot be written: {error.strerror}") from None


def rotate(*, as_json: Json = False) -> None:
    """Encrypt all stored passwords with the first key of WICE_SYNC_SECRET_KEYS; afterwards the other keys may go."""
    with application() as product:
        done = product.database.rotate_secrets()
    if as_json:
        sys.stdout.write(json.dumps({"key": done.key, "rotated": done.rotated, "current": done.current}) + "\n")
    else:
        OUT.print(f"Key {done.key}: {done.rotated} secrets encrypted anew, {done.current} were already.")


def sandbox(context: typer.Context) -> None:
    """Start a made-up Wice and a made-up Exchange server on this machine, to try the product: --help lists the options."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "sandbox", *context.args])  # noqa: S606  no shell is wanted

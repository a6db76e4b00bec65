"""backup and restore: the product's whole state, in one file that fits either database."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.console import ERR, OUT
from app.cli.handling import handled
from app.domain.backup import BackupSummary
from app.errors import BadInput
from app.settings import Settings

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Replace = Annotated[bool, typer.Option("--replace", help="All that is in the database may go.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(handled(backup))
    app.command()(handled(restore))


def backup(
    file: Annotated[
        Path, typer.Argument(help="Where to; what is there already is replaced once the new one is whole.")
    ],
    *,
    as_json: Json = False,
) -> None:
    """Write everything this server knows to one file, while it runs. Passwords in it are encrypted; the key is not in it."""
    from app.bootstrap import back_up

    settings = Settings.load()
    draft = file.with_name(f"{file.name}.part")
    try:
        # Private from the first byte on: it holds names and addresses.
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        summary = back_up(settings, draft)
        draft.replace(file)
    except OSError as error:
        raise BadInput(f"{file}: cannot be written: {error.strerror}") from None
    finally:
        draft.unlink(missing_ok=True)
    _tell(summary, as_json=as_json)
    if not as_json:
        OUT.print(f"Written to {file}: {summary.rows} rows.", soft_wrap=True)
        OUT.print(_about_the_key(settings), soft_wrap=True)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `wice-sync backup` wrote, on either database.")],
    *,
    replace: Replace = False,
    as_json: Json = False,
) -> None:
    """Bring the database to the state of a backup. Nothing may run meanwhile; nothing is written in Wice or Exchange."""
    from app.bootstrap import restore as bring_back

    summary = bring_back(Settings.load(), file, replace=replace)
    _tell(summary, as_json=as_json)
    if not as_json:
        OUT.print(f"Restored: {summary.rows} rows of {summary.made:%Y-%m-%d %H:%M} UTC.", soft_wrap=True)
        OUT.print(
            "What was synchronised since is found again by its stamps; the next run says so in its plan.",
            soft_wrap=True,
        )
    if summary.missing_keys:
        ERR.print(
            f"Its passwords were encrypted with the key {', '.join(summary.missing_keys)}, which is not given here: put it into "
            "WICE_SYNC_SECRET_KEYS (or its file into the home directory), else no run can sign in.",
            soft_wrap=True,
        )


def _tell(summary: BackupSummary, *, as_json: bool) -> None:
    if as_json:
        told = {
            "schema": summary.schema,
            "made": summary.made.isoformat(),
            "rows": summary.rows,
            "keys": list(summary.keys),
            "missing_keys": list(summary.missing_keys),
        }
        sys.stdout.write(json.dumps(told) + "\n")


def _about_the_key(settings: Settings) -> str:
    where = "WICE_SYNC_SECRET_KEYS" if settings.secret_keys.get_secret_value() else str(settings.key_file)
    return (
        f"The key that its passwords are encrypted with is not in it ({where}): keep a copy of that in another place."
    )

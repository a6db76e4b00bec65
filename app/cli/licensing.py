"""licence show, activate, demo, issue (R38, R39)."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from app.cli.console import ERR, OUT, application
from app.cli.handling import handled
from app.cli.operator import operator
from app.domain.licence import Edition, LicenceStatus
from app.errors import BadInput

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    licence = typer.Typer(help="The licence: see how it stands, activate a key, make keys.", no_args_is_help=True)
    for command in (show, activate, demo, issue):
        licence.command()(handled(command))
    app.add_typer(licence, name="licence")


def show(*, as_json: Json = False) -> None:
    """Version, edition, licensee, accounts used of allowed, days left, and what happens afterwards."""
    with application() as product:
        _print(product.licences.status(), as_json=as_json)


def activate(
    key: Annotated[str, typer.Argument(help="The key, one line; - reads it from standard input.", show_default=False)],
    *,
    as_json: Json = False,
) -> None:
    """Activate a licence key."""
    pasted = sys.stdin.read() if key == "-" else key
    with application() as product:
        _print(product.licences.activate(pasted, operator()), as_json=as_json)


def demo() -> None:
    """Print a key for 1,000 accounts that is valid only while all servers are on this machine."""
    from app.bootstrap import demo_key

    sys.stdout.write(demo_key(_today()) + "\n")


def issue(
    *,
    key_file: Annotated[
        Path,
        typer.Option(help="The vendor's private key; made with: openssl genpkey -algorithm ed25519 -out FILE"),
    ],
    licensee: Annotated[str, typer.Option(help="Who may use the product.")],
    edition: Annotated[Edition, typer.Option(help="basic: one profile. enterprise: any number of profiles.")],
    accounts: Annotated[int, typer.Option(min=1, help="How many accounts may be active.")],
    days: Annotated[int, typer.Option(min=1, help="Valid from today (UTC) until this many days later.")],
) -> None:
    """The vendor's tool: print a licence key. Needs the private key whose public part is in the product."""
    from app.bootstrap import issue_key

    if not licensee.strip():
        raise BadInput("--licensee must not be empty")
    if edition is Edition.BASIC and accounts > 1:
        ERR.print("Note: the basic edition is for one profile, whatever --accounts says.", soft_wrap=True)
    key = issue_key(key_file, licensee.strip(), edition, accounts, _today(), timedelta(days=days))
    sys.stdout.write(key + "\n")


def _today() -> date:
    return datetime.now(UTC).date()


def _print(status: LicenceStatus, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(_json(status)) + "\n")
        return
    table = Table(box=box.SIMPLE_HEAD, show_header=False)
    for row in _rows(status):
        table.add_row(*row)
    OUT.print(table)
    for sentence in status.sentences:
        OUT.print(str(sentence), soft_wrap=True)


def _rows(status: LicenceStatus) -> list[tuple[str, str]]:
    profiles = "" if status.profiles_allowed is None else f" of {status.profiles_allowed}"
    return [
        ("Version", status.version),
        ("Edition", status.edition.value),
        ("Licensee", status.licensee or "-"),
        ("Accounts", f"{status.accounts_used} of {status.accounts_allowed}"),
        ("Profiles", f"{status.profiles_used}{profiles}"),
        ("Valid until", status.until.isoformat()),
        ("Days left", str(max(status.days_left, 0))),
    ]


def _json(status: LicenceStatus) -> dict[str, object]:
    return {
        "version": status.version,
        "state": status.state.value,
        "valid": status.state.valid,
        "edition": status.edition.value,
        "licensee": status.licensee,
        "accounts": {"used": status.accounts_used, "allowed": status.accounts_allowed},
        "profiles": {"used": status.profiles_used, "allowed": status.profiles_allowed},
        "valid_from": status.valid_from.isoformat() if status.valid_from else None,
        "until": status.until.isoformat(),
        "days_left": max(status.days_left, 0),
        "message": " ".join(map(str, status.sentences)),
        "activated": status.activated.isoformat() if status.activated else None,
        "activated_by": status.activated_by,
    }

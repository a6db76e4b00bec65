"""user add: let somebody into the portal, and programs into the API."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.console import OUT, application
from app.cli.handling import handled
from app.cli.operator import operator
from app.domain.people import Actor, ApiToken, Role
from app.errors import NotFound, Taken

if TYPE_CHECKING:
    from app.bootstrap import Application

_DAYS = 365


def register(app: typer.Typer) -> None:
    """Add these commands."""
    user = typer.Typer(help="Who may use the portal and the API.", no_args_is_help=True)
    # A group of one command, so that others may join it.
    user.callback()(lambda: None)
    user.command()(handled(add))
    app.add_typer(user, name="user")


def add(
    name: Annotated[str, typer.Argument(help="Name to sign in with.", show_default=False)],
    *,
    role: Annotated[Role, typer.Option(help="What they may do.", show_default=False)],
    token: Annotated[
        bool, typer.Option("--token", help="Also make an API token; it is the last word printed.")
    ] = False,
    token_days: Annotated[int, typer.Option(help="How long the API token is good.", min=1, max=3650)] = _DAYS,
    reset: Annotated[
        bool, typer.Option("--reset", help="NAME exists: make a new link, and give them this role.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Add a user and print the one-time link, good for a day, by which they choose their password."""
    with application() as product:
        by = operator()
        link = _reset(product, name, role, by) if reset else _added(product, name, role, by)
        text = _token(product, name, token_days, by) if token else ""
    if as_json:
        made = {"user": name, "role": role, "link": link} | ({"token": text} if text else {})
        sys.stdout.write(json.dumps(made) + "\n")
        return
    OUT.print(f"{name} ({role}) chooses a password here, once, within a day:\n{link}", soft_wrap=True)
    if text:
        OUT.print(f"API token, shown only now: {text}", soft_wrap=True)


def _added(product: Application, name: str, role: Role, by: Actor) -> str:
    try:
        return product.people.add(name, role, by)[1]
    except Taken as error:
        raise Taken(f"{error} With --reset they get a new link.") from None


def _reset(product: Application, name: str, role: Role, by: Actor) -> str:
    try:
        product.people.set_role(name, role, by)
    except NotFound as error:
        raise NotFound(f"{error} Leave out --reset to add them.") from None
    return product.people.new_link(name, by)


def _token(product: Application, name: str, days: int, by: Actor) -> str:
    now = datetime.now(UTC)
    user = product.people.user(name)
    label = _free_label(product.api_tokens.of(by, name), f"command line {now:%Y-%m-%d}")
    return product.api_tokens.make(name, label, user.role, now + timedelta(days=days), by)[1]


def _free_label(there: Iterable[ApiToken], wanted: str) -> str:
    taken = {one.name for one in there}
    numbered = (f"{wanted} ({number})" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(label for label in numbered if label not in taken)

"""The marks of accounts' own logins: the same server, user name and password have the same mark, although each is encrypted differently.

A mark is a keyed hash (`Secrets.mark`) and never leaves the database. Where none is known (a row from before there were any, or from a backup) the
login counts as nobody else's until the account's next run, which begins by making one. Directories take no notice of the case of a user name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, exists, select, update

from app.adapters.db.secrets import Place, Secrets
from app.adapters.db.tables import accounts, logins
from app.domain.account import Account
from app.domain.sync import Side
from app.errors import Halt

COLUMNS: Final[Sequence[ColumnElement[Any]]] = (
    accounts.c.id.label("account"),
    accounts.c.version.label("account_version"),
    accounts.c.wice_server_id,
    accounts.c.wice_username,
    accounts.c.wice_password,
    accounts.c.wice_login,
    accounts.c.exchange_server_id,
    accounts.c.mailbox,
    accounts.c.exchange_username,
    accounts.c.exchange_password,
    accounts.c.exchange_login,
)
"""What `marks` needs of an account's row."""


class Marks(NamedTuple):
    """Of an account's login at Wice, and of its own one at Exchange, by column."""

    wice_login: str
    exchange_login: str


NAMES: Final = Marks._fields


def of_account(secrets: Secrets, account: Account, side: Side, server: int) -> str:
    """The mark of a login as an account that was read has it, at the server of this id."""
    if side is Side.WICE:
        return _mark(secrets, side, server, account.wice_username, account.wice_password)
    return _mark(secrets, side, server, account.exchange_username or account.mailbox, account.exchange_password)


def marks(secrets: Secrets, row: Row[Any]) -> Marks:
    """The marks that a row of `COLUMNS` ought to have."""
    wice, exchange = (
        _opened(secrets, Place("accounts", row.account, name), getattr(row, name))
        for name in ("wice_password", "exchange_password")
    )
    user = row.exchange_username or row.mailbox
    return Marks(
        "" if wice is None else _mark(secrets, Side.WICE, row.wice_server_id, row.wice_username, wice),
        "" if exchange is None else _mark(secrets, Side.EXCHANGE, row.exchange_server_id, user, exchange),
    )


def are_right(secrets: Secrets, row: Row[Any]) -> bool:
    """Has a row of `COLUMNS` the marks that it ought to have?"""
    return (row.wice_login, row.exchange_login) == marks(secrets, row)


def renew(connection: Connection, secrets: Secrets, which: ColumnElement[bool], *, same_logins: bool = False) -> None:
    """Bring the marks of these accounts in line with their logins. `same_logins`: only the key is another one, what is known stays known."""
    changed = [
        (row, wanted)
        for row in connection.execute(select(*COLUMNS).where(which))
        if (wanted := marks(secrets, row)) != (row.wice_login, row.exchange_login)
    ]
    if not changed:
        return
    # Only if nobody has saved another login in between.
    one = update(accounts).where(accounts.c.id == bindparam("row_id"), accounts.c.version == bindparam("read"))
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in NAMES}
    rows = [{"row_id": row.account, "read": row.account_version, **_new(wanted)} for row, wanted in changed]
    connection.execute(one.values(**values), rows)
    if same_logins:
        former = [((row.wice_login, row.exchange_login), wanted) for row, wanted in changed]
        _carry_over(connection, {old: new for pair in former for old, new in zip(*pair, strict=True)})
    used = (exists().where(column == logins.c.mark) for column in (accounts.c.wice_login, accounts.c.exchange_login))
    connection.execute(delete(logins).where(*(~one for one in used)))


def _new(wanted: Marks) -> dict[str, str]:
    return {f"new_{name}": mark for name, mark in wanted._asdict().items()}


def _carry_over(connection: Connection, new_marks: Mapping[str, str]) -> None:
    taken = logins.alias()
    moved = update(logins).where(logins.c.mark == bindparam("old"), ~exists().where(taken.c.mark == bindparam("new")))
    connection.execute(
        moved.values(mark=bindparam("new")), [{"old": old, "new": new} for old, new in new_marks.items()]
    )


def _mark(secrets: Secrets, side: Side, server: int, user: str, password: str) -> str:
    return secrets.mark(side.value, server, user.casefold(), password)


def _opened(secrets: Secrets, place: Place, stored: str) -> str | None:
    try:
        return secrets.open(place, stored)
    except Halt:
        return None

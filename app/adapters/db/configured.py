"""Servers, accounts, profiles and templates as rows: found by name, read and stored with their secrets."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, insert, select, update

from app.adapters.db import account_keys, login_marks
from app.adapters.db.reconfigured import Configured
from app.adapters.db.secrets import Place, Secrets, secret_columns
from app.adapters.db.tables import accounts, exchange_servers, profiles, templates, wice_servers
from app.domain.account import KEPT, Account, ExchangeServer, Profile, Template, WiceServer
from app.domain.sync import Side
from app.errors import BadInput, Halt

Entity = Configured | Template
E = TypeVar("E", bound=Entity)

TABLES: Final = {
    WiceServer: wice_servers,
    ExchangeServer: exchange_servers,
    Account: accounts,
    Profile: profiles,
    Template: templates,
}
NOUNS: Final = {
    WiceServer: "Wice server",
    ExchangeServer: "Exchange server",
    Account: "account",
    Profile: "profile",
    Template: "template",
}
"""For messages; `noun.lower().replace(" ", "_")` is the kind's word in the audit log."""

FULL_NAME: Final[ColumnElement[str]] = accounts.c.name + "/" + profiles.c.name

_REFERENCES = {
    "wice_server": wice_servers,
    "exchange_server": exchange_servers,
    "account": accounts,
    "template": templates,
}
_OURS = frozenset({"id", "version"})
_UNREADABLE = "\x00unreadable"


def rows(kind: type) -> Select[Any]:
    """The rows of a kind, with the names of what they refer to in place of their ids."""
    if kind is Account:
        servers = (wice_servers.c.name.label("wice_server"), exchange_servers.c.name.label("exchange_server"))
        return select(accounts, *servers).join(wice_servers).join(exchange_servers)
    if kind is Profile:
        names = (accounts.c.name.label("account"), func.coalesce(templates.c.name, "").label("template"))
        return select(profiles, *names).join(accounts).outerjoin(templates, templates.c.id == profiles.c.template_id)
    return select(TABLES[kind])


def find(connection: Connection, entity: Entity, name: str = "") -> RowMapping | None:
    """The row of an entity, or of the one of its kind that is called `name`."""
    return named(connection, type(entity), name or entity.name, entity.account if isinstance(entity, Profile) else "")


def named(connection: Connection, kind: type, name: str, account: str = "") -> RowMapping | None:
    """The row of that name; of a profile, below its account."""
    query = rows(kind).where(TABLES[kind].c.name == name)
    if kind is Profile:
        query = query.where(accounts.c.name == account)
    return connection.execute(query).mappings().one_or_none()


def full_name(entity: Entity) -> str:
    """How addresses and the audit log name it: a profile is account/profile."""
    return f"{entity.account}/{entity.name}" if isinstance(entity, Profile) else entity.name


def settings(entity: Entity) -> dict[str, object]:
    """All but what only the database gives it; with secrets."""
    return {field.name: getattr(entity, field.name) for field in fields(entity) if field.name not in _OURS}


class Entities:
    """Rows to entities and back, for those who hold the keys."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def read(self, kind: type[E], row: RowMapping, *, secrets: bool = True) -> E:
        """The entity of a row; without `secrets` it has `KEPT` where one is stored. Raises: Halt if one cannot be decrypted."""
        values = {field.name: row[field.name] for field in fields(kind)}
        for name, place in _places(kind, row["id"]).items():
            values[name] = self._secrets.open(place, row[name]) if secrets else _kept(row[name])
        return kind(**values)

    def compared(self, wanted: E, row: RowMapping) -> E:
        """What is stored, to be compared with `wanted`: secrets that it keeps are `KEPT`.

        One that cannot be decrypted equals none: saving anew is the way out of a lost key, so it must not need that key.
        """
        values: dict[str, Any] = {field.name: row[field.name] for field in fields(wanted)}
        for name, place in _places(type(wanted), row["id"]).items():
            values[name] = KEPT if getattr(wanted, name) == KEPT else self._opened(place, row[name])
        return type(wanted)(**values)

    def store(self, connection: Connection, entity: Entity, row: RowMapping | None) -> None:
        """Insert, or replace `row`, with a version of its own. Raises: BadInput if it names what does not exist."""
        table = TABLES[type(entity)]
        values = _values(connection, entity)
        for name in secret_names(type(entity)):
            del values[name]
        if row:
            row_id = row["id"]
            values["version"] = row["version"] + 1
        else:
            # A secret is bound to its row, so a new row comes first.
            row_id = connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one()
        sealed = self.sealed(entity, row_id)
        connection.execute(update(table).where(table.c.id == row_id).values(**values, **sealed))
        if isinstance(entity, Account):
            account_keys.refresh(connection, row_id)
            login_marks.renew(connection, self._secrets, accounts.c.id == row_id)

    def sealed(self, entity: Entity, row_id: int) -> dict[str, str]:
        """Its secrets, encrypted for the row of this id, by column; without those that it keeps."""
        plain = {name: (place, getattr(entity, name)) for name, place in _places(type(entity), row_id).items()}
        return {name: self._secrets.seal(place, secret) for name, (place, secret) in plain.items() if secret != KEPT}

    def marks(self, account: Account, wice: int, exchange: int) -> dict[str, str]:
        """The marks of a new account's logins at the servers of these ids, by column."""
        ids = {Side.WICE: wice, Side.EXCHANGE: exchange}
        found = (login_marks.of_account(self._secrets, account, side, server) for side, server in ids.items())
        return dict(zip(login_marks.NAMES, found, strict=True))

    def _opened(self, place: Place, stored: str) -> str:
        try:
            return self._secrets.open(place, stored)
        except Halt:
            return _UNREADABLE


def settled(entity: E, row: RowMapping | None) -> E:
    """The entity without secrets that it keeps but that were never given. Raises: BadInput for a new one that keeps any."""
    keeps = [name for name in secret_names(type(entity)) if getattr(entity, name) == KEPT]
    if keeps and row is None:
        raise BadInput(
            f"{NOUNS[type(entity)]} {entity.name!r} is new: give its {' and '.join(keeps)}",
            fields=dict.fromkeys(keeps, "must be given"),
        )
    missing: Mapping[str, Any] = {name: "" for name in keeps if row and not row[name]}
    return replace(entity, **missing)


def _kept(stored: str) -> str:
    return KEPT if stored else ""


def secret_names(kind: type) -> Collection[str]:
    """The settings of a kind that are encrypted."""
    return [column.name for column in secret_columns(TABLES[kind])]


def _places(kind: type, row_id: int) -> dict[str, Place]:
    return {name: Place(TABLES[kind].name, row_id, name) for name in secret_names(kind)}


def _values(connection: Connection, entity: Entity) -> dict[str, Any]:
    """The row's values; references by name become ids. Raises: BadInput with all names that do not exist."""
    values = settings(entity)
    problems = {}
    for reference, table in _REFERENCES.items():
        if reference in values:
            name = values.pop(reference)
            if not name and reference == "template":
                values["template_id"] = None
                continue
            values[f"{reference}_id"] = connection.execute(select(table.c.id).where(table.c.name == name)).scalar()
            if values[f"{reference}_id"] is None:
                noun = reference.replace("_", " ")
                problems[reference] = (
                    f"{NOUNS[type(entity)]} {entity.name!r}: there is no {noun} {name!r}; define it first"
                )
    if problems:
        raise BadInput(*problems.values(), fields=dict.fromkeys(problems, "does not exist"))
    return values

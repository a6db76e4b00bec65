"""Servers, accounts and profiles (R34), with their secrets decrypted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, RowMapping, Select, delete, func, insert, or_, select, update

from app.adapters.db import unlinking
from app.adapters.db.reconfigured import Configured, follow_up, kept
from app.adapters.db.secrets import Place, Secrets, secret_columns
from app.adapters.db.session import reading, take_turns, writing
from app.adapters.db.tables import accounts, exchange_servers, profiles, templates, wice_servers
from app.domain.account import Account, ExchangeServer, Profile, WiceServer
from app.domain.ids import ProfileId
from app.domain.sync import Kind
from app.errors import BadInput, Halt, Superseded

_E = TypeVar("_E", bound=Configured)

_TABLES = {WiceServer: wice_servers, ExchangeServer: exchange_servers, Account: accounts, Profile: profiles}
_NOUNS = {WiceServer: "Wice server", ExchangeServer: "Exchange server", Account: "account", Profile: "profile"}
_REFERENCES = {
    "wice_server": wice_servers,
    "exchange_server": exchange_servers,
    "account": accounts,
    "template": templates,
}
_OURS = frozenset({"id", "version"})
_LOCK = 0x77696302
_SHOWN_NAMES = 10
_full_name = accounts.c.name + "/" + profiles.c.name


class SqlRegistry:
    """`app.ports.Registry` in a database."""

    def __init__(self, engine: Engine, secrets: Secrets) -> None:
        self._engine = engine
        self._secrets = secrets

    def wice_servers(self, *, secrets: bool = True) -> Sequence[WiceServer]:
        return self._all(WiceServer, secrets=secrets)

    def exchange_servers(self, *, secrets: bool = True) -> Sequence[ExchangeServer]:
        return self._all(ExchangeServer, secrets=secrets)

    def accounts(self, *, secrets: bool = True) -> Sequence[Account]:
        return self._all(Account, secrets=secrets)

    def profiles(self) -> Sequence[Profile]:
        return self._all(Profile)

    def profile(self, name: str) -> tuple[Profile, Account, WiceServer, ExchangeServer]:
        """See `app.ports.Registry.profile`."""
        with reading(self._engine) as connection:
            found = (
                connection.execute(_rows(Profile).where(or_(profiles.c.name == name, _full_name == name)))
                .mappings()
                .all()
            )
            if len(found) != 1:
                raise BadInput(_not_one(connection, name, [f"{row['account']}/{row['name']}" for row in found]))
            profile = self._entity(Profile, found[0])
            account = self._one(connection, Account, profile.account)
            wice = self._one(connection, WiceServer, account.wice_server)
            return profile, account, wice, self._one(connection, ExchangeServer, account.exchange_server)

    def save(self, entity: Configured) -> bool:
        """See `app.ports.Registry.save`. Raises: BadInput if it names a server or account that does not exist."""
        with writing(self._engine) as connection:
            # Two at once may bring the same new name.
            take_turns(connection, _LOCK)
            row = _find(connection, entity)
            if entity.version and (row is None or row["version"] != entity.version):
                raise Superseded(
                    f"{_NOUNS[type(entity)]} {entity.name!r} was changed or removed meanwhile; look at it again"
                )
            wanted = kept(entity, row) if row else entity
            if row and self._is_stored(wanted, row):
                return False
            self._store(connection, wanted, row)
            if row:
                follow_up(connection, wanted, row)
            return True

    def remove(self, entity: Configured) -> None:
        """See `app.ports.Registry.remove`: servers take their accounts along, accounts their profiles, profiles their books."""
        table = _TABLES[type(entity)]
        with writing(self._engine) as connection:
            row = _find(connection, entity)
            if row is None:
                raise BadInput(f"there is no {_NOUNS[type(entity)]} {entity.name!r}")
            connection.execute(delete(table).where(table.c.id == row["id"]))

    def linked_kinds(self, profile: ProfileId) -> frozenset[Kind]:
        """See `app.ports.Registry.linked_kinds`."""
        with reading(self._engine) as connection:
            return unlinking.linked_kinds(connection, profile)

    def unlink(self, profile: ProfileId, kinds: Collection[Kind]) -> None:
        """See `app.ports.Registry.unlink`."""
        with writing(self._engine) as connection:
            unlinking.unlink(connection, profile, kinds)

    def _all(self, kind: type[_E], *, secrets: bool = True) -> Sequence[_E]:
        with reading(self._engine) as connection:
            return [
                self._entity(kind, row, secrets=secrets)
                for row in connection.execute(_rows(kind).order_by(_TABLES[kind].c.name)).mappings()
            ]

    def _one(self, connection: Connection, kind: type[_E], name: str) -> _E:
        query = _rows(kind).where(_TABLES[kind].c.name == name)
        return self._entity(kind, connection.execute(query).mappings().one())

    def _is_stored(self, entity: Configured, row: RowMapping) -> bool:
        try:
            return entity == self._entity(type(entity), row)
        except Halt:
            # Saving anew is the way out of a lost key, so it must not need that key.
            return False

    def _entity(self, kind: type[_E], row: RowMapping, *, secrets: bool = True) -> _E:
        values = {field.name: row[field.name] for field in fields(kind)}
        for column in secret_columns(_TABLES[kind]):
            place = Place(column.table.name, row["id"], column.name)
            values[column.name] = self._secrets.open(place, row[column.name]) if secrets else ""
        return kind(**values)

    def _store(self, connection: Connection, entity: Configured, row: RowMapping | None) -> None:
        table = _TABLES[type(entity)]
        values = _values(connection, entity)
        plain = {column.name: values.pop(column.name) for column in secret_columns(table)}
        # A secret is bound to its row, so a new row comes first.
        row_id = (
            row["id"] if row else connection.execute(insert(table).values(**values).returning(table.c.id)).scalar_one()
        )
        if row:
            values["version"] = row["version"] + 1
        sealed = {name: self._secrets.seal(Place(table.name, row_id, name), secret) for name, secret in plain.items()}
        connection.execute(update(table).where(table.c.id == row_id).values(**values, **sealed))


def _rows(kind: type) -> Select[Any]:
    """The rows of a kind, with the names of what they refer to in place of their ids."""
    if kind is Account:
        servers = (wice_servers.c.name.label("wice_server"), exchange_servers.c.name.label("exchange_server"))
        return select(accounts, *servers).join(wice_servers).join(exchange_servers)
    if kind is Profile:
        names = (accounts.c.name.label("account"), func.coalesce(templates.c.name, "").label("template"))
        return select(profiles, *names).join(accounts).outerjoin(templates, templates.c.id == profiles.c.template_id)
    return select(_TABLES[kind])


def _find(connection: Connection, entity: Configured) -> RowMapping | None:
    query = _rows(type(entity)).where(_TABLES[type(entity)].c.name == entity.name)
    if isinstance(entity, Profile):
        query = query.where(accounts.c.name == entity.account)
    return connection.execute(query).mappings().one_or_none()


def _values(connection: Connection, entity: Configured) -> dict[str, Any]:
    """The row's values; references by name become ids. Raises: BadInput with all names that do not exist."""
    values = {field.name: getattr(entity, field.name) for field in fields(entity) if field.name not in _OURS}
    problems = []
    for reference, table in _REFERENCES.items():
        if reference in values:
            name = values.pop(reference)
            if not name and reference == "template":
                values["template_id"] = None
                continue
            values[f"{reference}_id"] = connection.execute(select(table.c.id).where(table.c.name == name)).scalar()
            if values[f"{reference}_id"] is None:
                noun = reference.replace("_", " ")
                problems.append(f"{_NOUNS[type(entity)]} {entity.name!r}: there is no {noun} {name!r}; define it first")
    if problems:
        raise BadInput(*problems)
    return values


def _not_one(connection: Connection, name: str, found: Sequence[str]) -> str:
    if found:
        return f"{len(found)} profiles are called {name!r}: {', '.join(sorted(found))}; give account/profile"
    query = select(_full_name).select_from(profiles.join(accounts)).order_by(_full_name).limit(_SHOWN_NAMES + 1)
    names = connection.execute(query).scalars().all()
    if not names:
        return f"there is no profile {name!r}, nor any other; create profiles with `wice-sync apply FILE`"
    more = ", ..." if len(names) > _SHOWN_NAMES else ""
    return f"there is no profile {name!r}; there are: {', '.join(names[:_SHOWN_NAMES])}{more}"

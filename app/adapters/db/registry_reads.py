"""Servers, accounts, profiles and templates, read: all of a kind, or one by its name without looking at the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, exists, func, or_, select

from app.adapters.db import unlinking
from app.adapters.db.configured import FULL_NAME, NOUNS, TABLES, E, Entities, find, named, rows
from app.adapters.db.reconfigured import profiles_of
from app.adapters.db.secrets import Secrets
from app.adapters.db.session import reading
from app.adapters.db.tables import accounts, exchange_servers, links, profiles, wice_servers
from app.domain.account import Account, ExchangeServer, Linked, Profile, Template, WiceServer
from app.domain.budget import OwnLimits
from app.domain.ids import ProfileId
from app.domain.sync import Kind, Side
from app.errors import BadInput, NotFound

_SHOWN_NAMES = 10


class RegistryReads:
    """The reading half of `app.ports.Registry`."""

    def __init__(self, engine: Engine, secrets: Secrets) -> None:
        self._engine = engine
        self._entities = Entities(secrets)

    def wice_servers(self, *, secrets: bool = True) -> Sequence[WiceServer]:
        return self._all(WiceServer, secrets=secrets)

    def exchange_servers(self, *, secrets: bool = True) -> Sequence[ExchangeServer]:
        return self._all(ExchangeServer, secrets=secrets)

    def accounts(self, *, secrets: bool = True) -> Sequence[Account]:
        return self._all(Account, secrets=secrets)

    def profiles(self) -> Sequence[Profile]:
        return self._all(Profile)

    def templates(self) -> Sequence[Template]:
        return self._all(Template)

    def wice_server(self, name: str, *, secrets: bool = False) -> WiceServer:
        return self._single(WiceServer, name, secrets=secrets)

    def exchange_server(self, name: str, *, secrets: bool = False) -> ExchangeServer:
        return self._single(ExchangeServer, name, secrets=secrets)

    def account(self, name: str, *, secrets: bool = False) -> Account:
        return self._single(Account, name, secrets=secrets)

    def profile_of(self, account: str, name: str) -> Profile:
        return self._single(Profile, name, account)

    def template(self, name: str) -> Template:
        return self._single(Template, name)

    def profiles_of_account(self, account: str) -> Sequence[Profile]:
        """See `app.ports.Registry.profiles_of_account`."""
        with reading(self._engine) as connection:
            query = rows(Profile).where(accounts.c.name == account).order_by(profiles.c.name)
            return [self._entities.read(Profile, row) for row in connection.execute(query).mappings()]

    def profiles_of_mailbox(self, exchange_server: str, mailbox: str) -> Sequence[Profile]:
        """See `app.ports.Registry.profiles_of_mailbox`."""
        with reading(self._engine) as connection:
            server = select(exchange_servers.c.id).where(exchange_servers.c.name == exchange_server).scalar_subquery()
            here = (accounts.c.exchange_server_id == server, func.lower(accounts.c.mailbox) == mailbox.lower())
            found = connection.execute(rows(Profile).where(*here).order_by(FULL_NAME)).mappings()
            return [self._entities.read(Profile, row) for row in found]

    def profile(self, name: str) -> tuple[Profile, Account, WiceServer, ExchangeServer]:
        """See `app.ports.Registry.profile`."""
        with reading(self._engine) as connection:
            query = rows(Profile).where(or_(profiles.c.name == name, FULL_NAME.in_([name])))
            found = connection.execute(query).mappings().all()
            if not found:
                raise NotFound(_unknown(connection, name))
            if len(found) > 1:
                names = ", ".join(sorted(f"{row['account']}/{row['name']}" for row in found))
                raise BadInput(f"{len(found)} profiles are called {name!r}: {names}; give account/profile")
            profile = self._entities.read(Profile, found[0])
            account = self._named(connection, Account, profile.account)
            wice = self._named(connection, WiceServer, account.wice_server)
            return profile, account, wice, self._named(connection, ExchangeServer, account.exchange_server)

    def profile_name(self, profile: ProfileId) -> str | None:
        """See `app.ports.Registry.profile_name`."""
        with reading(self._engine) as connection:
            query = select(FULL_NAME).select_from(profiles.join(accounts)).where(profiles.c.id == profile)
            return connection.execute(query).scalar()

    def limits(self) -> Sequence[OwnLimits]:
        """See `app.ports.Registry.limits`."""
        wice = select(wice_servers.c.url, *_limits(wice_servers))
        named = select(exchange_servers.c.url, *_limits(exchange_servers)).where(exchange_servers.c.url != "")
        found = select(accounts.c.endpoint, *_limits(exchange_servers)).join_from(accounts, exchange_servers)
        found = found.where(exchange_servers.c.url == "", accounts.c.endpoint != "").distinct()
        with reading(self._engine) as connection:
            return [
                OwnLimits(side, *row)
                for side, query in ((Side.WICE, wice), (Side.EXCHANGE, named), (Side.EXCHANGE, found))
                for row in connection.execute(query)
            ]

    def active_profiles(self) -> Sequence[str]:
        """See `app.ports.Registry.active_profiles`."""
        query = (
            select(FULL_NAME)
            .select_from(profiles.join(accounts))
            .where(profiles.c.active, accounts.c.active)
            .order_by(profiles.c.name, accounts.c.name)
        )
        with reading(self._engine) as connection:
            return connection.execute(query).scalars().all()

    def linked_kinds(self, profile: ProfileId) -> frozenset[Kind]:
        """See `app.ports.Registry.linked_kinds`."""
        with reading(self._engine) as connection:
            return unlinking.linked_kinds(connection, profile)

    def linked(self, entity: WiceServer | ExchangeServer | Account | Profile) -> Sequence[Linked]:
        """See `app.ports.Registry.linked`."""
        has = [exists().where(links.c.profile_id == profiles.c.id, links.c.kind == kind) for kind in Kind]
        with reading(self._engine) as connection:
            row = find(connection, entity)
            if row is None:
                return []
            query = (
                select(profiles.c.id, FULL_NAME, *has)
                .select_from(profiles.join(accounts))
                .where(profiles.c.id.in_(profiles_of(entity, row["id"])), or_(*has))
                .order_by(FULL_NAME)
            )
            return [
                Linked(row_id, name, frozenset(kind for kind, on in zip(Kind, kinds, strict=True) if on))
                for row_id, name, *kinds in connection.execute(query)
            ]

    def _all(self, kind: type[E], *, secrets: bool = True) -> Sequence[E]:
        with reading(self._engine) as connection:
            found = connection.execute(rows(kind).order_by(TABLES[kind].c.name)).mappings()
            return [self._entities.read(kind, row, secrets=secrets) for row in found]

    def _single(self, kind: type[E], name: str, account: str = "", *, secrets: bool = False) -> E:
        with reading(self._engine) as connection:
            return self._named(connection, kind, name, account, secrets=secrets)

    def _named(self, connection: Connection, kind: type[E], name: str, account: str = "", *, secrets: bool = True) -> E:
        row = named(connection, kind, name, account)
        if row is None:
            raise NotFound(f"there is no {NOUNS[kind]} {f'{account}/{name}' if account else name!r}")
        return self._entities.read(kind, row, secrets=secrets)


def _unknown(connection: Connection, name: str) -> str:
    query = select(FULL_NAME).select_from(profiles.join(accounts)).order_by(FULL_NAME).limit(_SHOWN_NAMES + 1)
    names = connection.execute(query).scalars().all()
    if not names:
        return f"there is no profile {name!r}, nor any other; create profiles with `wice-sync apply FILE`"
    more = ", ..." if len(names) > _SHOWN_NAMES else ""
    return f"there is no profile {name!r}; there are: {', '.join(names[:_SHOWN_NAMES])}{more}"


def _limits(servers: Table) -> tuple[Column[Any], Column[Any]]:
    return servers.c.requests_per_second, servers.c.concurrent_requests

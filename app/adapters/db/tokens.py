"""API tokens, stored as hashes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, delete, insert, or_, select, update

from app.adapters.db.audit import note
from app.adapters.db.session import reading, take_turns, writing
from app.adapters.db.sessions import TOUCH_EVERY
from app.adapters.db.tables_people import api_tokens, users
from app.adapters.db.user_rows import PREFIX, prefixed_columns, read_user
from app.domain.people import Actor, ApiToken, User
from app.errors import NotFound, Taken

_LOCK = 0x77696306


class SqlTokens:
    """See `app.ports.people.Tokens`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def tokens(self, user: User | None = None) -> Sequence[ApiToken]:
        """Somebody's, or everybody's, by owner and name."""
        query = _query().order_by(users.c.name_key, api_tokens.c.name, api_tokens.c.id)
        if user is not None:
            query = query.where(api_tokens.c.user_id == user.id)
        with reading(self._engine) as connection:
            return [_read(row) for row in connection.execute(query)]

    def token(self, token: int) -> ApiToken:
        """Raises: NotFound."""
        with reading(self._engine) as connection:
            return _read(_row(connection, token))

    def add(self, user: User, token: ApiToken, token_hash: str, by: Actor) -> ApiToken:
        """Raises: Taken if the user has one of that name."""
        same = select(api_tokens.c.id).where(api_tokens.c.user_id == user.id, api_tokens.c.name == token.name)
        values = {"name": token.name, "role": token.role, "created": token.created, "until": token.until}
        with writing(self._engine) as connection:
            take_turns(connection, _LOCK)
            if connection.execute(same).one_or_none() is not None:
                raise Taken(
                    f"{user.name} has an API token called {token.name!r} already. Take another name, or revoke that one."
                )
            adding = insert(api_tokens).values(**values, user_id=user.id, hash=token_hash).returning(api_tokens.c.id)
            stored = _read(_row(connection, connection.execute(adding).scalar_one()))
            shown = {"name": stored.name, "role": stored.role, "until": stored.until}
            note(connection, by, "token_made", "user", user.name, after={"token": stored.id, **shown})
            return stored

    def revoke(self, token: ApiToken, by: Actor) -> None:
        """Raises: NotFound."""
        with writing(self._engine) as connection:
            if not connection.execute(delete(api_tokens).where(api_tokens.c.id == token.id)).rowcount:
                raise NotFound("There is no such API token; it may be revoked already.")
            shown = {"token": token.id, "name": token.name, "role": token.role}
            note(connection, by, "token_revoked", "user", token.user, before=shown)

    def holder(self, token_hash: str, now: datetime) -> tuple[ApiToken, User] | None:
        """A token that is good and its active owner; notes that it is used, at most once a minute."""
        good = (api_tokens.c.hash == token_hash) & users.c.active
        query = _query().where(good, or_(api_tokens.c.until.is_(None), api_tokens.c.until > now))
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if row.used is None or row.used <= now - TOUCH_EVERY:
            with writing(self._engine) as connection:
                connection.execute(update(api_tokens).where(api_tokens.c.id == row.id).values(used=now))
        return _read(row), read_user(row, PREFIX)


def _query() -> Select[Any]:
    return select(api_tokens, *prefixed_columns()).join(users, users.c.id == api_tokens.c.user_id)


def _row(connection: Connection, token: int) -> Row[Any]:
    row = connection.execute(_query().where(api_tokens.c.id == token)).one_or_none()
    if row is None:
        raise NotFound("There is no such API token; it may be revoked already.")
    return row


def _read(row: Row[Any]) -> ApiToken:
    return ApiToken(
        id=row.id,
        user=read_user(row, PREFIX).name,
        name=row.name,
        role=row.role,
        created=row.created,
        until=row.until,
        used=row.used,
    )

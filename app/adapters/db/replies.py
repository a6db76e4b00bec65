"""Answers to API requests that a client may repeat with the same `Idempotency-Key`, kept for a day.

A request whose process died stays "at work" for that day: nobody knows what it has done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Engine, and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.adapters.db.session import writing
from app.adapters.db.tables_people import api_replies
from app.errors import BadInput, Taken
from app.ports.people import Reply

_KEPT: Final = timedelta(days=1)
_AT_WORK: Final = 0


def _now() -> datetime:
    return datetime.now(UTC)


class SqlReplies:
    """See `app.ports.people.Replies`."""

    def __init__(self, engine: Engine, now: Callable[[], datetime] = _now) -> None:
        self._engine = engine
        self._now = now

    def begin(self, actor: str, key: str, request_hash: str) -> Reply | None:
        """None: carry it out. Raises: Taken while the first is at work, BadInput for another request."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        now = self._now()
        row = {"actor": actor, "key": key, "request_hash": request_hash, "status": _AT_WORK, "at": now}
        with writing(self._engine) as connection:
            connection.execute(delete(api_replies).where(api_replies.c.at < now - _KEPT))
            adding = dialect.insert(api_replies).values(**row).on_conflict_do_nothing().returning(api_replies.c.key)
            if connection.execute(adding).one_or_none() is not None:
                return None
            kept = connection.execute(select(api_replies).where(_of(actor, key))).one()
        if kept.request_hash != request_hash:
            raise BadInput("This Idempotency-Key was used for another request. Take a new key for every request.")
        if kept.status == _AT_WORK:
            raise Taken("The first request with this Idempotency-Key is still at work. Ask again in a moment.")
        return Reply(kept.status, kept.headers, kept.body)

    def finish(self, actor: str, key: str, status: int, headers: str, body: str) -> None:
        """Keep the answer for a day."""
        values = {"status": status, "headers": headers, "body": body}
        with writing(self._engine) as connection:
            connection.execute(update(api_replies).where(_of(actor, key)).values(**values))

    def forget(self, actor: str, key: str) -> None:
        """Nothing was done: the key is free again."""
        with writing(self._engine) as connection:
            connection.execute(delete(api_replies).where(_of(actor, key)))


def _of(actor: str, key: str) -> ColumnElement[bool]:
    return and_(api_replies.c.actor == actor, api_replies.c.key == key)

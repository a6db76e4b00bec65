"""Reading the audit log, newest first, in pages by `seq`, which only ever grows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Engine, Row, Text, cast, func, or_, select

from app.adapters.db.session import reading
from app.adapters.db.tables_people import audit
from app.domain.people import AuditEntry, AuditPage, AuditQuery

_PORTION: Final = 500


class SqlAuditLog:
    """See `app.ports.people.AuditLog`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, query: AuditQuery, *, older: int = 0, newer: int = 0, limit: int = 50) -> AuditPage:
        """The newest entries; those before `older`; or those right after `newer`."""
        wanted = select(audit).where(*_conditions(query)).limit(limit + 1)
        if newer:
            wanted = wanted.where(audit.c.seq > newer).order_by(audit.c.seq)
        else:
            wanted = wanted.where(*([audit.c.seq < older] if older else [])).order_by(audit.c.seq.desc())
        with reading(self._engine) as connection:
            found = [_read(row) for row in connection.execute(wanted)]
        shown, more = found[:limit], len(found) > limit
        if newer:
            shown.reverse()
        has_older, has_newer = (True, more) if newer else (more, bool(older))
        if not shown:
            return AuditPage(())
        return AuditPage(tuple(shown), shown[-1].seq if has_older else None, shown[0].seq if has_newer else None)

    def entries(self, query: AuditQuery) -> Iterator[AuditEntry]:
        """All, newest first; what is added meanwhile is not among them."""
        older = 0
        while True:
            # Portion by portion, so that a slow reader holds no connection.
            page = self.page(query, older=older, limit=_PORTION)
            yield from page.entries
            if page.older is None:
                return
            older = page.older

    def choices(self) -> tuple[Sequence[str], Sequence[str]]:
        """The actions and the kinds of entities that occur."""
        with reading(self._engine) as connection:
            actions, kinds = (
                connection.execute(select(column).distinct().order_by(column)).scalars().all()
                for column in (audit.c.action, audit.c.entity_kind)
            )
        return actions, kinds


def _conditions(query: AuditQuery) -> Iterator[ColumnElement[bool]]:
    for name in ("actor", "action", "entity_kind", "entity"):
        if value := getattr(query, name):
            yield audit.c[name] == value
    if query.since:
        yield audit.c.at >= query.since
    if query.until:
        yield audit.c.at < query.until
    if query.text:
        # `before` and `after` are JSON in ASCII: other letters stand there escaped.
        columns = (audit.c.actor, audit.c.entity, audit.c.action, audit.c.address)
        texts = [func.lower(column).contains(query.text.lower(), autoescape=True) for column in columns]
        yield or_(*texts, *(_in_json(column, query.text) for column in (audit.c.before, audit.c.after)))


def _in_json(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    escaped = json.dumps(text)[1:-1]
    return func.lower(cast(column, Text)).contains(escaped.lower(), autoescape=True)


def _read(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        at=row.at,
        actor=row.actor,
        via=row.via,
        action=row.action,
        entity_kind=row.entity_kind,
        entity=row.entity,
        before=row.before,
        after=row.after,
        address=row.address,
        request=row.request,
        seq=row.seq,
    )

"""The sums of monitoring, to which every process adds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, select

from app.adapters.db.session import reading, writing
from app.adapters.db.tables_operations import measures
from app.adapters.db.upsert import Excluded, upsert
from app.domain.measures import Labels, Measure


class SqlMeasures:
    """See `app.ports.metering.Measures`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, more: Mapping[tuple[str, Labels], float]) -> None:
        """See `app.ports.metering.Measures.add`."""
        if more:
            with writing(self._engine) as connection:
                add(connection, more)

    def read(self) -> Sequence[Measure]:
        """See `app.ports.metering.Measures.read`."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(measures).order_by(measures.c.name, measures.c.labels)).all()
        return [Measure(row.name, tuple(json.loads(row.labels).items()), row.value) for row in rows]


def add(connection: Connection, more: Mapping[tuple[str, Labels], float]) -> None:
    """Add within a transaction."""
    # In one order, so that two transactions never wait for each other.
    rows = sorted((name, json.dumps(dict(labels)), value) for (name, labels), value in more.items())
    given = [{"name": name, "labels": labels, "value": value} for name, labels, value in rows]
    upsert(connection, measures, given, computed=_added)


def _added(given: Excluded) -> Mapping[str, ColumnElement[Any]]:
    return {"value": measures.c.value + given["value"]}

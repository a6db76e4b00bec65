"""What was learnt of a server and need not be asked again in every run: yes and no by name, good for a day.

Kept among the options, under names that no option has. Who asks says under which settings it was learnt: of other settings nothing is known.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Engine, delete, select

from app.adapters.db.session import reading, writing
from app.adapters.db.tables_people import options
from app.adapters.db.upsert import upsert

GOOD_FOR: Final = timedelta(days=1)


class SqlLearnt:
    """`app.ports.Learnt` in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def recall(self, server: str, settings: str, now: datetime) -> Mapping[str, bool]:
        """See `app.ports.Learnt.recall`."""
        with reading(self._engine) as connection:
            text = connection.execute(select(options.c.value).where(options.c.name == _name(server))).scalar()
        try:
            kept = json.loads(text or "{}")
            learnt = datetime.fromisoformat(kept["at"])
            fresh = kept["settings"] == settings and learnt <= now < learnt + GOOD_FOR
            return {str(name): value is True for name, value in kept["facts"].items()} if fresh else {}
        except (ValueError, KeyError, TypeError, AttributeError):
            return {}  # nothing, or nothing that this version understands

    def keep(self, server: str, settings: str, facts: Mapping[str, bool], now: datetime) -> None:
        """See `app.ports.Learnt.keep`."""
        value = json.dumps({"at": now.astimezone(UTC).isoformat(), "settings": settings, "facts": dict(facts)})
        with writing(self._engine) as connection:
            upsert(connection, options, [{"name": _name(server), "value": value}])

    def forget(self, server: str) -> None:
        """See `app.ports.Learnt.forget`."""
        with writing(self._engine) as connection:
            connection.execute(delete(options).where(options.c.name == _name(server)))


def _name(server: str) -> str:
    return f"learnt/wice/{server}"

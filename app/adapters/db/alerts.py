"""Alerts in the database: settings, what stands, and an outbox, so that several schedulers tell everything once."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from app.adapters.db.audit import note
from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.secrets import Place, Secrets
from app.adapters.db.session import reading, take_turns, writing
from app.adapters.db.tables import accounts, failures, profiles
from app.adapters.db.tables_operations import ALERT_SECRETS, alert_messages, alert_settings, alerts
from app.adapters.db.upsert import upsert
from app.adapters.db.views import overview
from app.domain.alerts import Alert, AlertSettings, Facts, Security, Standing
from app.domain.ids import new_id
from app.domain.people import Actor
from app.errors import Superseded
from app.ports.alerts import Told

_LOCK: Final = 0x77696312
_ROW: Final = 1
TAKEN_FOR: Final = timedelta(minutes=2)
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=1)
GIVEN_UP_AFTER: Final = timedelta(days=1)
QUARANTINED_FROM: Final = 5
"""Refusals in a row (R32)."""


class SqlAlerts:
    """See `app.ports.alerts.AlertStore`."""

    def __init__(self, engine: Engine, secrets: Secrets) -> None:
        self._engine = engine
        self._secrets = secrets

    def settings(self) -> AlertSettings:
        """See `app.ports.alerts.AlertStore.settings`."""
        with reading(self._engine) as connection:
            return self._read(connection)

    def change(self, seen: AlertSettings, wanted: AlertSettings, by: Actor) -> None:
        """See `app.ports.alerts.AlertStore.change`."""
        with writing(self._engine) as connection:
            take_turns(connection, _LOCK)
            stored = self._read(connection)
            if stored != seen:
                raise Superseded("the settings were changed meanwhile; look at them again")
            if stored == wanted:
                return
            values = asdict(wanted)
            sealed = {name: self._secrets.seal(_place(name), values.pop(name)) for name in ALERT_SECRETS}
            upsert(connection, alert_settings, [{"id": _ROW, "settings": json.dumps(values), **sealed}])
            note(connection, by, "changed", "alerts", "", asdict(stored), asdict(wanted))

    def facts(self) -> Facts:
        """See `app.ports.alerts.AlertStore.facts`."""
        worst = func.max(profiles.c.failed_runs)
        active = (
            select(accounts.c.name, worst).join_from(profiles, accounts).where(profiles.c.active, accounts.c.active)
        )
        failing = active.where(profiles.c.failed_runs > 0).group_by(accounts.c.name)
        resting = select(func.count()).select_from(failures).where(failures.c.count >= QUARANTINED_FROM)
        anything = select(profiles.c.id).join(accounts).where(profiles.c.active, accounts.c.active).limit(1)
        with reading(self._engine) as connection:
            oldest = overview.oldest_change(connection)
            return Facts(
                failing=[(name, runs) for name, runs in connection.execute(failing)],
                oldest_change=oldest.since if oldest else None,
                quarantined=connection.execute(resting).scalar_one(),
                anything_to_do=connection.execute(anything).one_or_none() is not None,
            )

    def settle(
        self, decide: Callable[[Sequence[Standing]], tuple[Told, Sequence[Standing]]], channels: Sequence[str]
    ) -> int:
        """See `app.ports.alerts.AlertStore.settle`."""
        with writing(self._engine) as connection:
            take_turns(connection, _LOCK)
            rows = connection.execute(select(alerts)).mappings()
            before = [Standing(**row) for row in rows]
            messages, after = decide(before)
            if {*before} != {*after}:
                connection.execute(delete(alerts))
                upsert(connection, alerts, [asdict(one) for one in after])
            now = connection.execute(select(DatabaseTime())).scalar_one()
            outgoing = [
                {"channel": channel, "alert": _alert(word, one, now), "made": now, "due": now}
                for word, one in messages
                for channel in channels
            ]
            if outgoing:
                connection.execute(insert(alert_messages), outgoing)
            return len(outgoing)

    def take(self, limit: int) -> Sequence[tuple[int, str, Alert]]:
        """See `app.ports.alerts.AlertStore.take`."""
        due = select(alert_messages).where(alert_messages.c.due <= DatabaseTime()).order_by(alert_messages.c.id)
        with reading(self._engine) as connection:
            if not connection.execute(due.limit(1)).one_or_none():
                return []
        with writing(self._engine) as connection:
            rows = connection.execute(due.limit(limit).with_for_update(skip_locked=True)).all()
            mine = alert_messages.c.id.in_([row.id for row in rows])
            connection.execute(update(alert_messages).where(mine).values(due=DatabaseTime(TAKEN_FOR)))
            return [(row.id, row.channel, row.alert) for row in rows]

    def sent(self, number: int) -> None:
        """See `app.ports.alerts.AlertStore.sent`."""
        with writing(self._engine) as connection:
            connection.execute(delete(alert_messages).where(alert_messages.c.id == number))

    def failed(self, number: int) -> None:
        """See `app.ports.alerts.AlertStore.failed`."""
        mine = alert_messages.c.id == number
        with writing(self._engine) as connection:
            attempts = connection.execute(select(alert_messages.c.attempts).where(mine)).scalar() or 0
            pause = min(FIRST_PAUSE * 2 ** min(attempts, 10), LONGEST_PAUSE)
            connection.execute(
                update(alert_messages).where(mine).values(attempts=attempts + 1, due=DatabaseTime(pause))
            )
            connection.execute(
                delete(alert_messages).where(mine, alert_messages.c.made < DatabaseTime(-GIVEN_UP_AFTER))
            )

    def _read(self, connection: Connection) -> AlertSettings:
        row = connection.execute(select(alert_settings).where(alert_settings.c.id == _ROW)).one_or_none()
        if row is None:
            return AlertSettings()
        known = {one.name for one in fields(AlertSettings)}
        values: dict[str, Any] = {name: value for name, value in json.loads(row.settings).items() if name in known}
        values |= {name: self._secrets.open(_place(name), getattr(row, name)) for name in ALERT_SECRETS}
        return replace(AlertSettings(), **values | {"smtp_security": Security(values.get("smtp_security", "starttls"))})


def _alert(word: Any, one: Standing, now: Any) -> Alert:
    return Alert(id=new_id(), word=word, topic=one.topic, subject=one.subject, value=one.value, since=one.since, at=now)


def _place(column: str) -> Place:
    return Place(alert_settings.name, _ROW, column)

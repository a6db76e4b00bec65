"""The options of the whole server: JSON values by name. What is not there, or is none of this version's values, has its default."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Final

from sqlalchemy import Connection, Engine, select

from app.adapters.db.audit import note
from app.adapters.db.session import reading, take_turns, writing
from app.adapters.db.tables_people import options
from app.adapters.db.upsert import upsert
from app.domain.options import Options
from app.domain.people import Actor
from app.errors import Superseded

_LOCK: Final = 0x77696306


class SqlOptions:
    """`app.ports.options.OptionStore` in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self) -> Options:
        """See `app.ports.options.OptionStore.read`."""
        with reading(self._engine) as connection:
            return _read(connection)

    def replace(self, seen: Options, wanted: Options, by: Actor) -> bool:
        """See `app.ports.options.OptionStore.replace`."""
        with writing(self._engine) as connection:
            take_turns(connection, _LOCK)
            stored = _read(connection)
            if stored != seen:
                raise Superseded("the settings were changed meanwhile; look at them again")
            old, new = asdict(stored), asdict(wanted)
            moved = [name for name in new if new[name] != old[name]]
            upsert(connection, options, [{"name": name, "value": json.dumps(new[name])} for name in moved])
            if moved:
                note(connection, by, "changed", "settings", "", old, new)
            return bool(moved)


def _read(connection: Connection) -> Options:
    known = {field.name: field.default for field in fields(Options)}
    stored = {name: _value(text) for name, text in connection.execute(select(options.c.name, options.c.value))}
    valid = {name: value for name, value in stored.items() if name in known and type(value) is type(known[name])}
    return _options(valid)


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _options(values: Mapping[str, object]) -> Options:
    return Options(**values)  # type: ignore[arg-type] # each value has the type of its default

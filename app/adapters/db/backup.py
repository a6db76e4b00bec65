"""A backup of everything the product knows, in one file that restores into either database, taken while everything runs.

The file is gzip over lines of JSON (UTF-8): a header with the schema's revision; for each table {"table", "columns", "sequence"}, then its rows as
arrays; {"end": rows, "sha256": of all lines before}. Values are stored as the database holds them, secrets encrypted. One transaction that sees
one state reads it all, so rows fit each other. `PASSING` tables are left out: who is signed in and what is in flight belongs to no later day.
So are the marks of logins, by which one could see who has the same password: runs make them anew.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
)

from app.adapters.db import migrate, tables_people, tables_runs  # noqa: F401 - the parts of one schema
from app.adapters.db.column_types import UtcDateTime
from app.adapters.db.processes import SqlProcesses
from app.adapters.db.secrets import Secrets, key_of, secret_columns
from app.adapters.db.session import reading, writing
from app.adapters.db.tables import installation, logins, metadata
from app.adapters.db.tables_budgets import host_budgets, host_slots
from app.adapters.db.tables_operations import alert_messages, chores, processes
from app.adapters.db.tables_people import api_replies, sessions, sign_in_failures
from app.domain.backup import BackupSummary
from app.errors import BadInput, Halt, HaltCode, Taken

FORMAT: Final = "wice-sync backup 1"
BATCH: Final = 1000
PASSING: Final = frozenset(
    table.name
    for table in (
        alert_messages,
        api_replies,
        chores,
        host_budgets,
        host_slots,
        logins,
        processes,
        sessions,
        sign_in_failures,
    )
)
_KEPT: Final = [table for table in metadata.sorted_tables if table.name not in PASSING]


def back_up(engine: Engine, secrets: Secrets, file: Path) -> BackupSummary:
    """Write the file, which must be private already. Raises: Halt if the schema is not this program's, Retry."""
    if not migrate.is_current(engine):
        raise Halt(HaltCode.CONFIGURATION, "the database does not have this version's schema: run `wice-sync migrate`")
    with reading(engine) as connection, gzip.open(file, "wb", compresslevel=6) as packed:
        header = {
            "format": FORMAT,
            "schema": migrate.revision(connection),
            "made": datetime.now(UTC).isoformat(),
            "installation": connection.execute(select(installation.c.id)).scalar_one(),
            "keys": sorted(_keys(connection)),
        }
        digest, rows = hashlib.sha256(), 0
        for line in _lines(connection, header):
            rows += isinstance(line, list)
            raw = _packed(line)
            digest.update(raw)
            packed.write(raw)
        packed.write(_packed({"end": rows, "sha256": digest.hexdigest()}))
    return _summary(header, rows, secrets)


def look(file: Path, secrets: Secrets) -> BackupSummary:
    """Read the file once and check that it is whole. Raises: BadInput."""
    digest, rows, last = hashlib.sha256(), 0, b""
    header: dict[str, Any] = {}
    for raw in _read(file):
        if last:
            digest.update(last)
            rows += last.startswith(b"[")
        header = header or _header(raw)
        last = raw
    end = _object(last)
    if end.get("end") != rows or end.get("sha256") != digest.hexdigest():
        raise BadInput("the backup is damaged or not whole: its checksum is another one; take another backup")
    return _summary(header, rows, secrets)


def restore(engine: Engine, secrets: Secrets, file: Path, *, replace: bool) -> BackupSummary:
    """Bring the database to the backup's state, all or nothing; older schemas are brought up to date.

    Raises: BadInput (damaged; newer schema; the database holds something and `replace` is not said), Taken (processes are alive), Retry.
    """
    summary = look(file, secrets)
    if summary.schema not in migrate.known():
        raise BadInput(
            f"the backup has the schema {summary.schema}, which this version does not know: it was made by a newer version of "
            "wice-sync; install that version first"
        )
    _refuse_company(engine)
    with writing(engine) as connection:
        if not replace and (full := _full(connection)):
            raise BadInput(f"the database is not empty ({full}): say --replace if all that is in it may go")
        _drop(connection)
        migrate.upgrade(connection, summary.schema)
        _fill(connection, file)
        migrate.upgrade(connection, "head")
    return summary


def _lines(connection: Connection, header: dict[str, Any]) -> Iterator[dict[str, Any] | list[Any]]:
    yield header
    for table in _KEPT:
        names = [column.name for column in table.columns if not column.info.get("derived")]
        yield {"table": table.name, "columns": names, "sequence": _sequence(connection, table)}
        plain = _plain(table, names)
        # Rows as they come, not all at once: memory stays flat.
        found = connection.execution_options(stream_results=True, yield_per=BATCH).execute(select(plain))
        for row in found:
            yield [_written(value) for value in row]


def _fill(connection: Connection, file: Path) -> None:
    table: Table | None = None
    rows: list[dict[str, Any]] = []
    for raw in _read(file):
        line = json.loads(raw)
        if isinstance(line, list) and table is not None:
            rows.append(
                {column.name: _native(value, column) for value, column in zip(line, table.columns, strict=True)}
            )
            if len(rows) >= BATCH:
                connection.execute(insert(table), rows)
                rows = []
            continue
        if rows and table is not None:
            connection.execute(insert(table), rows)
        rows = []
        if "table" in line:
            table = _plain(metadata.tables[line["table"]], line["columns"])
            # What migrations put into an empty database, such as the installation's id.
            connection.execute(delete(table))
            _set_sequence(connection, metadata.tables[line["table"]], line["sequence"])


def _plain(table: Table, names: Sequence[str]) -> Table:
    """The table without the product's own types: values as they are stored."""
    return Table(table.name, MetaData(), *(Column(name, _stored_type(table.c[name].type)) for name in names))


def _stored_type(kind: Any) -> Any:
    if isinstance(kind, UtcDateTime):
        return UtcDateTime()
    return Text() if isinstance(kind, TypeDecorator) else kind


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def _native(value: Any, column: Column[Any]) -> Any:
    if value is None:
        return None
    match column.type:
        case UtcDateTime() | DateTime():
            return datetime.fromisoformat(value)
        case Date():
            return date.fromisoformat(value)
        case Boolean():
            return bool(value)
        case _:
            return value


def _numbered(table: Table) -> Column[Any] | None:
    """The key that the database counts up; a number of a removed row must not come again."""
    [*keys] = table.primary_key.columns
    counted = len(keys) == 1 and isinstance(keys[0].type, Integer) and table.dialect_options["sqlite"]["autoincrement"]
    return keys[0] if counted else None


def _sequence(connection: Connection, table: Table) -> int:
    """The highest number that was ever given in this table, 0 for none."""
    key = _numbered(table)
    if key is None:
        return 0
    highest: int = connection.execute(select(func.coalesce(func.max(key), 0))).scalar_one()
    if connection.dialect.name == "sqlite":
        query, given = text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}
    else:
        query = text("SELECT pg_sequence_last_value(CAST(pg_get_serial_sequence(:name, :key) AS regclass))")
        given = {"name": table.name, "key": key.name}
    return max(highest, int(connection.execute(query, given).scalar() or 0))


def _set_sequence(connection: Connection, table: Table, number: int) -> None:
    key = _numbered(table)
    if key is None or not number:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        given = {"name": table.name, "number": number}
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"), given)
        return
    given = {"name": table.name, "key": key.name, "number": number}
    connection.execute(text("SELECT setval(CAST(pg_get_serial_sequence(:name, :key) AS regclass), :number)"), given)


def _refuse_company(engine: Engine) -> None:
    with reading(engine) as connection:
        if not inspect(connection).has_table(processes.name):
            return
    if alive := SqlProcesses(engine).alive():
        who = ", ".join(sorted({f"{one.kind} on {one.host}" for one in alive}))
        raise Taken(f"the database is in use ({who}): end all processes of the installation first")


def _full(connection: Connection) -> str:
    """What the database holds, "" if nothing that anybody has made."""
    there = set(inspect(connection).get_table_names())
    counted = {
        name: connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one()
        for name in ("users", "accounts", "wice_servers", "exchange_servers", "licences", "runs")
        if name in there
    }
    return ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in counted.items() if number)


def _drop(connection: Connection) -> None:
    there = inspect(connection).get_table_names()
    for table in reversed(metadata.sorted_tables):
        if table.name in there:
            connection.execute(text(f'DROP TABLE "{table.name}"'))
    connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    if connection.dialect.name == "postgresql":
        connection.execute(text("DROP FUNCTION IF EXISTS audit_append_only()"))


def _keys(connection: Connection) -> set[str]:
    found: set[str] = set()
    for table in _KEPT:
        for column in secret_columns(table):
            stored = connection.execute(select(column).where(column != "")).scalars()
            found |= {key_of(value) for value in stored}
    return found


def _packed(line: object) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _read(file: Path) -> Iterable[bytes]:
    try:
        with gzip.open(file, "rb") as packed:
            yield from packed
    except FileNotFoundError:
        raise BadInput(f"{file}: there is no such file") from None
    except (OSError, EOFError, zlib.error):
        raise BadInput(f"{file}: is no backup of wice-sync, or not a whole one") from None


def _header(raw: bytes) -> dict[str, Any]:
    header = _object(raw)
    if header.get("format") != FORMAT:
        raise BadInput("this is no backup of wice-sync, or one in a format that this version does not know")
    return header


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _summary(header: dict[str, Any], rows: int, secrets: Secrets) -> BackupSummary:
    return BackupSummary(
        schema=header["schema"],
        made=datetime.fromisoformat(header["made"]),
        installation=header["installation"],
        rows=rows,
        keys=header["keys"],
        missing_keys=[key for key in header["keys"] if not secrets.knows(key)],
    )

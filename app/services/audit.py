"""The audit log as files: one object or one row per entry, written while it is read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Final

from app.domain.people import AuditEntry

COLUMNS: Final = (
    "seq",
    "at",
    "actor",
    "via",
    "action",
    "entity_kind",
    "entity",
    "before",
    "after",
    "address",
    "request",
)


def plain(entry: AuditEntry) -> dict[str, object]:
    """An entry as JSON has it."""
    values = {name: getattr(entry, name) for name in COLUMNS}
    return values | {"at": entry.at.isoformat(), "before": dict(entry.before), "after": dict(entry.after)}


def json_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """One JSON object per line."""
    return (json.dumps(plain(entry), ensure_ascii=False) + "\n" for entry in entries)


def csv_rows(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """RFC 4180, with a heading."""
    yield _row(COLUMNS)
    for entry in entries:
        values = plain(entry)
        yield _row(_cell(values[name]) for name in COLUMNS)


def _cell(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    # A spreadsheet would take it for a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _row(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()

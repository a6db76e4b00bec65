"""What a row of a field table is: one canonical field, the entries of the dialect's columns that hold it, and how they are spelled.

The same table reads and writes. Nothing outside the tables is ever sent (R2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from app.adapters.wice.wire import Row, text_of
from app.domain.fingerprint import Record, form_of

Parts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """`read` makes the field's value of its columns' texts, `write` the other way round; both see as many texts as `parts` has names."""

    name: str
    parts: Parts
    read: Callable[[Parts], object]
    write: Callable[[object], Parts]


def text_field(name: str) -> Field:
    """A field that is its column's text."""
    return Field(name, (name,), lambda texts: texts[0], lambda value: (str(value),))


def read_fields(table: Iterable[Field], columns: Mapping[str, str], row: Row) -> dict[str, object]:
    """The values of a row by canonical name; fields without a column are left out."""
    values: dict[str, object] = {}
    for field in table:
        if first := columns[field.parts[0]]:
            texts = (text_of(row.get(first)),) if len(field.parts) == 1 else _texts(field, columns, row)
            values[field.name] = field.read(texts)
    return values


def write_fields(
    table: Iterable[Field], columns: Mapping[str, str], record: Record, present: tuple[Row, Record] | None = None
) -> dict[str, str]:
    """The mapped columns of `record`, all of them (R1), an empty field as "".

    `present` is the row as it stands, raw and read: a field that compares equal keeps its spelling there, so that writing a name does not
    split a street anew or wipe a birthday that cannot be read.
    """
    wanted, held = form_of(record), form_of(present[1]) if present else {}
    written: dict[str, str] = {}
    for field in table:
        texts = field.write(getattr(record, field.name))
        if present and wanted.get(field.name, "") == held.get(field.name, ""):
            texts = tuple(_raw(present[0].get(columns[part])) for part in field.parts)
        written |= {columns[part]: text for part, text in zip(field.parts, texts, strict=True) if columns[part]}
    return written


def _texts(field: Field, columns: Mapping[str, str], row: Row) -> Parts:
    return tuple(text_of(row.get(columns[part])) if columns[part] else "" for part in field.parts)


def _raw(value: object) -> str:
    return value if isinstance(value, str) else text_of(value)

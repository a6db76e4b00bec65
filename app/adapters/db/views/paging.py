"""Pages by key: a page begins behind the sort key of the row before it, which an index finds, however far down that is.

The cursor holds that key, base64url of JSON. It is no secret and not signed: it can say no more than where to begin, and what does not
fit the list is refused.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Integer, Row, Select, literal, tuple_

from app.adapters.db.column_types import UtcDateTime
from app.domain.views import Cut
from app.errors import BadInput

NEVER: Final = literal(datetime(1970, 1, 1, tzinfo=UTC), UtcDateTime())
"""Sorts before every time of this product; comparisons by key need a value where there is none."""

_LARGEST: Final = 2**63 - 1
_REFUSED: Final = "this page's address no longer fits the list; open the list anew"

Keys = Sequence[ColumnElement[Any]]
"""What a list is sorted by, so much of it that no two rows are equal; none is ever NULL."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a page, and the cursors of its neighbours."""

    rows: Sequence[Row[Any]]
    next: str
    previous: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A page begins behind the row with the key `values`, or ends before it (`backward`)."""

    values: Sequence[Any]
    backward: bool


def keys_of(orders: Mapping[str, Keys], cut: Cut) -> Keys:
    """The keys of the wanted order; the first is the list's own. Raises: BadInput."""
    wanted = cut.sort or next(iter(orders))
    if wanted not in orders:
        raise BadInput(f"this list cannot be sorted by {wanted!r}; it can be by {', '.join(orders)}")
    return orders[wanted]


def page(connection: Connection, query: Select[Any], keys: Keys, cut: Cut) -> Rows:
    """The wanted part of `query`, sorted by `keys`; rows also hold them as `key_0` and so on. Raises: BadInput for a foreign cursor."""
    place = _read(cut, keys) if cut.cursor else None
    backward = place is not None and place.backward
    downward = cut.descending is not backward
    labelled = [key.label(f"key_{number}") for number, key in enumerate(keys)]
    ordered = query.add_columns(*labelled).order_by(*(key.desc() if downward else key.asc() for key in keys))
    if place:
        here = tuple_(*keys)
        there = tuple_(*(literal(value, key.type) for value, key in zip(place.values, keys, strict=True)))
        ordered = ordered.where(here < there if downward else here > there)
    found = connection.execute(ordered.limit(cut.limit + 1)).all()
    more, rows = len(found) > cut.limit, found[: cut.limit]
    if backward:
        rows = rows[::-1]
    return _with_neighbours(
        rows, cut, len(keys), before=more if backward else place is not None, after=more or backward
    )


def _with_neighbours(rows: Sequence[Row[Any]], cut: Cut, keys: int, *, before: bool, after: bool) -> Rows:
    return Rows(
        rows,
        next=_written(rows[-1], cut, keys, backward=False) if rows and after else "",
        previous=_written(rows[0], cut, keys, backward=True) if rows and before else "",
    )


def _written(row: Row[Any], cut: Cut, keys: int, *, backward: bool) -> str:
    values = [row._mapping[f"key_{number}"] for number in range(keys)]  # noqa: SLF001 - SQLAlchemy's documented name
    told = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    text = json.dumps([cut.sort, cut.descending, backward, *told], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cut: Cut, keys: Keys) -> _Place:
    try:
        padded = cut.cursor + "=" * (-len(cut.cursor) % 4)
        sort, descending, backward, *told = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if (sort, descending) != (cut.sort, cut.descending) or not isinstance(backward, bool):
            raise BadInput(_REFUSED)
        return _Place([_value(value, key) for value, key in zip(told, keys, strict=True)], backward)
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise BadInput(_REFUSED) from None


def _value(told: object, key: ColumnElement[Any]) -> object:
    """A value of a cursor as the key's type. Raises: ValueError for another, or one that no database takes."""
    match key.type, told:
        case UtcDateTime(), str():
            moment = datetime.fromisoformat(told)
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        case Integer(), int() if not isinstance(told, bool) and abs(told) <= _LARGEST:
            return told
        case UtcDateTime() | Integer(), _:
            pass
        case _, str() if "\x00" not in told:
            told.encode()
            return told
    raise ValueError(told)

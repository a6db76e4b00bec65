"""Domain values as compact JSON text and back: what journal and plans store.

Fields at their default are left out; unknown keys are ignored and missing ones take their default, so that neighbouring versions of this
program read each other's rows. Where a type is a choice of several dataclasses (contact or appointment, timed or all-day), the key
`type` names the one. The text is ASCII: PostgreSQL refuses neither lone surrogates nor NUL characters in it.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Hashable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, NewType, Union, cast, get_args, get_origin, get_type_hints

from app.domain.appointment import AllDay, Appointment, Timed
from app.domain.contact import Contact

_TAGS: Mapping[type, str] = {Contact: "contact", Appointment: "appointment", Timed: "timed", AllDay: "all_day"}


def dumps(value: object) -> str:
    """Write a value: dataclasses of `app.domain`, tuples, mappings, text, numbers, enums, dates, UTC times, None."""
    return json.dumps(plain(value), separators=(",", ":"))


def loads(hint: Any, text: str) -> Any:
    """Read a value of the type `hint`. Raises: ValueError for text that cannot be one."""
    try:
        return _decode(hint, json.loads(text))
    except (KeyError, TypeError) as error:
        raise ValueError(f"stored value is no {hint}: {type(error).__name__}") from None


def plain(value: object) -> Any:
    """Return `value` as JSON-ready dicts, lists and scalars."""
    match value:
        case StrEnum():
            return value.value
        case None | str() | bool() | int() | float():
            return value
        case datetime() | date():
            return value.isoformat()
        case tuple() | list():
            return [plain(part) for part in value]
        case Mapping():
            return {str(key): plain(part) for key, part in value.items()}
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return _plain_dataclass(value)
        case _:
            raise TypeError(f"cannot store a {type(value).__name__}")


def _plain_dataclass(value: Any) -> dict[str, Any]:
    given = {} if (tag := _TAGS.get(type(value))) is None else {"type": tag}
    for name, default in _defaults(cast(Hashable, type(value))):
        content = getattr(value, name)
        if content != default:
            given[name] = content if type(content) is str else plain(content)
    return given


@cache
def _defaults(kind: Hashable) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, field.default) for field in dataclasses.fields(cast(type[Any], kind)))


def _decode(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _decode_choice(get_args(hint), value)
    if origin is tuple:
        return tuple(_decode(get_args(hint)[0], part) for part in value)
    if isinstance(hint, NewType) or _is(hint, StrEnum):
        return hint(value)
    if _is(hint, date):
        moment = hint.fromisoformat(value)
        # Stored times are UTC, and the domain insists on that very zone object.
        return moment.astimezone(UTC) if isinstance(moment, datetime) else moment
    return _decode_dataclass(hint, value) if dataclasses.is_dataclass(hint) else value


def _is(hint: Any, base: type) -> bool:
    return isinstance(hint, type) and issubclass(hint, base)


def _decode_dataclass(kind: Any, value: Mapping[str, Any]) -> Any:
    names = _hints(kind)
    return kind(**{name: _decode(names[name], part) for name, part in value.items() if name in names})


def _decode_choice(choices: tuple[Any, ...], value: Any) -> Any:
    if value is None:
        return None
    kinds = [choice for choice in choices if choice is not types.NoneType]
    if len(kinds) == 1:
        return _decode(kinds[0], value)
    return _decode({_TAGS[kind]: kind for kind in kinds}[value["type"]], value)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)

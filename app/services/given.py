"""What an administrator typed or sent, as settings: merged over what is stored, read strictly, turned into the value that is stored.

Forms send text for everything, so text that can only mean a yes, a number or a table is taken for it. A secret that is left empty stays as it is;
None removes it. References such as `env:NAME` are for set-up files that lie on the server: from anywhere else they would read its files.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, Final, TypeVar

from app.domain.account import KEPT, Account, ExchangeServer, FirstPlan, Profile, Template, WiceServer
from app.errors import BadInput
from app.services.entries import (
    SECRETS,
    AccountEntry,
    Entry,
    ExchangeServerEntry,
    ProfileEntry,
    TemplateEntry,
    WiceServerEntry,
    read_entry,
)
from app.services.setup_checks import NO_KIND, CheckWiceServer, sign_in_problems

Given = Mapping[str, object]
Entity = WiceServer | ExchangeServer | Account | Profile | Template
E = TypeVar("E", bound=Entity)

ENTRIES: Final[Mapping[type, type[Entry]]] = {
    WiceServer: WiceServerEntry,
    ExchangeServer: ExchangeServerEntry,
    Account: AccountEntry,
    Profile: ProfileEntry,
    Template: TemplateEntry,
}

LIMITS: Final = frozenset({"requests_per_second", "concurrent_requests"})
"""Settings of servers; without one, what is set for all servers of the kind holds."""

_NUMBER: Final = re.compile(r"[0-9]{1,9}([.,][0-9]{1,9})?")
_YES, _NO = frozenset({"true", "on", "yes", "1"}), frozenset({"false", "off", "no", "0", ""})
_TYPED: Final = {
    bool: {"contacts", "appointments", "active"},
    int: {"window_past_days", "deep_compare_days"},
    dict: {"dialect"},
}


def merged(kind: type, given: Given, stored: Entity | None) -> dict[str, Any]:
    """The settings as they shall be: what is given, else what is stored, if anything."""
    known = ENTRIES[kind].model_fields
    row = {name: getattr(stored, name) for name in known} if stored else {}
    for name, value in given.items():
        if name in SECRETS and stored and value == "":
            row[name] = KEPT if getattr(stored, name) else ""
        elif name in SECRETS:
            row[name] = "" if value is None else value
        else:
            row[name] = _typed(name, value)
    return row


def read(kind: type[E], row: Mapping[str, Any], owner: str, check_wice_server: CheckWiceServer) -> E:
    """The value that these settings make; of a profile, below its account `owner`. Raises: BadInput with the field of each fault."""
    faults = dict(_references(row))
    entry, wrong = read_entry(ENTRIES[kind], {name: value for name, value in row.items() if name not in faults})
    faults = {fault.setting: fault.advice for fault in wrong if fault.setting not in faults} | faults
    if entry is not None and not faults:
        faults = dict(_contradictions(entry))
    if faults or entry is None:
        raise refusal(faults)
    values = entry.model_dump()
    if isinstance(entry, ProfileEntry):
        values |= {"account": owner, "approved": entry.first_plan is FirstPlan.APPROVED}
    entity = kind(**values)
    if isinstance(entity, WiceServer):
        _check_dialect(entity, check_wice_server)
    return entity


def refusal(faults: Mapping[str, str]) -> BadInput:
    """What is wrong, by setting, as the error that forms and the API show."""
    return BadInput(*(f"{name} {advice}" for name, advice in faults.items()), fields=faults)


def shown(entity: Entity) -> dict[str, object]:
    """An entity's settings for people; of a secret only whether there is one."""
    return {
        field.name: getattr(entity, field.name) if field.repr else "***" if getattr(entity, field.name) else ""
        for field in fields(entity)
        if field.name in ENTRIES[type(entity)].model_fields
    }


def _typed(name: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if name in _TYPED[bool] and text.casefold() in _YES | _NO:
        return text.casefold() in _YES
    if name in LIMITS:
        return _limit(text)
    if name in _TYPED[int] and text.isascii() and text.isdecimal():
        return int(text)
    if name in _TYPED[dict]:
        try:
            return tomllib.loads(value)
        except tomllib.TOMLDecodeError as error:
            raise refusal({name: f"is no valid TOML: {error}"}) from None
    return value


def _limit(text: str) -> object:
    """A number, or nothing; what is neither is refused later."""
    if not _NUMBER.fullmatch(text):
        return text or None
    number = float(text.replace(",", "."))
    return int(number) if number.is_integer() else number


def _references(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in SECRETS & row.keys():
        if str(row[name]).startswith(("env:", "file:")):
            yield name, "must be the secret itself: env: and file: are for set-up files on the server only"


def _contradictions(entry: Entry) -> Iterator[tuple[str, str]]:
    match entry:
        case ExchangeServerEntry():
            yield from sign_in_problems(entry)
        case TemplateEntry() | ProfileEntry():
            if not (entry.contacts or entry.appointments):
                yield "contacts", NO_KIND
        case _:
            pass


def _check_dialect(server: WiceServer, check: CheckWiceServer) -> None:
    try:
        check(server)
    except BadInput as error:
        raise BadInput(*error.problems, fields={"dialect": "; ".join(error.problems)}) from None

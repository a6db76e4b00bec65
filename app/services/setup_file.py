"""What a set-up file (`wice-sync apply FILE`) may say, entry by entry; `setup_checks` looks at the whole.

TOML, read strictly: an unknown setting is a problem, not a remark. Every problem is found at once, each with its place.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationError
from pydantic_core import ErrorDetails

from app.domain.account import Access, Auth, CompanyData, Conflict, Direction, FirstPlan, TargetChanges
from app.errors import BadInput

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_SCHEDULE = re.compile(r"every ([1-9][0-9]{0,4} )?(minute|hour)s?")
_LONGEST_WINDOW_DAYS = 36_500


def _url(value: str) -> str:
    parts = urlsplit(value)
    if not value or (parts.scheme == "https" and parts.hostname):
        return value
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return value
    raise ValueError(
        "must begin with https:// and name a host (http:// only for this machine, such as http://127.0.0.1)"
    )


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("is no IANA time zone, such as Europe/Berlin") from None
    return value


def _address(value: str) -> str:
    if value and not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        raise ValueError("is no e-mail address, such as anna@example.com")
    return value


def _folder(value: str) -> str:
    if not all(part.strip() for part in value.split("/")):
        raise ValueError('must be "Wice", "default" or a path such as "Contacts/Customers"')
    return value


def _schedule(value: str) -> str:
    if value and not _SCHEDULE.fullmatch(value):
        raise ValueError('must be like "every 15 minutes" or "every 2 hours", or "" for none')
    return value


def _plain_name(value: str) -> str:
    if "/" in value:
        raise ValueError("must not hold a slash: account/profile names a profile")
    return value


Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_plain_name)]
Given = Annotated[str, Field(min_length=1)]
Url = Annotated[str, AfterValidator(_url)]
Address = Annotated[str, AfterValidator(_address)]
FolderPath = Annotated[str, AfterValidator(_folder)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True)


class WiceServerEntry(_Entry):
    """`[[wice_server]]`."""

    name: Name
    url: Annotated[Url, Field(min_length=1)]
    mandant: Given
    api_key: str = ""
    time_zone: Annotated[str, AfterValidator(_zone)] = "Europe/Berlin"
    ca_file: str = ""
    dialect: dict[str, Any] = {}


class ExchangeServerEntry(_Entry):
    """`[[exchange_server]]`."""

    name: Name
    kind: Literal["ews"] = "ews"
    url: Url = ""
    auth: Auth = Auth.BASIC
    access: Access = Access.IMPERSONATION
    username: str = ""
    password: str = ""
    tenant_id: str = ""
    client_id: str = ""
    token_url: Url = ""
    ca_file: str = ""


class ProfileEntry(_Entry):
    """`[[account.profile]]` (R34)."""

    name: Name
    contacts: StrictBool = True
    appointments: StrictBool = True
    contacts_folder: FolderPath = "Wice"
    calendar_folder: FolderPath = "Wice"
    direction: Direction = Direction.BOTH
    conflict: Conflict = Conflict.WICE
    target_changes: TargetChanges = TargetChanges.OVERWRITE
    company_data: CompanyData = CompanyData.RESTORE
    window_past_days: Annotated[StrictInt, Field(ge=0, le=_LONGEST_WINDOW_DAYS)] = 180
    schedule: Annotated[str, AfterValidator(_schedule)] = ""
    first_plan: FirstPlan = FirstPlan.ASK
    active: StrictBool = True


class AccountEntry(_Entry):
    """`[[account]]`. Its profiles are read on their own, so that a wrong account does not hide their problems."""

    name: Name
    email: Address = ""
    wice_server: Given
    wice_username: Given
    wice_password: Given
    exchange_server: Given
    mailbox: Annotated[Address, Field(min_length=1)]
    exchange_username: str = ""
    exchange_password: str = ""
    active: StrictBool = True


@dataclass(frozen=True)
class SetupFile:
    """The file's entries that could be read, and the problems of those that could not. Secrets are as written."""

    wice_servers: tuple[WiceServerEntry, ...]
    exchange_servers: tuple[ExchangeServerEntry, ...]
    accounts: tuple[tuple[AccountEntry | None, tuple[ProfileEntry, ...]], ...]
    names: Mapping[str, tuple[str, ...]]
    """By table: the names of all entries, also of those with problems, so that references to them are not reported as well."""
    problems: tuple[str, ...]


_TABLES = ("wice_server", "exchange_server", "account")
_E = TypeVar("_E", bound=_Entry)


def read_setup_file(path: Path) -> SetupFile:
    """Read and check the entries of `path` one by one. Raises: BadInput when it is no readable TOML file."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: is no valid TOML: {error}") from None
    return _Reader().file(tables)


class _Reader:
    """Reads entries and collects problems."""

    def __init__(self) -> None:
        self._problems: list[str] = []

    def file(self, tables: Mapping[str, Any]) -> SetupFile:
        for name in sorted(set(tables) - set(_TABLES)):
            self._problems.append(f"{_unknown(name, _TABLES)}; the file takes [[{']], [['.join(_TABLES)}]]")
        rows = {table: list(self._rows(tables, table, table)) for table in _TABLES}
        wice = [self._entry(WiceServerEntry, row, place) for place, row in rows["wice_server"]]
        exchange = [self._entry(ExchangeServerEntry, row, place) for place, row in rows["exchange_server"]]
        accounts = [self._account(row, place) for place, row in rows["account"]]
        return SetupFile(
            wice_servers=tuple(filter(None, wice)),
            exchange_servers=tuple(filter(None, exchange)),
            accounts=tuple(accounts),
            names={table: tuple(str(row.get("name", "")).strip() for _, row in rows[table]) for table in _TABLES},
            problems=tuple(self._problems),
        )

    def _rows(self, tables: Mapping[str, Any], key: str, noun: str) -> Iterator[tuple[str, dict[str, Any]]]:
        rows = tables.get(key, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self._problems.append(f"{noun}: write [[{noun}]] with two brackets")
            return
        for number, row in enumerate(rows, 1):
            yield place_of(key, row.get("name"), number), row

    def _account(self, row: dict[str, Any], place: str) -> tuple[AccountEntry | None, tuple[ProfileEntry, ...]]:
        nested = list(self._rows(row, "profile", "account.profile"))
        account = self._entry(AccountEntry, {key: row[key] for key in row if key != "profile"}, place)
        profiles = [self._entry(ProfileEntry, entry, f"{place}, {below}") for below, entry in nested]
        return account, tuple(filter(None, profiles))

    def _entry(self, kind: type[_E], row: Mapping[str, Any], place: str) -> _E | None:
        try:
            return kind.model_validate(row)
        except ValidationError as error:
            self._problems += [f"{place}: {_sentence(kind, fault)}" for fault in error.errors(include_url=False)]
            return None


def place_of(noun: str, name: object, number: int = 0) -> str:
    """How messages name an entry: `account "anna"`, or `account number 3` while it has no name."""
    return f'{noun} "{name}"' if name and isinstance(name, str) else f"{noun} number {number}"


_WHOLE_NUMBER = f"{{setting}} must be a whole number from 0 to {_LONGEST_WINDOW_DAYS}, without quotes"
_SENTENCES: Mapping[str, str] = {
    "missing": "{setting} is missing",
    "string_too_short": "{setting} must not be empty",
    "string_type": "{setting} must be text in quotes",
    "bool_type": "{setting} must be true or false, without quotes",
    "int_type": _WHOLE_NUMBER,
    "greater_than_equal": _WHOLE_NUMBER,
    "less_than_equal": _WHOLE_NUMBER,
    "enum": "{setting} must be {expected}",
    "literal_error": "{setting} must be {expected}",
    "value_error": "{setting} {error}",
}
"""By pydantic's type of error."""


def _sentence(kind: type[BaseModel], fault: ErrorDetails) -> str:
    setting = ".".join(map(str, fault["loc"]))
    if fault["type"] == "extra_forbidden":
        return _unknown(setting, tuple(kind.model_fields))
    context = {key: str(value).replace("'", "") for key, value in fault.get("ctx", {}).items()}
    sentence = _SENTENCES.get(fault["type"], "{setting}: {message}")
    return sentence.format(setting=setting, message=fault["msg"], **context)


def _unknown(name: str, known: tuple[str, ...]) -> str:
    likely = difflib.get_close_matches(name, known, n=1)
    return f'there is no setting "{name}"' + (f"; did you mean {likely[0]}?" if likely else "")

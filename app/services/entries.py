"""What an administrator may set up, entry by entry, read strictly: the one place that decides it for set-up files, forms, the API and imports.

An unknown setting is a problem, not a remark. Every problem is found at once, with the setting that it is about.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, NamedTuple, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails

from app.domain.account import (
    KEPT,
    SHARED_SETTINGS,
    Access,
    Auth,
    CompanyData,
    Conflict,
    Direction,
    FirstPlan,
    PrivateAppointments,
    TargetChanges,
)
from app.errors import BadInput
from app.rules.schedule_text import parse

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST_WINDOW_DAYS = 36_500
_LONGEST_PERIOD_DAYS = 365
_HIGHEST_RATE = 10_000
_MOST_AT_ONCE = 10_000


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
    try:
        parse(value)
    except BadInput as error:
        raise ValueError(str(error)) from None
    return value


def _plain_name(value: str) -> str:
    if "/" in value:
        raise ValueError("must not hold a slash: account/profile names a profile")
    return value


RESERVED: Final = frozenset({"new", "import", "export", "many", "samples", ".", ".."})
"""Names that stand in the portal's addresses where that of a thing does, or that browsers take out of them."""
NEEDED: Final = "is needed for an address of the portal; choose another one"


def _addressable(value: str) -> str:
    if value in RESERVED:
        raise ValueError(NEEDED)
    return value


SECRETS: Final = frozenset({"api_key", "password", "wice_password", "exchange_password"})
"""The settings whose text nobody may see."""

_UNPRINTABLE: Final = frozenset({"Cc", "Cs"})

Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_plain_name), AfterValidator(_addressable)]
Given = Annotated[str, Field(min_length=1)]
Url = Annotated[str, AfterValidator(_url)]
Zone = Annotated[str, AfterValidator(_zone)]
Address = Annotated[str, AfterValidator(_address)]
Rate = Annotated[float, Field(strict=True, ge=0, le=_HIGHEST_RATE, allow_inf_nan=False)]
Concurrency = Annotated[StrictInt, Field(ge=1, le=_MOST_AT_ONCE)]
FolderPath = Annotated[str, AfterValidator(_folder)]


class Entry(BaseModel):
    """One thing that an administrator sets up, as typed."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def _storable(cls, value: object, about: ValidationInfo) -> object:
        if not isinstance(value, str) or (value == KEPT and about.field_name in SECRETS):
            return value
        if any(unicodedata.category(letter) in _UNPRINTABLE for letter in value.strip()):
            raise ValueError("must not hold line breaks or control characters")
        return value


class WiceServerEntry(Entry):
    """`[[wice_server]]`."""

    name: Name
    url: Annotated[Url, Field(min_length=1)]
    mandant: Given
    api_key: str = ""
    time_zone: Zone = "Europe/Berlin"
    ca_file: str = ""
    dialect: dict[str, Any] = {}
    requests_per_second: Rate | None = None
    concurrent_requests: Concurrency | None = None


class ExchangeServerEntry(Entry):
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
    requests_per_second: Rate | None = None
    concurrent_requests: Concurrency | None = None


class _SharedSettings(Entry):
    """What a template decides for all profiles that follow it: `app.domain.account.SHARED_SETTINGS`."""

    contacts: StrictBool = True
    appointments: StrictBool = True
    contacts_folder: FolderPath = "Wice"
    calendar_folder: FolderPath = "Wice"
    direction: Direction = Direction.BOTH
    conflict: Conflict = Conflict.WICE
    target_changes: TargetChanges = TargetChanges.OVERWRITE
    company_data: CompanyData = CompanyData.RESTORE
    private_appointments: PrivateAppointments = PrivateAppointments.CONTENT
    window_past_days: Annotated[StrictInt, Field(ge=0, le=_LONGEST_WINDOW_DAYS)] = 180
    deep_compare_days: Annotated[StrictInt, Field(ge=0, le=_LONGEST_PERIOD_DAYS)] = 7
    schedule: Annotated[str, AfterValidator(_schedule)] = ""
    first_plan: FirstPlan = FirstPlan.ASK


class TemplateEntry(_SharedSettings):
    """`[[template]]`."""

    name: Name


class ProfileEntry(_SharedSettings):
    """`[[account.profile]]` (R34). One that names a `template` sets nothing that the template decides."""

    name: Name
    template: str = ""
    active: StrictBool = True

    @property
    def own_settings(self) -> list[str]:
        """What it sets itself of what a template decides."""
        return [setting for setting in SHARED_SETTINGS if setting in self.model_fields_set]


class AccountEntry(Entry):
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


E = TypeVar("E", bound=Entry)


class Fault(NamedTuple):
    """What is wrong with one setting; `advice` follows its name: "must not be empty"."""

    setting: str
    advice: str
    sentence: str


def read_entry(kind: type[E], row: Mapping[str, Any]) -> tuple[E | None, list[Fault]]:
    """The entry, or everything that is wrong with it."""
    try:
        return kind.model_validate(row), []
    except ValidationError as error:
        return None, [_fault(kind, fault) for fault in error.errors(include_url=False)]


_ADVICE: Mapping[str, str] = {
    "missing": "is missing",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false, without quotes",
    "int_type": "must be a whole number, without quotes",
    "float_type": "must be a number, without quotes",
    "finite_number": "must be a number",
    "int_parsing": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "string_too_long": "must not be longer than {max_length} characters",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
    "value_error": "{error}",
}
"""By pydantic's type of error; follows the setting's name."""


def _fault(kind: type[BaseModel], fault: ErrorDetails) -> Fault:
    setting = ".".join(map(str, fault["loc"]))
    if fault["type"] == "extra_forbidden":
        return Fault(setting, "is no setting", unknown(setting, tuple(kind.model_fields)))
    context = {key: str(value) for key, value in fault.get("ctx", {}).items()}
    if "expected" in context:  # 'both', 'to_wice' or 'to_exchange'
        context["expected"] = context["expected"].replace("'", "")
    if fault["type"] not in _ADVICE:
        return Fault(setting, fault["msg"], f"{setting}: {fault['msg']}")
    advice = _ADVICE[fault["type"]].format(**context)
    return Fault(setting, advice, f"{setting} {advice}")


def unknown(name: str, known: tuple[str, ...]) -> str:
    """The sentence about a name that is none of `known`."""
    likely = difflib.get_close_matches(name, known, n=1)
    return f'there is no setting "{name}"' + (f"; did you mean {likely[0]}?" if likely else "")

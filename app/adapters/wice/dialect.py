"""The dialect of one Wice server: every assumed name as data, read from `default.toml` and an administrator's override of it.

`load_dialect(override)` lists every fault of an override at once, each with its place and what is allowed there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from app.errors import BadInput

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
OptionalName = Annotated[str, StringConstraints(pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$")]
Path = Annotated[str, StringConstraints(pattern=r"^/\S*$")]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Offer = Literal["auto", "yes", "no"]
Fixed = Mapping[Name, str]
"""Parameters that are always sent with these values."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Paths(_Part):
    """Below the server's URL."""

    login: Path
    calls: Path


class Offers(_Part):
    """What the administrator says about the server's capabilities."""

    flags: Offer
    delta: Offer
    ids: Offer
    appointments: Offer
    appointments_write: Offer
    import_key: Offer
    employees: Offer


class Methods(_Part):
    """Names of the calls."""

    login: Name
    persons: Name
    person: Name
    insert_person: Name
    update_person: Name
    companies: Name
    company: Name
    insert_company: Name
    update_company: Name
    whoami: Name
    set_flag: Name
    appointments: Name
    appointment: Name
    insert_appointment: Name
    update_appointment: Name
    leave_appointment: Name
    employees: Name


class SecondGeneration(_Part):
    """Where "API version 2" differs, beside the place of method and cookie."""

    person: Name
    key: Name


class Parameters(_Part):
    """Form fields of the reading calls."""

    key: Name
    full_list: Fixed
    only_ids: Fixed
    search: Fixed
    flagged: Fixed
    changed_since: Name
    participant: Name
    date_from: Name
    date_to: Name


class Replies(_Part):
    """Keys of the replies."""

    persons: Name
    companies: Name
    appointments: Name
    employees: Name
    wrappers: list[Name]


class FlagData(_Part):
    """The JSON that sets or removes an Outlook sync flag."""

    table: Name
    value: Name
    person: Name
    company: Name


class LeaveData(_Part):
    """The JSON that takes an employee out of an appointment."""

    employee: Name


class Values(_Part):
    """Values with a meaning of their own."""

    full_time_start: Clock
    full_time_end: Clock
    unknown_year: Annotated[str, StringConstraints(pattern=r"^(0000|1604)$")]


class RowColumns(_Part):
    """Columns of every record."""

    id: Name
    last_update: Name
    mandant: Name
    deactivated: Name
    flag: Name
    import_key: Name


class PersonColumns(_Part):
    """Columns of a person, by canonical field."""

    company: Name
    company_prefix: Name
    first_name: Name
    last_name: Name
    title: OptionalName
    salutation: OptionalName
    department: OptionalName
    position: OptionalName
    email: OptionalName
    private_email: OptionalName
    phone: OptionalName
    phone2: OptionalName
    phone3: OptionalName
    fax: OptionalName
    mobile_phone: OptionalName
    private_phone: OptionalName
    private_mobile_phone: OptionalName
    private_street: OptionalName
    private_street_number: OptionalName
    private_zip_code: OptionalName
    private_town: OptionalName
    private_state: OptionalName
    private_country: OptionalName
    birthday: OptionalName
    notes: OptionalName


class CompanyColumns(_Part):
    """Columns of a company, by canonical field."""

    company_name: Name
    company_street: OptionalName
    company_street_number: OptionalName
    company_zip_code: OptionalName
    company_town: OptionalName
    company_state: OptionalName
    company_country: OptionalName
    company_po_box: OptionalName
    company_phone: OptionalName
    company_fax: OptionalName
    company_url: OptionalName
    company_email: OptionalName
    company_remarks: OptionalName


class AppointmentColumns(_Part):
    """Columns of an appointment."""

    title: Name
    text: OptionalName
    place: OptionalName
    date_start: Name
    time_start: Name
    date_end: Name
    time_end: Name
    full_time: Name
    private: OptionalName
    external: Name
    participants: Name
    groups: OptionalName
    additional: OptionalName
    uid: OptionalName
    rrule: Name
    exdates: OptionalName
    overrides: OptionalName
    recurrence_id: OptionalName


class EmployeeColumns(_Part):
    """Columns of an employee."""

    first_name: Name
    last_name: Name
    email: Name


class Columns(_Part):
    """Columns by table."""

    row: RowColumns
    person: PersonColumns
    company: CompanyColumns
    appointment: AppointmentColumns
    employee: EmployeeColumns


class Dialect(_Part):
    """How one Wice server names what it offers; `default.toml` says what each entry means."""

    generation: Literal["1", "2", "auto"]
    paths: Paths
    capabilities: Offers
    methods: Methods
    second_generation: SecondGeneration
    parameters: Parameters
    replies: Replies
    flag_data: FlagData
    leave_data: LeaveData
    values: Values
    columns: Columns


@cache
def _default() -> Mapping[str, object]:
    return tomllib.loads(files(__package__).joinpath("default.toml").read_text("utf-8"))


def load_dialect(override: Mapping[str, object] | None = None) -> Dialect:
    """Return the default dialect with `override` merged over it, table by table.

    Raises: BadInput naming every entry that is unknown, misspelt or used twice.
    """
    merged = _merged(_default(), override or {})
    try:
        dialect = Dialect.model_validate(merged)
    except ValidationError as error:
        raise BadInput(*(_problem(fault["loc"], fault["msg"]) for fault in error.errors())) from error
    problems = [*_doubles(dialect)]
    if problems:
        raise BadInput(*problems)
    return dialect


def _merged(default: Mapping[str, object], override: Mapping[str, object]) -> dict[str, object]:
    merged = dict(default)
    for name, value in override.items():
        below = default.get(name)
        merged[name] = _merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def _problem(location: tuple[int | str, ...], message: str) -> str:
    place = ".".join(str(part) for part in location)
    if message.startswith("Extra inputs"):
        known = ", ".join(_known(location[:-1]))
        return f"dialect.{place}: there is no such entry; known here: {known}"
    return f"dialect.{place}: {message}"


def _known(location: tuple[int | str, ...]) -> list[str]:
    entries: object = _default()
    for part in location:
        entries = entries[str(part)] if isinstance(entries, Mapping) else {}
    return sorted(entries) if isinstance(entries, Mapping) else []


def _doubles(dialect: Dialect) -> list[str]:
    """Two fields in one column would overwrite each other."""
    problems = []
    for table in ("person", "company", "appointment"):
        seen: dict[str, str] = {}
        for field, column in getattr(dialect.columns, table).model_dump(exclude={"company_prefix"}).items():
            if column and column in seen:
                problems.append(f"dialect.columns.{table}.{field}: column {column} already holds {seen[column]}")
            seen[column] = field
    return problems

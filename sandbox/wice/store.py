"""The records of one Wice server, in memory, and what may be done to them. Knows nothing of HTTP."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.people import FIRST_EMPLOYEE_ROWID, TIME_ZONE
from sandbox.wice import calendar
from sandbox.wice.errors import RefusedError
from sandbox.wice.tables import COLUMNS, LIST_COLUMNS, MANDANT_ROWID, SYSTEM_COLUMNS, ZERO_COLUMNS, Table

_ZONE = ZoneInfo(TIME_ZONE)
_FIRST_ROWID = {
    Table.COMPANY: 300001,
    Table.PERSON: 400001,
    Table.APPOINTMENT: 500001,
    Table.EMPLOYEE: FIRST_EMPLOYEE_ROWID,
}
_TRUE = frozenset({"1", "true"})

Values = dict[str, Any]


@dataclass
class Row:
    """One record. `values` are strings, in `LIST_COLUMNS` lists; `flags` the employees whose Outlook sync flag it carries."""

    table: Table
    rowid: str
    values: Values
    changed: datetime
    binned: bool = False
    flags: set[str] = field(default_factory=set)

    @property
    def mandant(self) -> str:
        return f"-{MANDANT_ROWID}" if self.binned else MANDANT_ROWID

    @property
    def last_update(self) -> str:
        """Server-local `YYYY-MM-DD HH:MM:SS`."""
        return self.changed.astimezone(_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def current_second() -> datetime:
    """Wice's clock: UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


class Store:
    """All rows by table and rowid, in the order of their creation."""

    def __init__(self) -> None:
        self._rows: dict[Table, dict[str, Row]] = {table: {} for table in Table}
        self._next = dict(_FIRST_ROWID)

    def all(self, table: Table) -> Iterator[Row]:
        return iter(self._rows[table].values())

    def get(self, table: Table, rowid: str) -> Row | None:
        return self._rows[table].get(rowid)

    def existing(self, table: Table, rowid: object) -> Row:
        """Raises: RefusedError when there is no such row."""
        row = self.get(table, as_text(rowid))
        if row is None:
            raise RefusedError(f"No such {table}: rowid {as_text(rowid)!r}")
        return row

    def insert(self, table: Table, given: Mapping[str, Any]) -> Row:
        """Raises: RefusedError when a value does not fit its column."""
        values = {column: empty(column) for column in COLUMNS[table]} | clean(table, given)
        values = self._settled(table, values)
        rowid = str(self._next[table])
        self._next[table] += 1
        row = Row(table, rowid, values, current_second())
        self._rows[table][rowid] = row
        return row

    def update(self, row: Row, given: Mapping[str, Any], *, silent: bool = False) -> None:
        """Columns left out stay; `silent` leaves `last_update` where it is. Raises: RefusedError."""
        row.values = self._settled(row.table, row.values | clean(row.table, given))
        if not silent:
            touch(row)

    def remove(self, row: Row) -> None:
        """Take a row out for good, as emptying the recycle bin does."""
        del self._rows[row.table][row.rowid]

    def persons_of(self, company: Row) -> list[Row]:
        return [person for person in self.all(Table.PERSON) if person.values["for_rowid"] == company.rowid]

    def company_of(self, person: Row) -> Row | None:
        return self.get(Table.COMPANY, person.values["for_rowid"])

    def set_flag(self, row: Row, employee: str, *, on: bool, moves_last_update: bool) -> None:
        """Set or remove one employee's Outlook sync flag; setting a company's takes all its persons along, removing it does not."""
        concerned = [row, *self.persons_of(row)] if on and row.table is Table.COMPANY else [row]
        for each in concerned:
            if on == (employee in each.flags):
                continue
            each.flags ^= {employee}
            if moves_last_update:
                touch(each)

    def leave(self, appointment: Row, employee: str) -> None:
        """Take one employee out of the participants; that nobody is left does not remove the appointment."""
        if employee in appointment.values["participants"]:
            staying = [other for other in appointment.values["participants"] if other != employee]
            self.update(appointment, {"participants": staying})

    def same_human(self, values: Mapping[str, Any]) -> str:
        """The rowid of a person of that name in another company, or "0" (`same_contactperson: "auto"`)."""
        wanted = _human(values)
        for row in self.all(Table.PERSON):
            if _human(row.values) == wanted and row.values["for_rowid"] != as_text(values.get("for_rowid", "0")):
                return row.rowid
        return "0"

    def _settled(self, table: Table, values: Values) -> Values:
        if table is Table.COMPANY and not values["name"]:
            raise RefusedError("A company needs a name")
        if table is Table.PERSON:
            if not (values["name"] or values["firstname"] or values["email"]):
                raise RefusedError("A person needs a name, a firstname or an email")
            if values["for_rowid"] != "0":
                self.existing(Table.COMPANY, values["for_rowid"])
        if table is Table.APPOINTMENT:
            for employee in values["participants"]:
                self.existing(Table.EMPLOYEE, employee)
            return calendar.completed(values)
        return values


def touch(row: Row) -> None:
    """Move `last_update`; within a second it stays the same, as in Wice."""
    row.changed = current_second()


def as_text(value: object) -> str:
    """A JSON scalar as Wice keeps it: a string."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def empty(column: str) -> Any:
    if column in LIST_COLUMNS:
        return []
    return "0" if column in ZERO_COLUMNS else ""


def clean(table: Table, given: Mapping[str, Any]) -> Values:
    """The values a caller may set, each in the form it is kept in; unknown columns are kept as given.

    Raises: RefusedError when a value does not fit its column.
    """
    kept = {}
    for column, value in given.items():
        joined = table is Table.PERSON and column.startswith("company_")
        if column not in SYSTEM_COLUMNS and not joined:
            kept[column] = _cleaned(column, value)
    return kept


def _cleaned(column: str, value: Any) -> Any:
    if column in LIST_COLUMNS:
        if value in (None, ""):
            return []
        if not isinstance(value, list):
            raise RefusedError(f"{column} must be a list")
        return [_as_strings(each) for each in value]
    if column == "birthday":
        return _birthday(as_text(value).strip())
    if column in ("deactivated", "fulltime", "private", "external"):
        return "1" if as_text(value).lower() in _TRUE else "0"
    text = _as_strings(value)
    return text or empty(column)


def _as_strings(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_strings(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_as_strings(each) for each in value]
    return as_text(value)


def _birthday(text: str) -> str:
    """Kept as `YYYY-MM-DD`, whichever of the two spellings came; none is "". The year may be 0000: unknown."""
    german = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    iso = "{2}-{1:0>2}-{0:0>2}".format(*german.groups()) if german else text
    if iso in ("", "0000-00-00"):
        return ""
    try:
        date.fromisoformat(f"2000{iso[4:]}" if iso.startswith("0000-") else iso)
    except ValueError as error:
        raise RefusedError(f"birthday must be YYYY-MM-DD; got {text!r}") from error
    return iso


def _human(values: Mapping[str, Any]) -> tuple[str, str]:
    return as_text(values.get("firstname")).strip().casefold(), as_text(values.get("name")).strip().casefold()

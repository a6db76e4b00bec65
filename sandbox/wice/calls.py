"""The methods of the Client API: what each does to the store and answers (wice-api.md, both parts)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.control import BadInputError, json_object
from sandbox.wice import calendar
from sandbox.wice.errors import RefusedError
from sandbox.wice.rows import id_row, wire_row
from sandbox.wice.settings import Settings
from sandbox.wice.store import Row, Store, as_text
from sandbox.wice.tables import EXACT_COLUMNS, Table

Reply = dict[str, Any]

LIST_KEYS = {
    Table.PERSON: "loop_addresses",
    Table.COMPANY: "loop_addresses",
    Table.APPOINTMENT: "loop_appointments",
    Table.EMPLOYEE: "loop_employees",
}
_OBJECT_KEYS = {
    Table.PERSON: "address_object",
    Table.COMPANY: "address_object",
    Table.APPOINTMENT: "appointment_object",
    Table.EMPLOYEE: "employee_object",
}
_NO_SEARCH_COLUMNS = frozenset(
    {
        "method",
        "cookie",
        "data",
        "full_list",
        "ext_search_do",
        "only_rowids",
        "last_update_from",
        "date_from",
        "date_to",
        "participant",
    }
)


@dataclass(frozen=True)
class Call:
    """One request of a signed-in employee; `fields` are the query's and the form's together."""

    store: Store
    settings: Settings
    employee: str
    fields: Mapping[str, str]

    def data(self) -> dict[str, Any]:
        """The JSON object in `data`. Raises: RefusedError."""
        try:
            return json_object(self.fields.get("data", ""))
        except BadInputError as error:
            raise RefusedError(f"data is {error}") from error

    def target(self, table: Table, data: Mapping[str, Any]) -> Row:
        """The row that `data` names by `rowid`. Raises: RefusedError."""
        if not as_text(data.get("rowid")):
            raise RefusedError("data has no rowid")
        return self.store.existing(table, data["rowid"])

    def wire(self, row: Row) -> Reply:
        return wire_row(row, self.store, self.settings, self.employee)


def list_rows(call: Call, table: Table) -> Reply:
    """All rows the fields ask for; without a hit the list's key is left out."""
    ids_only = call.fields.get("only_rowids") == "1" and call.settings.can("ids")
    rows = [row for row in call.store.all(table) if _visible(call, row) and _asked_for(call, row)]
    shown = [id_row(row, call.settings) if ids_only else call.wire(row) for row in rows]
    return {LIST_KEYS[table]: shown} if shown else {}


def single_row(call: Call, table: Table, rowid: str) -> Reply:
    """One row whatever its state, the recycle bin's too; {} when there is none."""
    row = call.store.get(table, rowid)
    if row is None or _others_private(call, row):
        return {}
    wire = call.wire(row)
    return {_OBJECT_KEYS[table]: wire} if call.settings.wrap_objects else wire


def _visible(call: Call, row: Row) -> bool:
    return (not row.binned or call.settings.list_binned) and not _others_private(call, row)


def _others_private(call: Call, row: Row) -> bool:
    if row.table is not Table.APPOINTMENT:
        return False
    return row.values["private"] == "1" and call.employee not in row.values["participants"]


def _asked_for(call: Call, row: Row) -> bool:
    return _changed_since(call, row) and _in_window(call, row) and _found(call, row)


def _changed_since(call: Call, row: Row) -> bool:
    since = call.fields.get("last_update_from", "")
    if not since or not call.settings.can("delta"):
        return True
    if since.isdigit():
        return int(row.changed.timestamp()) >= int(since)
    return row.last_update >= since


def _in_window(call: Call, row: Row) -> bool:
    if row.table is not Table.APPOINTMENT:
        return True
    fields = call.fields
    if fields.get("participant") and fields["participant"] not in row.values["participants"]:
        return False
    first = calendar.parse_date(fields["date_from"], "date_from") if fields.get("date_from") else None
    last = calendar.parse_date(fields["date_to"], "date_to") if fields.get("date_to") else None
    return calendar.reaches_into(row.values, first, last)


def _found(call: Call, row: Row) -> bool:
    if call.fields.get("ext_search_do") != "1":
        return True
    unknown = set(_NO_SEARCH_COLUMNS)
    if not call.settings.can("import_key"):
        unknown.add("import_key")
    if not call.settings.can("flags.read"):
        unknown.add("outlook_sync")
    wanted = {column: value for column, value in call.fields.items() if column not in unknown}
    if not wanted:
        return True
    seen = wire_row(row, call.store, call.settings, call.employee)
    return all(_matches(call.settings, column, seen.get(column, ""), value) for column, value in wanted.items())


def _matches(settings: Settings, column: str, actual: object, wanted: str) -> bool:
    have, want = as_text(actual).casefold(), wanted.strip().casefold()
    if settings.search_contains and column not in EXACT_COLUMNS:
        return want in have
    return have == want


def _insert(table: Table) -> Callable[[Call], Reply]:
    def insert(call: Call) -> Reply:
        data = call.data()
        if table is Table.PERSON and data.get("same_contactperson") == "auto":
            data["same_contactperson"] = call.store.same_human(data)
        return call.wire(call.store.insert(table, data))

    return insert


def _update(table: Table) -> Callable[[Call], Reply]:
    def update(call: Call) -> Reply:
        data = call.data()
        row = call.target(table, data)
        if data.get("same_contactperson") == "auto":
            data["same_contactperson"] = row.values["same_contactperson"]
        call.store.update(row, data)
        return {"rowid": row.rowid}

    return update


def _deactivate(table: Table) -> Callable[[Call], Reply]:
    def deactivate(call: Call) -> Reply:
        row = call.target(table, call.data())
        call.store.update(row, {"deactivated": "1"})
        return {"rowid": row.rowid}

    return deactivate


def _list(table: Table) -> Callable[[Call], Reply]:
    return lambda call: list_rows(call, table)


def _single(table: Table, key_field: str) -> Callable[[Call], Reply]:
    return lambda call: single_row(call, table, call.fields.get(key_field, ""))


def _set_outlook_sync(call: Call) -> Reply:
    data = call.data()
    if data.get("table") not in (Table.PERSON, Table.COMPANY):
        raise RefusedError(f"data.table must be {Table.PERSON} or {Table.COMPANY}")
    wanted = as_text(data.get("outlook_sync"))
    if wanted not in ("0", "1"):
        raise RefusedError('data.outlook_sync must be "0" or "1"')
    row = call.target(Table(data["table"]), data)
    moves = call.settings.flag_moves_last_update
    call.store.set_flag(row, call.employee, on=wanted == "1", moves_last_update=moves)
    return {"rowid": row.rowid, "outlook_sync": wanted}


def _leave(call: Call) -> Reply:
    data = call.data()
    row = call.target(Table.APPOINTMENT, data)
    employee = call.store.existing(Table.EMPLOYEE, data.get("employee"))
    call.store.leave(row, employee.rowid)
    return {"rowid": row.rowid}


def _current_user(call: Call) -> Reply:
    return call.wire(call.store.existing(Table.EMPLOYEE, call.employee))


@dataclass(frozen=True)
class Method:
    """What carries a method out, the capability a server needs to know it, and whether it writes."""

    run: Callable[[Call], Reply]
    capability: str | None = None
    writes: bool = False


METHODS: Mapping[str, Method] = {
    "get_all_persons": Method(_list(Table.PERSON)),
    "get_person": Method(_single(Table.PERSON, "pkey")),
    "get_contact": Method(_single(Table.PERSON, "rowid")),
    "insert_contact": Method(_insert(Table.PERSON), writes=True),
    "update_contact": Method(_update(Table.PERSON), writes=True),
    "delete_person": Method(_deactivate(Table.PERSON), writes=True),
    "get_all_companies": Method(_list(Table.COMPANY)),
    "get_company": Method(_single(Table.COMPANY, "pkey")),
    "insert_company": Method(_insert(Table.COMPANY), writes=True),
    "update_company": Method(_update(Table.COMPANY), writes=True),
    "delete_company": Method(_deactivate(Table.COMPANY), writes=True),
    "get_current_user": Method(_current_user, "whoami"),
    "set_outlook_sync": Method(_set_outlook_sync, "flags.write", writes=True),
    "get_all_appointments": Method(_list(Table.APPOINTMENT), "appointments.read"),
    "get_appointment": Method(_single(Table.APPOINTMENT, "pkey"), "appointments.read"),
    "insert_appointment": Method(_insert(Table.APPOINTMENT), "appointments.write", writes=True),
    "update_appointment": Method(_update(Table.APPOINTMENT), "appointments.write", writes=True),
    "remove_appointment_participant": Method(_leave, "appointments.leave", writes=True),
    "get_all_employees": Method(_list(Table.EMPLOYEE), "employees"),
}


def carry_out(call: Call, name: str) -> Reply:
    """Run the method `name`. Raises: RefusedError, also when this server does not know it."""
    method = METHODS.get(name)
    if method is None or (method.capability and not call.settings.can(method.capability)):
        raise RefusedError("Unknown method")
    return method.run(call)

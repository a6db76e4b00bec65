"""What tests may do to the Wice server beside `control`: settings, people, a dump of the records, edits as by a person."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.control import BadInputError, guarded
from sandbox.people import MANDANT, SERVICE, TIME_ZONE
from sandbox.wice.errors import RefusedError
from sandbox.wice.installation import Installation
from sandbox.wice.store import Row
from sandbox.wice.tables import Table

_NAMES = {
    "companies": Table.COMPANY,
    "persons": Table.PERSON,
    "appointments": Table.APPOINTMENT,
    "employees": Table.EMPLOYEE,
    **{str(table): table for table in Table},
}
_EDIT_KEYS = frozenset({"table", "rowid", "values", "silent", "flags", "binned", "removed"})


def routes(wice: Installation) -> list[Route]:
    """GET people, GET and POST settings, GET records/<table>, POST edit, all under /_sandbox/."""

    def change_settings(body: dict[str, Any]) -> object:
        wice.settings = wice.settings.changed(body)
        return wice.settings.as_json()

    async def records(request: Request) -> JSONResponse:
        table = _NAMES.get(request.path_params["table"])
        if table is None:
            return JSONResponse({"error": f"records of {', '.join(_NAMES)}"}, 404)
        return JSONResponse({"records": [_dump(wice, row) for row in wice.store.all(table)]})

    return [
        Route("/_sandbox/people", guarded(lambda _: sign_ins(wice)), methods=["GET"]),
        Route("/_sandbox/settings", guarded(lambda _: wice.settings.as_json()), methods=["GET"]),
        Route("/_sandbox/settings", guarded(change_settings), methods=["POST"]),
        Route("/_sandbox/records/{table}", records, methods=["GET"]),
        Route("/_sandbox/edit", guarded(lambda body: edit(wice, body)), methods=["POST"]),
    ]


def sign_ins(wice: Installation) -> dict[str, Any]:
    """Who can sign in where, with exactly the keys of contract.md."""
    keys = ("username", "password", "email", "mailbox", "mailbox_password")
    return {
        "mandant": MANDANT,
        "time_zone": TIME_ZONE,
        "api_key": wice.settings.api_key,
        "people": [{key: getattr(person, key) for key in keys} for person in wice.people],
        "service": asdict(SERVICE),
    }


def edit(wice: Installation, body: Mapping[str, Any]) -> dict[str, Any]:
    """Change one row as somebody in Wice's web page would; without "rowid" the row is new.

    Keys: "table", "rowid", "values" {column: value}, "flags" {username: true|false}, "binned" (recycle bin in or out), "removed" (for good),
    "silent" (`last_update` stays).
    Raises: BadInputError.
    """
    unknown = sorted(set(body) - _EDIT_KEYS)
    if unknown:
        raise BadInputError(f"edit does not know {', '.join(unknown)}; it knows {', '.join(sorted(_EDIT_KEYS))}")
    table = _NAMES.get(str(body.get("table")))
    if table is None:
        raise BadInputError(f'"table" must be one of {", ".join(_NAMES)}; got {body.get("table")!r}')
    try:
        return _dump(wice, _edited(wice, table, body))
    except RefusedError as error:
        raise BadInputError(str(error)) from error


def _edited(wice: Installation, table: Table, body: Mapping[str, Any]) -> Row:
    values, flags, silent = _object(body, "values"), _object(body, "flags"), bool(body.get("silent"))
    if not body.get("rowid"):
        row = wice.store.insert(table, values)
    else:
        row = wice.store.existing(table, body["rowid"])
        if values:
            wice.store.update(row, values, silent=silent)
    for username, on in flags.items():
        moves = wice.settings.flag_moves_last_update and not silent
        wice.store.set_flag(row, _employee(wice, username), on=bool(on), moves_last_update=moves)
    if "binned" in body:
        row.binned = bool(body["binned"])
        wice.store.update(row, {}, silent=silent)
    if body.get("removed"):
        wice.store.remove(row)
    return row


def _employee(wice: Installation, username: str) -> str:
    for person in wice.people:
        if person.username == username:
            return person.employee_rowid
    raise BadInputError(f"nobody is called {username!r}")


def _object(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name, {})
    if not isinstance(value, dict):
        raise BadInputError(f'"{name}" must be an object; got {value!r}')
    return value


def _dump(wice: Installation, row: Row) -> dict[str, Any]:
    """All that is kept of a row; `flags` are the usernames that flagged it."""
    flagged = [person.username for person in wice.people if person.employee_rowid in row.flags]
    own = {"rowid": row.rowid, "mandant": row.mandant, "last_update": row.last_update, "binned": row.binned}
    return {**row.values, **own, "flags": flagged}

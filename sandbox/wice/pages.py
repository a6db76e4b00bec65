"""Wice's small web pages: what it holds, seen as one of its people; edit, flag, deactivate, bin, restore, leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.pages import form, render, see_other
from sandbox.people import Person
from sandbox.wice.errors import RefusedError
from sandbox.wice.installation import Installation
from sandbox.wice.store import Row, Store
from sandbox.wice.tables import LIST_COLUMNS, Table

TABLES = {"companies": Table.COMPANY, "persons": Table.PERSON, "appointments": Table.APPOINTMENT}
TITLES = {"companies": "Firmen", "persons": "Personen", "appointments": "Termine"}
_SHOWN = 200
_NEW = "new"


@dataclass(frozen=True)
class Field:
    """One input of a form; `kind` is text, date, time, check, long or people."""

    column: str
    label: str
    kind: str = "text"


_ADDRESS = (
    ("street", "Straße"),
    ("street_number", "Hausnummer"),
    ("zip_code", "PLZ"),
    ("town", "Ort"),
    ("country", "Land"),
)
FIELDS: Mapping[Table, tuple[Field, ...]] = {
    Table.COMPANY: (
        Field("name", "Firma"),
        Field("email", "E-Mail"),
        Field("phone", "Telefon"),
        Field("fax", "Fax"),
        Field("url", "Internet"),
        *(Field(column, label) for column, label in _ADDRESS),
        Field("remarks", "Bemerkungen", "long"),
    ),
    Table.PERSON: (
        Field("salutation", "Anrede"),
        Field("title", "Titel"),
        Field("firstname", "Vorname"),
        Field("name", "Nachname"),
        Field("for_rowid", "Firma", "company"),
        Field("department", "Abteilung"),
        Field("position", "Position"),
        Field("email", "E-Mail"),
        Field("phone", "Telefon"),
        Field("phone2", "Telefon 2"),
        Field("mobile_phone", "Mobiltelefon"),
        Field("fax", "Fax"),
        Field("birthday", "Geburtstag", "date"),
        Field("private_email", "E-Mail privat"),
        Field("private_phone", "Telefon privat"),
        Field("private_mobile_phone", "Mobiltelefon privat"),
        *(Field(f"private_{column}", f"{label} privat") for column, label in _ADDRESS),
    ),
    Table.APPOINTMENT: (
        Field("title", "Titel"),
        Field("location", "Ort"),
        Field("date_start", "Beginn: Tag", "date"),
        Field("time_start", "Beginn: Uhrzeit", "time"),
        Field("date_end", "Ende: Tag", "date"),
        Field("time_end", "Ende: Uhrzeit", "time"),
        Field("fulltime", "Ganztägig", "check"),
        Field("private", "Privat", "check"),
        Field("external", "Extern (aus einem iCal-Abonnement)", "check"),
        Field("participants", "Teilnehmende", "people"),
        Field("additional_participants", "Weitere Teilnehmende (je Zeile einer)", "long"),
        Field("description", "Beschreibung", "long"),
    ),
}


def routes(wice: Installation) -> list[Route]:
    """Everything under / that a browser shows; `{username}` is the person whose eyes one sees it with."""
    web = _Web(wice)
    record = "/web/{username}/{name}/{rowid}"
    return [
        Route("/", web.start, methods=["GET"]),
        Route("/web/{username}/{name}", web.overview, methods=["GET"]),
        Route(record, web.show, methods=["GET"]),
        Route(record, web.save, methods=["POST"]),
        Route(record + "/{action}", web.act, methods=["POST"]),
    ]


class _Web:
    def __init__(self, wice: Installation) -> None:
        self._wice = wice

    @property
    def _store(self) -> Store:
        return self._wice.store

    async def start(self, request: Request) -> Response:
        return render(request, "wice_start.html", people=self._wice.people)

    async def overview(self, request: Request) -> Response:
        person, name = self._person(request), request.path_params["name"]
        if person is None or name not in TABLES:
            return self._missing(request)
        words = request.query_params.get("q", "").strip()
        only_flagged = request.query_params.get("flagged") == "1"
        rows = [
            row for row in self._store.all(TABLES[name]) if self._listed(row, person, words, only_flagged=only_flagged)
        ]
        if TABLES[name] is Table.APPOINTMENT:
            rows.sort(key=lambda row: (row.values["date_start"], row.values["time_start"]), reverse=True)
        else:
            rows.sort(key=lambda row: self._caption(row).casefold())
        shown = [{"row": row, "caption": self._caption(row), "detail": self._detail(row)} for row in rows[:_SHOWN]]
        return self._render(
            request,
            person,
            name,
            "wice_list.html",
            shown=shown,
            total=len(rows),
            words=words,
            only_flagged=only_flagged,
        )

    async def show(self, request: Request) -> Response:
        return self._form(request)

    async def save(self, request: Request) -> Response:
        person, name, row = self._named(request)
        if person is None or (row is None and request.path_params["rowid"] != _NEW):
            return self._missing(request)
        given = await form(request)
        values = self._values(TABLES[name], given, await self._chosen_people(request))
        try:
            if row is None:
                row = self._store.insert(TABLES[name], values)
                self._flag(row, person, on=TABLES[name] is not Table.APPOINTMENT)
            else:
                self._store.update(row, values)
        except RefusedError as error:
            return self._form(request, problem=str(error), given=values)
        return see_other(f"/web/{person.username}/{name}/{row.rowid}?saved=1")

    async def act(self, request: Request) -> Response:
        person, name, row = self._named(request)
        if person is None or row is None:
            return self._missing(request)
        match request.path_params["action"]:
            case "flag" | "unflag" as action:
                self._flag(row, person, on=action == "flag")
            case "deactivate" | "activate" as action:
                self._store.update(row, {"deactivated": "1" if action == "deactivate" else "0"})
            case "bin" | "restore" as action:
                row.binned = action == "bin"
                self._store.update(row, {})
            case "leave":
                self._store.leave(row, person.employee_rowid)
            case _:
                return self._missing(request)
        return see_other(f"/web/{person.username}/{name}/{row.rowid}?saved=1")

    def _form(self, request: Request, problem: str = "", given: Mapping[str, Any] | None = None) -> Response:
        person, name, row = self._named(request)
        if person is None or (row is None and request.path_params["rowid"] != _NEW):
            return self._missing(request)
        table = TABLES[name]
        values = {field.column: "" for field in FIELDS[table]} | (dict(row.values) if row else {}) | dict(given or {})
        if row is None and table is Table.APPOINTMENT and not given:
            values["participants"] = [person.employee_rowid]
        return self._render(
            request,
            person,
            name,
            "wice_edit.html",
            status=422 if problem else 200,
            row=row,
            caption=self._caption(row) if row else f"{TITLES[name]}: neuer Eintrag",
            fields=FIELDS[table],
            values=values,
            problem=problem,
            companies=list(self._store.all(Table.COMPANY)),
            employees=list(self._store.all(Table.EMPLOYEE)),
        )

    def _render(self, request: Request, person: Person, name: str, page: str, **context: Any) -> Response:
        return render(request, page, person=person, name=name, titles=TITLES, **context)

    def _missing(self, request: Request) -> Response:
        return render(request, "wice_start.html", status=404, people=self._wice.people)

    def _person(self, request: Request) -> Person | None:
        username = request.path_params["username"]
        return next((person for person in self._wice.people if person.username == username), None)

    def _named(self, request: Request) -> tuple[Person | None, str, Row | None]:
        """The person, the table's name and the row that the path names; no person when the table is not known."""
        name = request.path_params["name"]
        if name not in TABLES:
            return None, name, None
        return self._person(request), name, self._store.get(TABLES[name], request.path_params["rowid"])

    def _listed(self, row: Row, person: Person, words: str, *, only_flagged: bool) -> bool:
        if row.table is Table.APPOINTMENT and person.employee_rowid not in row.values["participants"]:
            return False
        if only_flagged and person.employee_rowid not in row.flags:
            return False
        return words.casefold() in f"{self._caption(row)} {self._detail(row)}".casefold()

    def _caption(self, row: Row) -> str:
        values = row.values
        if row.table is Table.PERSON:
            return ", ".join(filter(None, (values["name"], values["firstname"]))) or values["email"]
        return values["name"] if row.table is Table.COMPANY else values["title"] or "(ohne Titel)"

    def _detail(self, row: Row) -> str:
        values = row.values
        if row.table is Table.PERSON:
            company = self._store.company_of(row)
            return " · ".join(
                filter(None, (company.values["name"] if company else "", values["phone"], values["email"]))
            )
        if row.table is Table.COMPANY:
            return " · ".join(filter(None, (values["town"], values["phone"])))
        return _when(values)

    def _flag(self, row: Row, person: Person, *, on: bool) -> None:
        moves = self._wice.settings.flag_moves_last_update
        self._store.set_flag(row, person.employee_rowid, on=on, moves_last_update=moves)

    async def _chosen_people(self, request: Request) -> list[str]:
        """Rowids of the ticked employees: one field each, since a form repeats no name here."""
        return [name.removeprefix("participant-") for name in await form(request) if name.startswith("participant-")]

    def _values(self, table: Table, given: Mapping[str, str], participants: list[str]) -> dict[str, Any]:
        """What the form says about each of its fields; an unticked box is not in the form."""
        values: dict[str, Any] = {}
        for field in FIELDS[table]:
            if field.column in LIST_COLUMNS:
                values[field.column] = participants
            elif field.kind == "check":
                values[field.column] = "1" if field.column in given else "0"
            else:
                values[field.column] = given.get(field.column, "").replace("\r\n", "\n")
        return values


def _when(values: Mapping[str, Any]) -> str:
    days = (
        values["date_start"]
        if values["date_start"] == values["date_end"]
        else f"{values['date_start']} bis {values['date_end']}"
    )
    return f"{days}, ganztägig" if values["fulltime"] == "1" else f"{days}, {values['time_start']}–{values['time_end']}"

"""The Wice server as an application: sessions, the two API paths, the JSON pages, control and web pages."""

import secrets
import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.control import Control, Fault, Parameters
from sandbox.demo import world
from sandbox.pages import form
from sandbox.people import MANDANT, Person, people
from sandbox.serving import Options
from sandbox.wice import admin, pages
from sandbox.wice.calls import METHODS, Call, Reply, carry_out, list_rows, single_row
from sandbox.wice.errors import RefusedError
from sandbox.wice.seed import fill
from sandbox.wice.settings import Settings
from sandbox.wice.store import Store
from sandbox.wice.tables import Table

BASE_PATH = "/pserv/base/json"
PLUGIN_PATH = "/plugin/wp_wice_client_api_backend/json"

FAULT_KINDS: dict[str, Parameters] = {"session_expired": {}, "empty_list": {}, "denied": {}}
"""What only this server can do wrong, beside `control.COMMON_KINDS`."""

_SECTIONS = {
    "contactperson": Table.PERSON,
    "person": Table.PERSON,
    "company": Table.COMPANY,
    "appointment": Table.APPOINTMENT,
    "employee": Table.EMPLOYEE,
}


class WiceServer:
    """One Wice installation: its records, its people, its sessions and how it behaves."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self.control = Control(self.reset, options.people, FAULT_KINDS)
        self.reset(options.seed, options.people)

    def reset(self, seed: str, number_of_people: int) -> None:
        """Start afresh; sessions become invalid, settings go back to their defaults."""
        self.settings = Settings()
        self.store = Store()
        self.people: tuple[Person, ...] = people(number_of_people)
        self._sessions: dict[str, tuple[str, float]] = {}
        today = self._options.today
        fill(self.store, self.people, world(number_of_people, today) if seed == "demo" else None, today)

    def sign_in(self, mandant: str, username: str, password: str) -> str | None:
        """A new session's cookie (32 characters); None for a wrong or deactivated login."""
        for person in self.people:
            if (person.username, person.password) == (username, password) and mandant == MANDANT:
                employee = self.store.get(Table.EMPLOYEE, person.employee_rowid)
                if employee is None or employee.values["deactivated"] == "1":
                    return None
                cookie = secrets.token_hex(16)
                self._sessions[cookie] = (person.employee_rowid, time.monotonic())
                return cookie
        return None

    def employee_of(self, cookie: str) -> str | None:
        """The employee of a live session, whose life this prolongs."""
        employee, used = self._sessions.get(cookie, ("", 0.0))
        if not employee or time.monotonic() - used >= self.settings.session_s:
            self._sessions.pop(cookie, None)
            return None
        self._sessions[cookie] = (employee, time.monotonic())
        return employee

    def forget(self, cookie: str) -> None:
        self._sessions.pop(cookie, None)

    async def api(self, request: Request) -> Response:
        """Any method, on the base server's path and on the plugin's; by POST form, query string or both mixed."""
        fields = dict(request.query_params) | await form(request)
        name = fields.get("method", "")
        fault = self.control.next_fault(name if name in (*METHODS, "login") else "unknown")
        if request.url.path == PLUGIN_PATH and not self._key_fits(request):
            return JSONResponse({"error": "API key missing or wrong"})
        if name == "login":
            return await self.control.answer(request, fault, lambda: self._login(fields, fault))
        return await self.control.answer(request, fault, lambda: self._method(name, fields, fault))

    async def json_page(self, request: Request) -> Response:
        """The base server's pages as JSON; the session travels as the HTTP cookie `wice_cookie`."""
        section, view = request.path_params["section"], "detailview" if "id" in request.path_params else "mainview"
        fault = self.control.next_fault(f"json_backend.{section}.{view}")
        cookie = request.cookies.get("wice_cookie", "")
        fields = {**dict(request.query_params), "cookie": cookie}

        def page(call: Call) -> Reply:
            if section == "ticket":  # tickets are not the sandbox's business, but the vendor's adapter asks for them
                return {"loop_tickets": []} if view == "mainview" else {}
            if section not in _SECTIONS:
                raise RefusedError(f"Unknown section {section!r}")
            if view == "mainview":
                return list_rows(call, _SECTIONS[section])
            return single_row(call, _SECTIONS[section], request.path_params["id"])

        return await self.control.answer(request, fault, lambda: self._in_session(fields, fault, page))

    def _key_fits(self, request: Request) -> bool:
        return self.settings.api_key is None or request.headers.get("x-api-key") == self.settings.api_key

    def _login(self, fields: dict[str, str], fault: Fault | None) -> Response:
        early = _early_answer(fault)
        if early:
            return early
        cookie = self.sign_in(fields.get("mandant_name", ""), fields.get("username", ""), fields.get("password", ""))
        return JSONResponse({"cookie": cookie} if cookie else {"error": "Denied"})

    def _method(self, name: str, fields: dict[str, str], fault: Fault | None) -> Response:
        def run(call: Call) -> Reply:
            reply = carry_out(call, name)
            self.control.counters.writes += METHODS[name].writes
            return reply

        return self._in_session(fields, fault, run)

    def _in_session(self, fields: dict[str, str], fault: Fault | None, run: Callable[[Call], Reply]) -> Response:
        early = _early_answer(fault)
        if early:
            return early
        cookie = fields.get("cookie", "")
        if fault and fault.kind == "session_expired":
            self.forget(cookie)
        employee = self.employee_of(cookie)
        if employee is None:
            return JSONResponse({"error": "Session expired"})
        try:
            reply = run(Call(self.store, self.settings, employee, fields))
        except RefusedError as error:
            return JSONResponse({"error": str(error)})
        return JSONResponse(_spoiled(reply, fault))


def create_app(options: Options) -> Starlette:
    """The whole server; `options.imports` concern mailboxes, not Wice."""
    server = WiceServer(options)
    pserv = "/pserv/base/json_backend/{section}"
    return Starlette(
        routes=[
            Route(BASE_PATH, server.api, methods=["GET", "POST"]),
            Route(PLUGIN_PATH, server.api, methods=["GET", "POST"]),
            Route(f"{pserv}/mainview", server.json_page, methods=["GET", "POST"]),
            Route(f"{pserv}/detailview/{{id}}", server.json_page, methods=["GET", "POST"]),
            *server.control.routes(),
            *admin.routes(server),
            *pages.routes(server),
        ]
    )


def _early_answer(fault: Fault | None) -> Response | None:
    if fault and fault.kind == "busy":
        return Response("Service Unavailable", 503, {"Retry-After": f"{fault.number('retry_after_s'):.0f}"})
    if fault and fault.kind == "denied":
        return JSONResponse({"error": "Denied"})
    return None


def _spoiled(reply: Reply, fault: Fault | None) -> Reply:
    """A list's answer under "empty_list" and "truncated_page"; anything else unchanged."""
    loops = [key for key in reply if key.startswith("loop_")]
    if not fault or not loops:
        return reply
    if fault.kind == "empty_list":
        return {}
    if fault.kind == "truncated_page":
        return {key: reply[key][: len(reply[key]) // 2] for key in loops}
    return reply

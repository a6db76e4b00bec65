"""The Wice server as an application: the two API paths, the JSON pages, control and web pages."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.control import Fault
from sandbox.pages import form
from sandbox.serving import Options
from sandbox.wice import admin, pages
from sandbox.wice.calls import METHODS, Call, Reply, carry_out, list_rows, single_row
from sandbox.wice.errors import RefusedError
from sandbox.wice.installation import Installation
from sandbox.wice.tables import Table

BASE_PATH = "/pserv/base/json"
PLUGIN_PATH = "/plugin/wp_wice_client_api_backend/json"

_SECTIONS = {
    "contactperson": Table.PERSON,
    "person": Table.PERSON,
    "company": Table.COMPANY,
    "appointment": Table.APPOINTMENT,
    "employee": Table.EMPLOYEE,
}


class _Api:
    def __init__(self, wice: Installation) -> None:
        self._wice = wice

    async def method(self, request: Request) -> Response:
        """Any method, on the base server's path and on the plugin's; by POST form, query string or both mixed."""
        fields = dict(request.query_params) | await form(request)
        name = fields.get("method", "")
        fault = self._wice.control.next_fault(name if name in (*METHODS, "login") else "unknown")
        if request.url.path == PLUGIN_PATH and not self._key_fits(request):
            return JSONResponse({"error": "API key missing or wrong"})
        if name == "login":
            return await self._wice.control.answer(request, fault, lambda: self._login(fields, fault))
        return await self._wice.control.answer(request, fault, lambda: self._carry_out(name, fields, fault))

    async def json_page(self, request: Request) -> Response:
        """The base server's pages as JSON; the session travels as the HTTP cookie `wice_cookie`."""
        section, view = request.path_params["section"], "detailview" if "id" in request.path_params else "mainview"
        fault = self._wice.control.next_fault(f"json_backend.{section}.{view}")
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

        return await self._wice.control.answer(request, fault, lambda: self._in_session(fields, fault, page))

    def _key_fits(self, request: Request) -> bool:
        return self._wice.settings.api_key is None or request.headers.get("x-api-key") == self._wice.settings.api_key

    def _login(self, fields: dict[str, str], fault: Fault | None) -> Response:
        early = _early_answer(fault)
        if early:
            return early
        cookie = self._wice.sign_in(
            fields.get("mandant_name", ""), fields.get("username", ""), fields.get("password", "")
        )
        return JSONResponse({"cookie": cookie} if cookie else {"error": "Denied"})

    def _carry_out(self, name: str, fields: dict[str, str], fault: Fault | None) -> Response:
        def run(call: Call) -> Reply:
            reply = carry_out(call, name)
            self._wice.control.counters.writes += METHODS[name].writes
            return reply

        return self._in_session(fields, fault, run)

    def _in_session(self, fields: dict[str, str], fault: Fault | None, run: Callable[[Call], Reply]) -> Response:
        early = _early_answer(fault)
        if early:
            return early
        cookie = fields.get("cookie", "")
        if fault and fault.kind == "session_expired":
            self._wice.forget(cookie)
        employee = self._wice.employee_of(cookie)
        if employee is None:
            return JSONResponse({"error": "Session expired"})
        try:
            reply = run(Call(self._wice.store, self._wice.settings, employee, fields))
        except RefusedError as error:
            return JSONResponse({"error": str(error)})
        return JSONResponse(_spoiled(reply, fault))


def create_app(options: Options) -> Starlette:
    """The whole server; `options.imports` concern mailboxes, not Wice."""
    wice = Installation(options)
    api = _Api(wice)
    pserv = "/pserv/base/json_backend/{section}"
    return Starlette(
        routes=[
            Route(BASE_PATH, api.method, methods=["GET", "POST"]),
            Route(PLUGIN_PATH, api.method, methods=["GET", "POST"]),
            Route(f"{pserv}/mainview", api.json_page, methods=["GET", "POST"]),
            Route(f"{pserv}/detailview/{{id}}", api.json_page, methods=["GET", "POST"]),
            *wice.control.routes(),
            *admin.routes(wice),
            *pages.routes(wice),
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

"""The Exchange sandbox as a Starlette application: POST /EWS/Exchange.asmx, autodiscover, an OAuth2 token endpoint, control paths and pages."""

import asyncio
from collections.abc import Callable
from typing import Any

from lxml import etree
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox.control import guarded
from sandbox.exchange import autodiscover, seed, soap, streaming
from sandbox.exchange.auth import TOKEN_LIFE_S, Doorkeeper
from sandbox.exchange.calls import Caller
from sandbox.exchange.controls import ExchangeControl
from sandbox.exchange.errors import NotAuthorised, SoapFault
from sandbox.exchange.inspection import inspection_routes
from sandbox.exchange.operations import carry_out
from sandbox.exchange.pages import page_routes
from sandbox.exchange.soap import XML
from sandbox.exchange.world import World
from sandbox.people import people
from sandbox.serving import Options, cut

_CHALLENGES = ('Basic realm="sandbox"', "NTLM", "Bearer")


class Server:
    """One server's state: the world, who may enter it, and its controls."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self.control = ExchangeControl(self.reset, options.people)
        self.world: World
        self._door: Doorkeeper
        self.reset(options.seed, options.people)

    def reset(self, seed_name: str, count: int) -> None:
        """A fresh world; logins of before are void, and connections of before break."""
        if hasattr(self, "world"):
            self.world.cut_streams(forget=True)
        persons = people(count)
        self.world = seed.world(persons, seed_name, self._options.today, self._options.imports)
        self._door = Doorkeeper(self.world, persons, self.control.failed_logins)

    def _admit(self, request: Request) -> Caller:
        return self._door.admit(request.headers.get("authorization"), request.scope["sandbox.transport"])

    async def ews(self, request: Request) -> Response:
        """Every EWS operation. Logging in comes first, then the pending fault, then the work."""
        raw = await request.body()
        try:
            caller = self._admit(request)
            envelope = soap.parse(raw)
        except NotAuthorised as error:
            return unauthorised(error.challenge)
        except SoapFault as error:
            return Response(soap.fault(error), 500, media_type=XML)
        self.control.note(caller.login, envelope.operation, envelope.request)
        fault = self.control.next_fault(envelope.operation)

        def work() -> Response:
            answer = carry_out(self.world, self.control, caller, envelope, fault)
            return Response(answer.body, answer.status, media_type=XML)

        if envelope.operation == "GetStreamingEvents" and fault is None:
            bodies = streaming.stream(self.world, caller, envelope, lambda: cut(request))
            return StreamingResponse(bodies, media_type=XML)
        if fault is not None and fault.kind == "late_create":
            asyncio.get_running_loop().call_later(fault.number("seconds"), work)
            await cut(request)
            return Response()
        return await self.control.answer(request, fault, work)

    def count_streams(self, _body: dict[str, Any]) -> object:
        """How many streaming connections there are."""
        return {"connections": len(self.world.bells)}

    def cut_streams(self, _body: dict[str, Any]) -> object:
        """Break all streaming connections, and forget their subscriptions, as a restart does; how many there were."""
        count = len(self.world.bells)
        self.world.cut_streams(forget=True)
        return {"connections": count}

    async def token(self, request: Request) -> Response:
        """OAuth2 client credentials of the service account."""
        token = self._door.grant_token(await request.body(), request.headers.get("authorization"))
        if token is None:
            return JSONResponse({"error": "invalid_client", "error_description": "Client id or secret is wrong."}, 401)
        return JSONResponse(
            {"token_type": "Bearer", "expires_in": TOKEN_LIFE_S, "ext_expires_in": TOKEN_LIFE_S, "access_token": token}
        )

    async def discover_soap(self, request: Request) -> Response:
        return await self._discover(request, autodiscover.user_settings)

    async def discover_pox(self, request: Request) -> Response:
        return await self._discover(request, autodiscover.pox)

    async def _discover(self, request: Request, answer: Callable[[bytes, World, str], bytes]) -> Response:
        raw = await request.body()
        try:
            self._admit(request)
            return Response(answer(raw, self.world, f"{request.base_url}EWS/Exchange.asmx"), media_type=XML)
        except NotAuthorised as error:
            return unauthorised(error.challenge)
        except etree.XMLSyntaxError as error:
            return Response(f"The request is not well-formed XML: {error}", 400)


def unauthorised(challenge: str | None = None) -> Response:
    """HTTP 401 that offers what is accepted, or goes on with an NTLM handshake."""
    response = Response("", 401)
    for offer in (f"NTLM {challenge}",) if challenge else _CHALLENGES:
        response.headers.append("WWW-Authenticate", offer)
    return response


def create_app(options: Options) -> Starlette:
    """The application; its world is seeded at once."""
    server = Server(options)
    return Starlette(
        routes=[
            Route("/EWS/Exchange.asmx", server.ews, methods=["POST"]),
            Route("/{tenant}/oauth2/v2.0/token", server.token, methods=["POST"]),
            Route("/autodiscover/autodiscover.svc", server.discover_soap, methods=["POST"]),
            Route("/autodiscover/autodiscover.xml", server.discover_pox, methods=["POST"]),
            *server.control.routes(),
            Route("/_sandbox/streams", guarded(server.count_streams), methods=["GET"]),
            Route("/_sandbox/streams", guarded(server.cut_streams), methods=["DELETE"]),
            *inspection_routes(lambda: server.world),
            *page_routes(lambda: server.world),
        ]
    )

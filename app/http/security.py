"""Who is asking, and may they? Every route carries `needs(permission)` or `public()`; a test looks at all of them.

    Runner = Annotated[Actor, needs(Permission.RUN)]     # parameter of an endpoint: `by: Runner`
    @router.get("/sign-in", dependencies=[public()])

Pages know people by the session's cookie; the API by a bearer token, or by the cookie as well (with the header `X-CSRF-Token`).
Both set `request.state.me` (`Me`, or None) and `request.state.csrf` (what forms send back).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.dependencies.models import Dependant
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.domain.people import SYSTEM, Actor, Permission, Role, Via, hashed, new_secret
from app.errors import Denied
from app.http import cookies, csrf
from app.http.client_address import client_address, is_in, networks
from app.http.state import Portal, portal
from app.rules.access import may
from app.services.sign_in import Client

SIGN_IN: Final = "/sign-in"
METRICS: Final = "/metrics"
_API: Final = "/api/v1"
_LONGEST_AGENT: Final = 200


@dataclass(frozen=True, slots=True)
class Me:
    """Who is signed in. `session` is the id of this browser's session, "" for a token's holder."""

    name: str
    role: Role
    language: str
    time_zone: str
    theme: str
    session: str


class SignInNeeded(HTTPException):
    """The page is for signed-in people: the browser is sent to the sign-in and comes back afterwards."""


class _Needs:
    """The dependency behind `needs`."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, request: Request) -> Actor:
        here = portal(request)
        await _at_home(request, here)
        bearer = _bearer(request) if _is_for_programs(request) else None
        me = await (_signed_in(request, here) if bearer is None else _token_holder(request, here, bearer))
        if me is None:
            raise _unknown(request)
        if csrf.is_unsafe(request) and bearer is None:
            csrf.check_origin(request, here.settings)
            csrf.check_token(await csrf.sent_token(request), request.state.csrf)
        if not may(me.role, self.permission):
            raise Denied(f"Your role ({me.role}) does not allow this.")
        return _actor(request, me, here)


class _Monitors(_Needs):
    """The dependency behind `monitors`."""

    async def __call__(self, request: Request) -> Actor:
        settings = portal(request).settings
        if is_in(client_address(request, settings), networks(settings.metrics_networks)):
            return SYSTEM
        return await super().__call__(request)


class _Public:
    """The dependency behind `public`: anybody may ask; whoever is signed in is known all the same."""

    async def __call__(self, request: Request) -> None:
        here = portal(request)
        request.state.me, request.state.csrf = None, ""
        if _is_api(request):
            return
        await _at_home(request, here)
        known = await _signed_in(request, here)
        form_token = _form_token(request, fresh=known is None)
        if known is None:
            request.state.csrf = form_token
        if csrf.is_unsafe(request):
            csrf.check_origin(request, here.settings)
            # The form's own too: a second tab may have signed in meanwhile.
            csrf.check_token(await csrf.sent_token(request), request.state.csrf, form_token)


def needs(permission: Permission) -> Any:
    """Dependency that yields the `Actor`, or refuses: 401 (pages: the sign-in), 403."""
    return Depends(_Needs(permission))


def monitors() -> Any:
    """As `needs(Permission.READ)`, but whoever asks from one of the networks of `metrics_networks` needs no token."""
    return Depends(_Monitors(Permission.READ))


def public() -> Any:
    """Dependency of routes that need no sign-in. Their forms carry a token too, which hangs on a cookie of its own."""
    return Depends(_Public())


def declared_permission(route: Dependant) -> Permission | None:
    """What a route (its `dependant`) asks for, None for a public one. Raises: LookupError if it says neither."""
    declared = [call for call in _calls(route) if isinstance(call, _Needs | _Public)]
    if not declared:
        raise LookupError(f"{route.path} carries neither needs(...) nor public()")
    asked = [call.permission for call in declared if isinstance(call, _Needs)]
    return max(asked, key=list(Permission).index, default=None)


def client_of(request: Request) -> Client:
    """Whom the sign-in throttles and shows in the list of sessions."""
    agent = request.headers.get("user-agent", "")[:_LONGEST_AGENT]
    return Client(client_address(request, portal(request).settings), agent, str(_state(request, "request_id")))


def install(app: FastAPI, here: Portal) -> None:
    """What pages need around their routes: the way to the sign-in, and the cookie of its form."""
    app.add_exception_handler(SignInNeeded, _to_sign_in)
    app.add_middleware(cookies.FormCookies, settings=here.settings)


def own_path(address: str) -> str:
    """`address` without its host, so that nobody is led away from here; two slashes of either kind would name one."""
    parts = urlsplit(address.replace("\\", "/"))
    path = "/" + parts.path.lstrip("/")
    return f"{path}?{parts.query}" if parts.query else path


async def _at_home(request: Request, here: Portal) -> None:
    """What pages tell about the whole server: see `app.http.house`."""
    known = here.house.known()
    if known is None:
        known = await run_in_threadpool(here.house.look)
    request.state.licence, options = known.licence, known.options
    request.state.organisation, request.state.time_zone = options.organisation, options.time_zone
    request.state.default_language = options.language


async def _signed_in(request: Request, here: Portal) -> Me | None:
    cookie = request.cookies.get(cookies.SESSION, "")
    session = await run_in_threadpool(here.product.sign_in.session, cookie) if cookie else None
    request.state.session = session
    if session is None:
        request.state.me, request.state.csrf = None, ""
        return None
    user = session.user
    me = Me(user.name, user.role, user.language, user.time_zone, user.theme, session.id)
    request.state.me, request.state.csrf = me, session.csrf
    return me


async def _token_holder(request: Request, here: Portal, token: str) -> Me | None:
    request.state.me, request.state.csrf = None, ""
    found = await run_in_threadpool(here.product.sign_in.bearer, token)
    if found is None:
        return None
    user, role = found
    request.state.me = me = Me(user.name, role, user.language, user.time_zone, user.theme, "")
    return me


def _bearer(request: Request) -> str | None:
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _actor(request: Request, me: Me, here: Portal) -> Actor:
    return Actor(
        name=me.name,
        role=me.role,
        via=Via.API if _is_api(request) else Via.PORTAL,
        address=client_address(request, here.settings),
        request=str(_state(request, "request_id")),
    )


def _form_token(request: Request, *, fresh: bool) -> str:
    """What the form of a browser that is not signed in sends back: hangs on a cookie that only this browser has."""
    cookie = request.cookies.get(cookies.FORM, "")
    if fresh and not cookie and not csrf.is_unsafe(request):
        cookie = new_secret()
        setattr(request.state, cookies.NEW_FORM, cookie)
    return hashed(f"form {cookie}") if cookie else ""


def _unknown(request: Request) -> HTTPException:
    if _is_for_programs(request):
        detail = "Send an API token: Authorization: Bearer ws_..."
        return HTTPException(401, detail, headers={"WWW-Authenticate": 'Bearer realm="wice-sync"'})
    if "HX-Request" in request.headers:
        current = own_path(request.headers.get("HX-Current-URL", "/"))
        return SignInNeeded(401, headers={"HX-Redirect": _sign_in_address(current)})
    asked = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
    return SignInNeeded(303, headers={"Location": _sign_in_address("/" if csrf.is_unsafe(request) else asked)})


def _sign_in_address(back: str) -> str:
    return SIGN_IN if back == "/" else f"{SIGN_IN}?next={quote(back, safe='/')}"


def _to_sign_in(_: Request, error: Exception) -> Response:
    if not isinstance(error, SignInNeeded):
        raise error
    return Response(status_code=error.status_code, headers=error.headers)


def _is_api(request: Request) -> bool:
    # The API is mounted as an application of its own; behind a proxy's prefix there may be more before it.
    return str(request.scope.get("root_path", "")).endswith(_API)


def _is_for_programs(request: Request) -> bool:
    return _is_api(request) or request.url.path == METRICS


def _calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for part in dependant.dependencies:
        yield from _calls(part)


def _state(request: Request, name: str) -> object:
    return getattr(request.state, name, "")

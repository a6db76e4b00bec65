"""Pages for everything that goes wrong: what happened, what to do, and the request's id, by which the log is searched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.errors import BadInput, Retry, WiceSyncError
from app.http.errors import meaning_of, meaning_of_status
from app.web.i18n import N_, _
from app.web.security_headers import add_headers
from app.web.templating import render

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Advice:
    """What a person reads about a kind of error."""

    title: str
    text: str
    icon: str = "alert-triangle"


ADVICE: Mapping[str, Advice] = {
    "bad-request": Advice(N_("This request cannot be understood"), N_("Go back and try it again from the page.")),
    "unauthorised": Advice(N_("Sign in first"), N_("Sign in, then open this page again."), "lock"),
    "forbidden": Advice(
        N_("You may not do this"),
        N_("Your role does not allow it. If you need it, ask an administrator to change your role."),
        "lock",
    ),
    "not-found": Advice(
        N_("This does not exist"),
        N_("It may have been renamed or deleted. Look for it in the lists, or check the address."),
        "zoom-question",
    ),
    "method-not-allowed": Advice(N_("This cannot be done here"), N_("Go back and try it again from the page.")),
    "conflict": Advice(
        N_("This cannot be done now"), N_("Nothing was changed. Go back, reload the page and try again.")
    ),
    "cancelled": Advice(N_("The run was cancelled"), N_("What was done until then is recorded; the next run goes on.")),
    "busy": Advice(N_("Another run has this profile"), N_("Wait until it has ended, then try again."), "hourglass"),
    "superseded": Advice(
        N_("Somebody else changed this in the meantime"),
        N_("Nothing was overwritten. Open the page again to see the new state, then repeat your change."),
        "git-compare",
    ),
    "too-large": Advice(N_("This is too large"), N_("Send it in smaller parts.")),
    "bad-input": Advice(N_("This cannot be carried out as it is"), N_("Nothing was changed. Go back and correct it.")),
    "too-many-requests": Advice(N_("Too many attempts"), N_("Wait a minute, then try again."), "hourglass"),
    "licence": Advice(
        N_("The licence does not allow this"),
        N_("Nothing was changed. The page about the licence says what is missing."),
        "certificate",
    ),
    "server-refused": Advice(
        N_("A Wice or Exchange server refused"),
        N_("Test the connection on the page about servers."),
        "plug-connected-x",
    ),
    "configuration": Advice(
        N_("This server is not set up correctly"), N_("Correct it as described below."), "settings"
    ),
    "internal": Advice(
        N_("Something went wrong here"),
        N_("It is our mistake, not yours. Try again; if it stays, report it with the request number below."),
    ),
    "unavailable": Advice(
        N_("Out of reach at the moment"), N_("Nothing is lost. Try again in a minute."), "plug-connected-x"
    ),
}


def install_errors(app: FastAPI) -> None:
    """Answer all errors of this application with pages."""
    app.add_exception_handler(WiceSyncError, _made_on_purpose)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _of_the_framework)
    app.add_exception_handler(Exception, _bug)


def error_page(
    request: Request, status: int, kind: str, details: tuple[str, ...] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """The page for one error. `kind`: a type of `app.http.errors`; `details`: what exactly, one sentence each."""
    advice = ADVICE.get(kind, ADVICE["bad-request" if status < 500 else "internal"])  # noqa: PLR2004  the class of server errors
    page = render(
        request,
        "pages/error.html",
        status,
        code=status,
        title=_(advice.title),
        advice=_(advice.text),
        icon=advice.icon,
        details=details,
    )
    page.headers.update(headers or {})
    return page


def _made_on_purpose(request: Request, error: Exception) -> Response:
    if not isinstance(error, WiceSyncError):
        raise error
    meaning = meaning_of(error)
    details = error.problems if isinstance(error, BadInput) else (str(error),) if str(error) else ()
    headers = {"Retry-After": f"{error.after.total_seconds():.0f}"} if isinstance(error, Retry) else None
    return error_page(request, meaning.status, meaning.type, details, headers)


def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    details = tuple(f"{fault['loc'][-1]}: {fault['msg']}" for fault in error.errors())
    return error_page(request, 422, "bad-input", details)


def _of_the_framework(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return error_page(request, error.status_code, meaning_of_status(error.status_code).type, headers=error.headers)


def _bug(request: Request, error: Exception) -> Response:
    # Its text may hold people's data; the log has the kind and the place, the page only the request's id.
    _log.error("bug", kind=type(error).__name__, exc_info=error)
    page = error_page(request, 500, "internal")
    # Made outside of all middleware.
    add_headers(page.headers, scheme=request.url.scheme)
    return page

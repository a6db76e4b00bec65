"""Errors of the API: RFC 9457 problem details with stable types, on every path the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from app.errors import BadInput, Retry, WiceSyncError
from app.http.errors import Meaning, meaning_of, meaning_of_status

MEDIA_TYPE: Final = "application/problem+json"
TYPES: Final = "/problems/"
_log = structlog.get_logger()


class Problem(BaseModel):
    """What went wrong, and what to do (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "/problems/bad-input",
                    "title": "The request cannot be carried out as it is",
                    "status": 422,
                    "detail": "mailbox: is no e-mail address, such as anna@example.com",
                    "request": "k3v7qmzlw2ab",
                    "problems": [{"field": "mailbox", "message": "is no e-mail address, such as anna@example.com"}],
                }
            ]
        }
    )

    type: str = Field(description="Stable name of the kind of problem; what programs look at.")
    title: str = Field(description="The kind of problem in words, always the same for one type.")
    status: int = Field(description="The HTTP status code.")
    detail: str = Field(description="What happened here, and what to do.")
    request: str = Field(default="", description="Id of this request; it is in the server's log.")
    problems: list[FieldProblem] = Field(default=[], description="Each single fault of the input, with its place.")


class FieldProblem(BaseModel):
    """One fault of the input."""

    field: str = Field(
        description="Where, as in the body (`account.email`), or empty for the whole.", examples=["mailbox"]
    )
    message: str = Field(
        description="What is wrong, and what is taken instead.",
        examples=["is no e-mail address, such as anna@example.com"],
    )


Problem.model_rebuild()

RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": Problem, "description": meaning_of_status(status).title, "content": {MEDIA_TYPE: {}}}
    for status in (400, 401, 403, 404, 405, 409, 412, 422, 428, 429, 500, 503)
}


def answer(
    request: Request,
    meaning: Meaning,
    detail: str,
    problems: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The response for one problem."""
    body = {
        "type": TYPES + meaning.type,
        "title": meaning.title,
        "status": meaning.status,
        "detail": detail,
        "request": getattr(request.state, "request_id", ""),
        "problems": problems or [],
    }
    return JSONResponse(body, meaning.status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def install(api: FastAPI) -> None:
    """Answer all errors of this application as problems."""
    api.add_exception_handler(WiceSyncError, _made_on_purpose)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _of_the_framework)
    api.add_exception_handler(Exception, _bug)


def _made_on_purpose(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, WiceSyncError):
        raise error
    headers = {"Retry-After": f"{error.after.total_seconds():.0f}"} if isinstance(error, Retry) else None
    return answer(request, meaning_of(error), str(error), _problems(error), headers)


def _problems(error: WiceSyncError) -> list[dict[str, str]]:
    if not isinstance(error, BadInput):
        return []
    fields: Mapping[str, str] = getattr(error, "fields", {})
    named = [{"field": field, "message": message} for field, message in fields.items()]
    return named or [{"field": "", "message": problem} for problem in error.problems]


def _invalid(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    problems = [{"field": _place(fault["loc"]), "message": str(fault["msg"])} for fault in error.errors()]
    detail = "; ".join(f"{one['field']}: {one['message']}" if one["field"] else one["message"] for one in problems)
    return answer(request, meaning_of_status(422), detail, problems)


def _place(location: tuple[int | str, ...]) -> str:
    # The first part says query, path or body: the names are enough to find it.
    return ".".join(str(part) for part in location[1:])


def _of_the_framework(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return answer(request, meaning_of_status(error.status_code), str(error.detail), headers=error.headers)


def _bug(request: Request, error: Exception) -> JSONResponse:
    # Its text may hold people's data; the log has the kind and the place, the answer only the request's id.
    _log.error("bug", kind=type(error).__name__, exc_info=error)
    detail = "The server's log has the details under this request's id; please report it."
    return answer(request, meaning_of_status(500), detail)

"""What an error means in HTTP: one table for pages and the API. Source: RFC 9110 (status codes), RFC 9457 (problem types)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.errors import (
    BadInput,
    Cancelled,
    Denied,
    Halt,
    HaltCode,
    LeaseLost,
    NotFound,
    Retry,
    Superseded,
    Taken,
    Throttled,
    WiceSyncError,
)


@dataclass(frozen=True)
class Meaning:
    """`type` is the stable word that clients may rely on; `title` says the same to people."""

    status: int
    type: str
    title: str


_MEANINGS: Final[tuple[tuple[type[WiceSyncError], Meaning], ...]] = (
    # The first class that fits counts: special ones stand before general ones.
    (NotFound, Meaning(404, "not-found", "This does not exist")),
    (Taken, Meaning(409, "conflict", "This cannot be done now")),
    (BadInput, Meaning(422, "bad-input", "The request cannot be carried out as it is")),
    (Superseded, Meaning(412, "superseded", "It was changed in the meantime")),
    (Denied, Meaning(403, "forbidden", "You may not do this")),
    (Cancelled, Meaning(409, "cancelled", "The run was cancelled")),
    (LeaseLost, Meaning(409, "busy", "Another run has this profile")),
    (Throttled, Meaning(429, "too-many-requests", "Too many requests")),
    (Retry, Meaning(503, "unavailable", "A server is out of reach")),
)
_HALTS: Final = {
    HaltCode.LICENCE: Meaning(402, "licence", "The licence does not allow this"),
    HaltCode.CONFIGURATION: Meaning(500, "configuration", "The server is not set up correctly"),
}
_HALT: Final = Meaning(502, "server-refused", "A Wice or Exchange server refused")

OF_STATUS: Final = {
    400: Meaning(400, "bad-request", "The request cannot be understood"),
    401: Meaning(401, "unauthorised", "Sign in first"),
    403: Meaning(403, "forbidden", "You may not do this"),
    404: Meaning(404, "not-found", "This does not exist"),
    405: Meaning(405, "method-not-allowed", "This cannot be done here"),
    409: Meaning(409, "conflict", "This cannot be done now"),
    412: Meaning(412, "superseded", "It was changed in the meantime"),
    413: Meaning(413, "too-large", "This is too large"),
    415: Meaning(415, "unsupported-media-type", "This kind of content is not understood"),
    422: Meaning(422, "bad-input", "The request cannot be carried out as it is"),
    428: Meaning(428, "precondition-required", "Say which version you mean"),
    429: Meaning(429, "too-many-requests", "Too many requests"),
    500: Meaning(500, "internal", "Something went wrong here"),
    503: Meaning(503, "unavailable", "A server is out of reach"),
}


def meaning_of(error: WiceSyncError) -> Meaning:
    """The status, type and title of an error made on purpose."""
    if isinstance(error, Halt):
        return _HALTS.get(error.code, _HALT)
    return next((meaning for kind, meaning in _MEANINGS if isinstance(error, kind)), OF_STATUS[500])


def meaning_of_status(status: int) -> Meaning:
    """The same for an error that the framework raised."""
    return OF_STATUS.get(status, OF_STATUS[500 if status >= 500 else 400])  # noqa: PLR2004 - the class of server errors

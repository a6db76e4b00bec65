"""What a Wice server's trouble means: one table from the transport's and the protocol's errors to who must act.

| what happened                                   | becomes                                                  |
|-------------------------------------------------|----------------------------------------------------------|
| certificate not trusted                         | Halt(CERTIFICATE)                                        |
| HTTP 401, 403                                   | Halt(ACCESS_DENIED)                                      |
| HTTP 3xx, 404, 405                              | Halt(CONFIGURATION)                                      |
| HTTP 429, 503                                   | HostBusy(after=Retry-After); nothing was done            |
| connection refused, no such host, no connection | HostBusy; nothing was done                               |
| HTTP 5xx, timeout, cut connection, garbage body | Retry after a read, `AnswerLost` after a write           |
| {"error": ...} at the login                     | Halt(LOGIN_REFUSED)                                      |
| {"error": ...} elsewhere, also after a new login| `Refusal`: of one item, or a call this server cannot do  |

Messages name the server and the call, never a value.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Never

import httpx

from app.domain.sync import Side
from app.errors import Halt, HaltCode, HostBusy, Retry

DEFAULT_DELAY = timedelta(seconds=60)
LONGEST_DELAY = timedelta(hours=1)

_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class AnswerLost(Retry):
    """A write was sent and no usable answer came back: it may or may not have happened."""


class Refusal(Exception):
    """The server answered {"error": text}, and again after a new login: it does not do this.

    A value in the making: the stores turn it into `Refused`, it never leaves this adapter.
    """

    def __init__(self, method: str, text: str) -> None:
        super().__init__(f"{method}: {text}")
        self.method = method
        self.text = text


def raise_transport(error: httpx.RequestError, server: str, *, writes: bool) -> Never:
    """Translate what httpx says. Raises: Halt, AnswerLost, Retry."""
    if _certificate_error(error):
        raise Halt(
            HaltCode.CERTIFICATE,
            f"The certificate of the Wice server {server} is not trusted. Install a valid certificate there, or name the file with "
            "your certificate authority as ca_file of this Wice server. Verification cannot be switched off.",
        ) from error
    kind = type(error).__name__
    if isinstance(error, _NOTHING_SENT):
        raise HostBusy(f"The Wice server {server} cannot be reached ({kind}).") from error
    if writes:
        raise AnswerLost(f"The Wice server {server} did not answer a write ({kind}).") from error
    raise Retry(f"The Wice server {server} did not answer ({kind}).") from error


def raise_status(response: httpx.Response, server: str, *, writes: bool) -> None:
    """Pass a successful reply. Raises: Halt, AnswerLost, Retry."""
    status = response.status_code
    if status == HTTPStatus.OK:
        return
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise Halt(
            HaltCode.ACCESS_DENIED,
            f"The Wice server {server} denies access (HTTP {status}). Check the server's api_key and that the plugin "
            "'Client API Backend' is switched on and open to this machine.",
        )
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        raise HostBusy(f"The Wice server {server} is busy (HTTP {status}).", after=retry_after(response))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        kind = AnswerLost if writes else Retry
        raise kind(f"The Wice server {server} failed (HTTP {status}).")
    raise Halt(
        HaltCode.CONFIGURATION,
        f"At {server} no Wice server answers (HTTP {status}). Check the url of this Wice server; it is the address before '/pserv'.",
    )


def unreadable(server: str, *, writes: bool) -> Retry:
    """The reply is no JSON object."""
    kind = AnswerLost if writes else Retry
    return kind(f"The Wice server {server} answered with something that is not JSON.")


def login_refused(server: str, mandant: str, username: str) -> Halt:
    """The login of this account does not fit."""
    return Halt(
        HaltCode.LOGIN_REFUSED,
        f"The Wice server {server} refuses the login of user {username} at mandant {mandant}. "
        "Check the account's wice_username and wice_password and the server's mandant, and that the user is active in Wice. "
        "Schedules do not try it again before that.",
        side=Side.WICE,
    )


def unusable(server: str, text: str) -> Halt:
    """Even the documented calls are refused right after a login."""
    return Halt(
        HaltCode.ACCESS_DENIED,
        f"The Wice server {server} refuses all calls after the login ({text}). Check the server's api_key and that the plugin "
        "'Client API Backend' is switched on.",
    )


def not_offered(server: str, what: str) -> Halt:
    """The server lacks a capability without which this kind cannot be synchronised."""
    return Halt(HaltCode.UNSUPPORTED, f"The Wice server {server} does not offer {what}: this kind is not synchronised.")


def contradicts_itself(server: str, text: str) -> Retry:
    """A list is refused that was offered: what the server can do is asked anew by the next run."""
    return Retry(f"The Wice server {server} refuses a list that it offered ({text}).", after=DEFAULT_DELAY)


def retry_after(response: httpx.Response) -> timedelta:
    """The server's own hint, seconds or a date (RFC 9110, 10.2.3), between nothing and an hour."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return min(timedelta(seconds=int(text[:9])), LONGEST_DELAY)
    until, now = http_date(text), http_date(response.headers.get("Date", ""))
    if until and now:
        return min(max(until - now, timedelta()), LONGEST_DELAY)
    return DEFAULT_DELAY


def http_date(text: str) -> datetime | None:
    """A header's date in UTC; None when there is none."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None


def _certificate_error(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False

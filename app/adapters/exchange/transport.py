"""Connections: one session per opened mailbox, with a bounded life. No state outside the objects, except what is named here.

Process-wide effects, all in this module: exchangelib's loggers are silenced (they print whole requests, which are people's data, on errors),
OAuth2 tokens are kept per application (see `tokens`), and certificate authorities per CA file. exchangelib's class-level settings and its cache of
protocols are not used: they would leak one connection per login, share one CA bundle, and hang for ever after a failed token refresh.
"""

from __future__ import annotations

import logging
import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import requests
from exchangelib.account import Identity
from exchangelib.configuration import Configuration
from exchangelib.credentials import DELEGATE, IMPERSONATION, Credentials
from exchangelib.protocol import BaseProtocol, FailFast
from exchangelib.transport import BASIC, NOAUTH, NTLM
from exchangelib.version import Version
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from app.adapters.exchange.access import ExchangeAccess
from app.adapters.exchange.errors import HttpFault
from app.adapters.exchange.services import assumed_version
from app.adapters.exchange.tokens import Token
from app.adapters.trust import trusted
from app.domain.account import Access, Auth
from app.ports.metering import Outcome

logging.getLogger("exchangelib").setLevel(logging.CRITICAL + 1)

USER_AGENT = "wice-sync"
Sent = Callable[[str, float, Outcome], None]
"""Takes a request's host, how many seconds its answer's head took, and what became of it."""

OK = 200
SERVER_ERROR = 500


class CountingAdapter(HTTPAdapter):
    """HTTP with own CAs, one connection, no retries of its own; `sent` is told of each request, handshakes included."""

    def __init__(self, context: ssl.SSLContext, sent: Sent) -> None:
        self._context = context
        self._sent = sent
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0, pool_block=True)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        begun, outcome = monotonic(), Outcome.UNREACHABLE
        try:
            response = super().send(request, *args, **kwargs)
            outcome = Outcome.of(response.status_code)
            return response
        finally:
            self._sent(urlsplit(request.url or "").hostname or "", monotonic() - begun, outcome)


def verified(session: requests.Session, context: ssl.SSLContext, sent: Sent) -> requests.Session:
    """`session`, verifying with `context` and counted, to whatever address it speaks."""
    session.adapters.clear()
    for scheme in ("https://", "http://"):
        session.mount(scheme, CountingAdapter(context, sent))
    return session


class FailAtOnce(FailFast):
    """Every status but success is raised as it is: a 401 is never taken for busy (lock-out), 429 and Retry-After are understood."""

    def raise_response_errors(self, response: requests.Response) -> None:
        """Raises: HttpFault. A 500 with XML is a SOAP fault and read as such."""
        if response.status_code == OK:
            return
        if response.status_code == SERVER_ERROR and b"Envelope" in response.content[:1000]:
            return
        raise HttpFault(response.status_code, retry_after(response.headers.get("Retry-After", "")))


def retry_after(header: str) -> timedelta | None:
    """Seconds or an HTTP date (RFC 9110, 10.2.3); None for anything else."""
    if header.strip().isdigit():
        return timedelta(seconds=int(header))
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(at.astimezone(UTC) - datetime.now(UTC), timedelta(0))


@dataclass(frozen=True, slots=True)
class Bearer(AuthBase):
    """Puts the application's token on each request."""

    token: Token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token.text}"
        return request


class Connection(BaseProtocol):
    """exchangelib's session pool of one, without its global cache. Dropped after any error, so that no lost session is waited for."""

    def __init__(self, access: ExchangeAccess, sent: Sent, token: Token | None = None) -> None:
        self._context = trusted(access.ca_file)
        self.sent = sent
        """Told of each request; another one, once the connection has gone over to another session."""
        self._bearer = Bearer(token) if token else None
        self.process = os.getpid()
        self._version = assumed_version()
        super().__init__(_configuration(access))

    @property
    def version(self) -> Version:
        """What we assume; services look at it before their first call."""
        return self._version

    def get_auth_type(self) -> str:
        """A hook of exchangelib for asking the server: never needed, since the way to sign in is configured."""
        raise AssertionError("the way to sign in is configured")

    def create_session(self) -> requests.Session:
        """A session whose every request, to whatever address, is verified and counted."""
        session: requests.Session = verified(super().create_session(), self._context, self._tell)
        session.headers["User-Agent"] = USER_AGENT
        if self._bearer:
            session.auth = self._bearer
        return session

    def _tell(self, host: str, seconds: float, outcome: Outcome) -> None:
        self.sent(host, seconds, outcome)


def login_of(access: ExchangeAccess) -> tuple[str, dict[str, str]]:
    """The name that exchangelib has for the way to sign in, and its arguments. NTLM wants an e-mail login marked by a leading backslash."""
    if access.auth is Auth.BASIC:
        return BASIC, {"username": access.username, "password": access.password}
    prefix = "\\" if "@" in access.username else ""
    return NTLM, {"username": prefix + access.username, "password": access.password}


_AUTH = {Auth.BASIC: BASIC, Auth.NTLM: NTLM, Auth.OAUTH2: NOAUTH}


def _configuration(access: ExchangeAccess) -> Configuration:
    # OAuth2 runs without exchangelib's: its refresh loses the only session when the token server fails (issue 1373).
    credentials = None if access.auth is Auth.OAUTH2 else Credentials(access.username, access.password)
    return Configuration(
        credentials=credentials,
        service_endpoint=access.endpoint,
        auth_type=_AUTH[access.auth],
        version=assumed_version(),
        retry_policy=FailAtOnce(),
        max_connections=1,
    )


class Caller:
    """What exchangelib's services ask of an account: whose mailbox, by which right, over which connection."""

    affinity_cookie = None
    default_timezone = None

    def __init__(self, access: ExchangeAccess, connection: Connection) -> None:
        self.protocol = connection
        self.version = assumed_version()
        self.primary_smtp_address = access.mailbox
        self.access_type = IMPERSONATION if access.access is Access.IMPERSONATION else DELEGATE
        self.identity = Identity(primary_smtp_address=access.mailbox)


def is_loopback(url: str) -> bool:
    """Whether `url` stays on this machine, where plain HTTP gives nothing away."""
    return urlsplit(url).hostname in {"localhost", "127.0.0.1", "::1"}

"""One mailbox's calls: sent once, counted, translated. A connection that failed is thrown away, never waited for."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import requests
from lxml.etree import _Element as Element

from app.adapters.exchange import tokens
from app.adapters.exchange.access import ExchangeAccess
from app.adapters.exchange.autodiscover import find_endpoint
from app.adapters.exchange.errors import AnswerLost, Busy, HttpFault, translate
from app.adapters.exchange.services import OPERATIONS
from app.adapters.exchange.transport import Caller, Connection, verified
from app.adapters.exchange.wire import Message, local
from app.adapters.trust import trusted
from app.domain.account import Access, Auth
from app.domain.sync import Side
from app.errors import Halt, HaltCode, HostBusy, Retry
from app.ports.metering import Outcome

REPEAT_WITHIN_S = 1.0
"""A read whose connection broke at once is repeated once, if no more than this has passed."""


class Session:
    """Sends operations for one mailbox. Opens nothing before the first call, so that a process may fork after construction."""

    def __init__(self, access: ExchangeAccess) -> None:
        self.access = access
        self.requests = 0
        self.server_version = ""
        self._connection: Connection | None = None
        self._token: tokens.Token | None = None

    def read(self, body: Element, expected: int | None = None) -> list[Message]:
        """Send a reading `body`; one message per thing asked. A connection that broke is tried again once. Raises: Retry, Halt."""
        begun = time.monotonic()
        try:
            return self.call(body, expected)
        except AnswerLost as error:
            if not error.broken or time.monotonic() - begun > REPEAT_WITHIN_S:
                raise
        return self.call(body, expected)

    def call(self, body: Element, expected: int | None = None) -> list[Message]:
        """Send `body` exactly once. `expected` is how many messages must come back.

        Raises: Busy (nothing was done), AnswerLost (nobody knows), RejectedCall (nothing was done), Halt.
        """
        self._ask_for_leave()
        try:
            messages = self._send(body)
        except Exception as error:
            self.close()
            translated = self._translated(error)
            self._tell(translated)
            raise translated from error
        self.access.allowance.answered()
        if expected is not None and len(messages) != expected:
            parts = f"{len(messages)} of {expected} parts of {local(body)}"
            raise AnswerLost(f"{self.access.where} answered {parts}", answered=True)
        return messages

    def _ask_for_leave(self) -> None:
        try:
            self.access.allowance.spend()
        except HostBusy as error:
            # Writers know by this kind that nothing of their batch was sent.
            raise Busy(str(error), after=error.after) from error

    def _tell(self, error: Exception) -> None:
        match error:
            case HostBusy():
                self.access.allowance.busy(error)
            case AnswerLost(timed_out=True):
                self.access.allowance.silent()
            case Halt() | AnswerLost(answered=True):
                self.access.allowance.answered()
            case _:
                pass

    def _send(self, body: Element) -> list[Message]:
        caller = Caller(self.access, self._connected())
        operation = OPERATIONS[local(body)](account=caller, timeout=self.access.request_timeout_s)
        messages = operation.send(body)
        self.server_version = f"{caller.version.fullname} ({caller.version.build})"
        return messages

    def _connected(self) -> Connection:
        """The open connection; a new one for a new token and in a new process (a forked socket would be shared)."""
        if not self.access.endpoint:
            with self.plain_session() as session:
                self.access = find_endpoint(self.access, session)
        token = self._current_token()
        kept = self._connection
        if kept is None or kept.process != os.getpid() or token is not self._token:
            self.close()
            self._connection = kept = Connection(self.access, self._count, token)
            self._token = token
        return kept

    def _current_token(self) -> tokens.Token | None:
        if self.access.auth is not Auth.OAUTH2:
            return None
        if self.access.access is not Access.IMPERSONATION:
            advice = "OAuth2 is used app-only, which opens a mailbox by impersonation; set access to impersonation."
            raise Halt(HaltCode.CONFIGURATION, f"{self.access.where}: {advice}")
        with self.plain_session() as session:
            return tokens.token_for(self.access, session)

    def plain_session(self) -> requests.Session:
        """A verified, counted session without a login, for the token server and autodiscover."""
        return verified(requests.Session(), trusted(self.access.ca_file), self._count)

    def _translated(self, error: Exception) -> Exception:
        if isinstance(error, HttpFault) and error.status == requests.codes.unauthorized and self._outlived(self._token):
            return Retry(
                f"{self.access.where} no longer accepts its token; a new one is fetched", after=timedelta(seconds=1)
            )
        return translate(error, self.access.where)

    @staticmethod
    def _outlived(token: tokens.Token | None) -> bool:
        """A kept token may be withdrawn at any time, which says nothing about the application: only a new one's refusal does."""
        if token is None:
            return False
        tokens.forget(token)
        return time.monotonic() - token.begun > tokens.FRESH_S

    def _count(self, host: str, seconds: float, outcome: Outcome) -> None:
        self.requests += 1
        self.access.meter.answered(Side.EXCHANGE, host, seconds, outcome)

    def close(self) -> None:
        """Free the connection; a later call opens a new one."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

"""One mailbox's calls: sent once, counted, translated. A connection that failed is thrown away, never waited for."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import timedelta

from lxml.etree import _Element as Element
from requests import Session as HttpSession
from requests import codes

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

LANES = 3
"""Connections over which many batches go out at the same time: a mailbox has 27, shared with its owner's programs (EWSMaxConcurrency)."""
REPEAT_WITHIN_S = 1.0
"""A read whose connection broke at once is repeated once, if no more than this has passed."""


class Session:
    """Sends operations for one mailbox. Opens nothing before the first call, so that a process may fork after construction."""

    def __init__(self, access: ExchangeAccess) -> None:
        self.access = access
        self.server_version = ""
        self._sent = 0
        self._lanes: list[Session] = []
        self._connection: Connection | None = None
        self._token: tokens.Token | None = None

    @property
    def requests(self) -> int:
        """HTTP requests sent so far, those of the lanes included."""
        return self._sent + sum(lane.requests for lane in self._lanes)

    def lanes(self, wanted: int) -> list[Session]:
        """Up to `LANES` sessions for the same mailbox, this one among them, each for one thread."""
        self._connected()
        further = self.access.allowance.connections(min(wanted, LANES)) - 1
        while len(self._lanes) < further:
            self._lanes.append(Session(replace(self.access, keeper=None)))
        return [self, *self._lanes[:further]]

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
            self._drop()
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
            self._drop()
            self._connection = kept = self._taken(token) or Connection(self.access, self._count, token)
            self._token = token
        return kept

    def _taken(self, token: tokens.Token | None) -> Connection | None:
        """What the account's last session left, under the same login."""
        taken = self.access.keeper.take(self._key(token)) if self.access.keeper else None
        if not isinstance(taken, Connection):
            return None
        taken.sent = self._count
        return taken

    def _key(self, token: tokens.Token | None) -> str:
        """Whatever an administrator edits of a login, the next session begins anew."""
        access = self.access
        if access.keeper is None:
            return ""
        login = (access.auth, access.access, access.username, access.password, token.text if token else "")
        return access.keeper.key(Side.EXCHANGE, access.account, access.mailbox, access.endpoint, access.ca_file, *login)

    def _current_token(self) -> tokens.Token | None:
        if self.access.auth is not Auth.OAUTH2:
            return None
        if self.access.access is not Access.IMPERSONATION:
            advice = "OAuth2 is used app-only, which opens a mailbox by impersonation; set access to impersonation."
            raise Halt(HaltCode.CONFIGURATION, f"{self.access.where}: {advice}")
        with self.plain_session() as session:
            return tokens.token_for(self.access, session)

    def plain_session(self) -> HttpSession:
        """A verified, counted session without a login, for the token server and autodiscover."""
        return verified(HttpSession(), trusted(self.access.ca_file), self._count)

    def _translated(self, error: Exception) -> Exception:
        if isinstance(error, HttpFault) and error.status == codes.unauthorized and self._outlived(self._token):
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
        self._sent += 1
        self.access.meter.answered(Side.EXCHANGE, host, seconds, outcome)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def close(self) -> None:
        """Leave the connection to the account's next session, free all others; a later call opens a new one.

        After an error there is none to leave, unless a later call has opened a new one without it.
        """
        for lane in self._lanes:
            lane.close()
        if self._connection is not None and self.access.keeper:
            self.access.keeper.keep(self._key(self._token), self._connection)
            self._connection = None
        self._drop()

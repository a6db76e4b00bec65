"""Streaming notifications: one connection at which Exchange tells of up to 200 mailboxes, opened by the service account.

All subscriptions of a connection and the connection itself go over one HTTP session with one anchor mailbox, so that the server's affinity cookie
leads them to the same back end. A mailbox that lives elsewhere is refused there and belongs on a channel of its own. Source: EWS operations
Subscribe, GetStreamingEvents; "How to maintain affinity between a group of subscriptions and the Mailbox server".

The reply is one HTTP response of many SOAP envelopes. It is read as it comes, chunk by chunk; a silent connection is given up after `SILENCE_S`.
"""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import requests
from lxml.etree import _Element as Element

from app.adapters.exchange import bodies, tokens
from app.adapters.exchange.access import ExchangeAccess
from app.adapters.exchange.errors import AnswerLost, by_code, translate
from app.adapters.exchange.services import API_VERSION, OPERATIONS, Operation, fault_of
from app.adapters.exchange.transport import Caller, Connection, FailAtOnce, verified
from app.adapters.exchange.wire import SOAP, MalformedReply, Message, find, message_of, parse, text_of
from app.adapters.trust import trusted
from app.domain.account import Auth
from app.domain.ids import ProfileId
from app.domain.watching import Watched
from app.ports.metering import Outcome

MINUTES: Final = 29
"""How long the server keeps a connection; it takes 30 at most."""

SILENCE_S: Final = 120.0
"""Exchange gives a sign of life at least every minute."""

_END: Final = b"Envelope>"
_LARGEST: Final = 10_000_000


class StreamingChannel:
    """`app.ports.notifications.Channel` of one Exchange server. `access`: the service account at its server; the mailbox in it is not used."""

    def __init__(self, access: ExchangeAccess) -> None:
        self._access = access
        self._anchor = ""
        self._connection: Connection | None = None
        self._http: Any = None
        self._reply: requests.Response | None = None
        self._watched: dict[str, ProfileId] = {}

    def watch(self, mailbox: Watched) -> None:
        """See `app.ports.notifications.Channel.watch`."""
        self._anchor = self._anchor or mailbox.mailbox
        reply = self._post(mailbox.mailbox, bodies.subscribe(mailbox.folders), stream=False)
        try:
            [message] = _messages(reply.content, "Subscribe")
        except Exception as error:
            raise translate(error, self._where(mailbox.mailbox)) from error
        identifier = text_of(find(message.element, "m:SubscriptionId"))
        if not message.ok or not identifier:
            raise by_code(message.code, message.text, self._where(mailbox.mailbox))
        self._watched[identifier] = mailbox.profile

    def changes(self) -> Iterator[Collection[ProfileId]]:
        """See `app.ports.notifications.Channel.changes`."""
        where = self._where(self._anchor)
        self._reply = self._post(self._anchor, bodies.streaming_events(list(self._watched), MINUTES), stream=True)
        try:
            for envelope in _envelopes(self._reply):
                for message in _messages(envelope, "GetStreamingEvents"):
                    yield self._told(message)
        except Exception as error:
            raise translate(error, where) from error
        finally:
            self._reply.close()
            if self._http is not None:
                self._http.close()

    def close(self) -> None:
        """See `app.ports.notifications.Channel.close`."""
        connection = getattr(self._reply.raw, "connection", None) if self._reply is not None else None
        if connection is not None and connection.sock is not None:
            # To close it would have to wait for the thread that reads; the thread hears of this at once.
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)

    def _told(self, message: Message) -> Collection[ProfileId]:
        if not message.ok:
            raise by_code(message.code, message.text, self._where(self._anchor))
        told: set[ProfileId] = set()
        for notification in message.element.iter("{*}Notification"):
            subscription = text_of(find(notification, "t:SubscriptionId"))
            events = [
                child for child in notification if child.tag.endswith("Event") and not child.tag.endswith("StatusEvent")
            ]
            if events and subscription in self._watched:
                told.add(self._watched[subscription])
        return told

    def _where(self, mailbox: str) -> str:
        return replace(self._access, mailbox=mailbox).where

    def _post(self, mailbox: str, body: Element, *, stream: bool) -> requests.Response:
        """Send once, acting for `mailbox`. Raises: Retry, Halt."""
        try:
            connection, http = self._opened()
            caller = Caller(replace(self._access, mailbox=mailbox), connection)
            operation: Operation = OPERATIONS[_name(body)](account=caller)
            headers = {
                "Content-Type": "text/xml; charset=utf-8",
                "X-AnchorMailbox": self._anchor,
                "X-PreferServerAffinity": "true",
            }
            timeout = (self._access.request_timeout_s, SILENCE_S if stream else self._access.request_timeout_s)
            reply: requests.Response = http.post(
                self._access.endpoint,
                data=operation.wrap(body, api_version=API_VERSION),
                headers=headers,
                timeout=timeout,
                stream=stream,
                allow_redirects=False,
            )
            FailAtOnce().raise_response_errors(reply)
        except Exception as error:
            raise translate(error, self._where(mailbox)) from error
        return reply

    def _opened(self) -> tuple[Connection, Any]:
        if self._connection is None:
            token = None
            if self._access.auth is Auth.OAUTH2:
                with verified(requests.Session(), trusted(self._access.ca_file), _uncounted) as plain:
                    token = tokens.token_for(self._access, plain)
            self._connection = Connection(self._access, _uncounted, token)
            self._http = self._connection.get_session()
        return self._connection, self._http


def _uncounted(_host: str, _seconds: float, _outcome: Outcome) -> None:
    """How long such a connection stands says nothing about how fast the server is."""


def _name(body: Element) -> str:
    return str(body.tag).rpartition("}")[2]


def _messages(envelope: bytes, operation: str) -> list[Message]:
    """The response messages of one envelope. Raises: Fault, MalformedReply."""
    body = parse(envelope).find(f"{{{SOAP}}}Body")
    if body is None:
        raise MalformedReply("the reply is XML, but no SOAP envelope")
    fault = body.find(f"{{{SOAP}}}Fault")
    if fault is not None:
        raise fault_of(fault)
    return [message_of(element) for element in body.iter(f"{{*}}{operation}ResponseMessage")]


def _envelopes(reply: requests.Response) -> Iterator[bytes]:
    """One envelope after the other, as they arrive. Raises: AnswerLost for something else, and whatever the connection says."""
    rest = b""
    for chunk in reply.iter_content(chunk_size=None):
        rest += chunk
        while (end := _end_of(rest)) > 0:
            yield rest[:end].lstrip()
            rest = rest[end:]
        if len(rest) > _LARGEST:
            raise AnswerLost("the server tells of changes in something that is no SOAP envelope")


def _end_of(text: bytes) -> int:
    """Where the first envelope ends: after its closing tag, whatever its prefix; 0 if it has not come yet."""
    at = text.find(b"</")
    while at >= 0:
        end = text.find(b">", at)
        if end < 0:
            return 0
        if text[at:end].rpartition(b":")[2].removeprefix(b"</") == b"Envelope":
            return end + 1
        at = text.find(b"</", end)
    return 0

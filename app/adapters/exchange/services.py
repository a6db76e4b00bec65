"""The EWS operations that are used, as own subclasses of exchangelib's service base: its envelope and sessions, our requests and our reading.

What is closed here, and why exchangelib's defaults would hurt (field guide, 0 and 1):
* replies are parsed from their bytes at once, not one byte at a time (`_get_soap_parts`);
* nothing is ever sent twice by itself: no loop over retries or schema versions (`send`, `_api_versions_to_try`), so no duplicates;
* one item's error is a value among its siblings' results (`wire.Message`), never an exception that throws them away;
* every body passes the firewall (`wrap`).
The private hooks overridden here are pinned by tests/adapters/exchange/test_services.py.
"""

from __future__ import annotations

from datetime import timedelta

import requests
from exchangelib.services.common import EWSAccountService
from exchangelib.version import EXCHANGE_2013_SP1, Version
from lxml.etree import _Element as Element

from app.adapters.exchange.errors import Fault
from app.adapters.exchange.firewall import RULES, firewall
from app.adapters.exchange.wire import (
    ERRORS,
    MESSAGES,
    SOAP,
    TYPES,
    MalformedReply,
    Message,
    message_of,
    parse,
    text_of,
)

API_VERSION = "Exchange2013_SP1"
"""Oldest schema that has all we use; every later server accepts it."""


def assumed_version() -> Version:
    """Given to exchangelib so that it never asks the server which version it has."""
    return Version(build=EXCHANGE_2013_SP1, api_version=API_VERSION)


class Operation(EWSAccountService):
    """One EWS operation; `OPERATIONS` holds its named subclasses."""

    def send(self, body: Element) -> list[Message]:
        """Send `body` once; return one message per item or folder asked. Raises whatever went wrong, untranslated (see `errors.translate`)."""
        return [message_of(element) for element in self._get_response_xml(payload=body)]

    def wrap(self, content: Element, api_version: str | None = None) -> bytes:
        """The envelope of exchangelib around `content`; the only way out, so the firewall stands here."""
        wrapped: bytes = super().wrap(firewall(content), api_version=api_version)
        return wrapped

    def _api_versions_to_try(self) -> tuple[str, ...]:
        return (API_VERSION,)

    @classmethod
    def _get_soap_parts(cls, response: requests.Response) -> tuple[Element | None, Element]:
        root = parse(response.content)
        body = root.find(f"{{{SOAP}}}Body")
        if body is None:
            raise MalformedReply("the reply is XML, but no SOAP envelope")
        return root.find(f"{{{SOAP}}}Header"), body

    def _get_soap_messages(self, body: Element) -> list[Element]:
        response = body.find(self._response_tag())
        if response is not None:
            return response.findall(f"{{{MESSAGES}}}ResponseMessages/{self._response_message_tag()}")
        fault = body.find(f"{{{SOAP}}}Fault")
        if fault is None:
            raise MalformedReply(f"the reply is no answer to {self.SERVICE_NAME}")
        raise fault_of(fault)


def fault_of(fault: Element) -> Fault:
    """Read a SOAP fault. Source: ErrorServerBusy carries t:MessageXml/t:Value[@Name='BackOffMilliseconds']."""
    detail = fault.find("detail")
    if detail is None:
        return Fault(text_of(fault.find("faultcode")).rpartition(":")[2], text_of(fault.find("faultstring")))
    code = text_of(detail.find(f"{{{ERRORS}}}ResponseCode")).strip() or "ErrorWithoutCode"
    back_off = None
    for value in detail.iter(f"{{{TYPES}}}Value"):
        if value.get("Name") == "BackOffMilliseconds" and text_of(value).strip().isdigit():
            back_off = timedelta(milliseconds=int(text_of(value)))
    return Fault(code, text_of(detail.find(f"{{{ERRORS}}}Message")).strip(), back_off)


OPERATIONS: dict[str, type[Operation]] = {
    name: type(name, (Operation,), {"SERVICE_NAME": name, "__doc__": f"The EWS operation {name}."}) for name in RULES
}
"""The operations that the firewall knows; there are no others."""

"""SOAP 1.1 envelopes of EWS: reading a request, writing replies and faults."""

from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element as Element

from sandbox.exchange.errors import EwsError, SoapFault
from sandbox.exchange.fragments import attributes, child, child_text, children, element, escape, local
from sandbox.exchange.xmlnames import ERRORS, MESSAGES, SOAP, TYPES

XML = "text/xml; charset=utf-8"

_HEAD = (
    f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP}"><s:Header><h:ServerVersionInfo MajorVersion="15" MinorVersion="1"'
    f' MajorBuildNumber="2507" MinorBuildNumber="39" Version="Exchange2016" xmlns:h="{TYPES}"/></s:Header>'
)
_NAMESPACES = f' xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"'


@dataclass(frozen=True)
class Envelope:
    """A request: the operation's element, and from the header whom to act for and which zone naive times are in."""

    request: Element
    operation: str
    impersonated: str | None
    time_zone: str | None


def parse(raw: bytes) -> Envelope:
    """Raises: SoapFault ErrorInvalidRequest for anything that is no SOAP envelope with one operation."""
    try:
        root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise SoapFault("ErrorInvalidRequest", f"The request is not well-formed XML: {error}") from error
    body = child(root, "Body")
    if local(root) != "Envelope" or body is None or len(children(body)) != 1:
        raise SoapFault("ErrorInvalidRequest", "The request is not a SOAP envelope with one operation in its body.")
    request, header = children(body)[0], child(root, "Header")
    return Envelope(request, local(request), _impersonated(header), _time_zone(header))


def _impersonated(header: Element | None) -> str | None:
    """Address in ExchangeImpersonation/ConnectingSID, given as PrimarySmtpAddress, SmtpAddress or PrincipalName."""
    impersonation = child(header, "ExchangeImpersonation") if header is not None else None
    if impersonation is None:
        return None
    sid = child(impersonation, "ConnectingSID")
    for name in ("PrimarySmtpAddress", "SmtpAddress", "PrincipalName"):
        if sid is not None and (address := child_text(sid, name)):
            return address
    raise SoapFault("ErrorInvalidExchangeImpersonationHeaderData", "ExchangeImpersonation names nobody by address.")


def _time_zone(header: Element | None) -> str | None:
    context = child(header, "TimeZoneContext") if header is not None else None
    definition = child(context, "TimeZoneDefinition") if context is not None else None
    return str(definition.get("Id")) if definition is not None and definition.get("Id") else None


def reply(operation: str, messages: list[str]) -> str:
    """The body of a reply that answers one response message per item."""
    return f"<m:{operation}Response{_NAMESPACES}><m:ResponseMessages>{''.join(messages)}</m:ResponseMessages></m:{operation}Response>"


def success(operation: str, inner: str) -> str:
    """One response message that went well."""
    return f'<m:{operation}ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>{inner}</m:{operation}ResponseMessage>'


def failure(operation: str, error: EwsError, inner: str = "") -> str:
    """One response message that tells an error."""
    return (
        f'<m:{operation}ResponseMessage ResponseClass="Error"><m:MessageText>{escape(error.text)}</m:MessageText>'
        f"<m:ResponseCode>{error.code}</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>{inner}</m:{operation}ResponseMessage>"
    )


def envelope(body: str) -> bytes:
    """A whole reply."""
    return f"{_HEAD}<s:Body>{body}</s:Body></s:Envelope>".encode()


def fault(error: SoapFault) -> bytes:
    """A SOAP fault as Exchange writes it."""
    values = "".join(element("Value", text, Name=name) for name, text in error.values.items())
    message_xml = f'<t:MessageXml xmlns:t="{TYPES}">{values}</t:MessageXml>' if values else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault>'
        f'<faultcode xmlns:a="{TYPES}">a:{error.code}</faultcode><faultstring xml:lang="en-US">{escape(error.text)}</faultstring>'
        f'<detail><e:ResponseCode xmlns:e="{ERRORS}">{error.code}</e:ResponseCode><e:Message{attributes(**{"xmlns:e": ERRORS})}>'
        f"{escape(error.text)}</e:Message>{message_xml}</detail></s:Fault></s:Body></s:Envelope>"
    ).encode()

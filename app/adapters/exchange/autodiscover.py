"""Find a mailbox's EWS address once, by Autodiscover (POX); the caller stores it.

exchangelib's own autodiscover is not used: it runs under one lock per process, keeps a file in the temporary directory, and tries a refused password
at every candidate, which locks accounts. Here the first refusal ends the search, and no password goes out in plain text.
Source: [MS-OXDSCLI] 3.1.5.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from urllib.parse import urlsplit

import dns.exception
import dns.resolver
import requests
from exchangelib.transport import get_auth_instance
from lxml import etree
from lxml.etree import _Element as Element

from app.adapters.exchange.access import ExchangeAccess
from app.adapters.exchange.errors import translate
from app.adapters.exchange.transport import is_loopback, login_of
from app.adapters.exchange.wire import MalformedReply, parse, xml_text
from app.domain.account import Auth
from app.domain.sync import Side
from app.errors import Halt, HaltCode, Retry

OFFICE_365 = "https://outlook.office365.com/EWS/Exchange.asmx"
_REQUEST = "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
_RESPONSE = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
_PATH = "/autodiscover/autodiscover.xml"
_TIMEOUT_S = 15.0
_MOST_REDIRECTS = 5


def find_endpoint(
    access: ExchangeAccess, session: requests.Session, candidates: Sequence[str] | None = None
) -> ExchangeAccess:
    """`access` with its endpoint. `candidates` are Autodiscover addresses, by default those of the mailbox's domain.

    Raises: Halt(LOGIN_REFUSED) at the first refusal, Halt(NOT_FOUND) when nobody answers.
    """
    if access.auth is Auth.OAUTH2:
        return replace(access, endpoint=OFFICE_365)
    kind, arguments = login_of(access)
    session.auth = get_auth_instance(kind, **arguments)
    pending = list(addresses(access.mailbox, session) if candidates is None else candidates)
    asked: set[str] = set()
    while pending and len(asked) < len(pending) + _MOST_REDIRECTS:
        url = pending.pop(0)
        if url in asked or not (url.startswith("https://") or is_loopback(url)):
            continue
        asked.add(url)
        answer = _ask(access, session, url)
        if answer.startswith("redirect:"):
            pending.insert(0, answer.removeprefix("redirect:"))
        elif answer:
            return replace(access, endpoint=answer)
    raise Halt(HaltCode.NOT_FOUND, f"{access.where}: autodiscover found no server; enter the server's EWS address.")


def addresses(mailbox: str, session: requests.Session) -> Iterator[str]:
    """The addresses at which a domain may answer Autodiscover, in the order of the specification."""
    domain = mailbox.rpartition("@")[2]
    yield f"https://{domain}{_PATH}"
    yield f"https://autodiscover.{domain}{_PATH}"
    hints = (_redirected(f"http://autodiscover.{domain}{_PATH}", session), _service_records(domain))
    yield from (url for url in chain.from_iterable(hints) if _within(url, domain))


def _within(url: str, domain: str) -> bool:
    """What plain HTTP or DNS says may be forged, so the login follows it only within the mailbox's own domain."""
    host = urlsplit(url).hostname or ""
    return host == domain or host.endswith(f".{domain}")


def _redirected(url: str, session: requests.Session) -> Iterator[str]:
    """Where a plain HTTP address sends us to; the login is not sent there."""
    try:
        response = session.get(url, auth=_nobody, allow_redirects=False, timeout=_TIMEOUT_S)
    except requests.RequestException:
        return
    if target := response.headers.get("Location"):
        yield target


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _service_records(domain: str) -> Iterator[str]:
    """RFC 2782 records `_autodiscover._tcp`."""
    try:
        answers = dns.resolver.resolve(f"_autodiscover._tcp.{domain}", "SRV", lifetime=_TIMEOUT_S)
    except dns.exception.DNSException:
        return
    for record in answers:
        yield f"https://{str(record.target).rstrip('.')}{_PATH}"


def _ask(access: ExchangeAccess, session: requests.Session, url: str) -> str:
    """The endpoint, "redirect:" and an address, or "" when this address knows nothing. Raises: Halt, for a refused login."""
    body = etree.tostring(_question(access.mailbox), xml_declaration=True, encoding="utf-8")
    headers = {"Content-Type": "text/xml; charset=utf-8"}
    try:
        response = session.post(url, data=body, headers=headers, timeout=_TIMEOUT_S, allow_redirects=False)
    except requests.RequestException as error:
        problem = translate(error, f"Autodiscover at {urlsplit(url).netloc}, mailbox {access.mailbox}")
        if isinstance(problem, Retry | Halt):
            return ""
        raise
    if response.status_code == requests.codes.unauthorized:
        advice = "Autodiscover refuses the login. Correct user name and password, or enter the server's EWS address."
        raise Halt(HaltCode.LOGIN_REFUSED, f"{access.where}: {advice} (at {urlsplit(url).netloc})", side=Side.EXCHANGE)
    if response.is_redirect:
        return "redirect:" + str(response.headers.get("Location", ""))
    return _answer(response.content, url) if response.status_code == requests.codes.ok else ""


def _question(mailbox: str) -> Element:
    root = etree.Element(f"{{{_REQUEST}}}Autodiscover", nsmap={"a": _REQUEST})
    request = etree.SubElement(root, f"{{{_REQUEST}}}Request")
    etree.SubElement(request, f"{{{_REQUEST}}}EMailAddress").text = xml_text(mailbox)
    etree.SubElement(request, f"{{{_REQUEST}}}AcceptableResponseSchema").text = _RESPONSE
    return root


def _answer(content: bytes, url: str) -> str:
    try:
        root = parse(content)
    except MalformedReply:
        return ""
    names = {"r": _RESPONSE}
    if target := root.findtext(".//r:RedirectUrl", namespaces=names):
        return f"redirect:{target.strip()}"
    found = {
        (protocol.findtext("r:Type", namespaces=names) or ""): protocol.findtext("r:EwsUrl", namespaces=names) or ""
        for protocol in root.iterfind(".//r:Protocol", namespaces=names)
    }
    # EXPR is the address from outside, which also works inside; EXCH may name a host that only the domain's own network knows.
    endpoint = found.get("EXPR") or found.get("EXCH") or next(filter(None, found.values()), "")
    return endpoint.strip() if endpoint.startswith("https://") or is_loopback(url) else ""

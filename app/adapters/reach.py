"""Is anybody there? Name, port, certificate and answer of a server's address, without signing in: the first rows of `doctor`."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit

import httpx

from app.adapters.trust import trusted
from app.errors import Halt, HaltCode, Retry

_TIMEOUT_S = 10.0


def reach(url: str, ca_file: str) -> str:
    """Ask `url` for anything and return what answered. Any HTTP status is an answer.

    Raises: Halt(CERTIFICATE, NOT_FOUND), Retry; each says which step failed and what to do.
    """
    where = urlsplit(url).netloc
    try:
        with httpx.Client(verify=trusted(ca_file), timeout=_TIMEOUT_S, follow_redirects=False) as client:
            client.get(url)
    except httpx.ConnectTimeout as error:
        raise Retry(f"{where} does not answer; check the address, and that no firewall lies in between") from error
    except httpx.TransportError as error:
        raise _translated(error, where) from error
    return "answers; trusted certificate" if url.startswith("https:") else "answers; without TLS, on this machine only"


def _translated(error: httpx.TransportError, where: str) -> Halt | Retry:
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        advice = "install a valid certificate there, or give its certificate authority as ca_file"
        return Halt(HaltCode.CERTIFICATE, f"the certificate of {where} is not trusted; {advice}")
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Halt(HaltCode.NOT_FOUND, f"the name {where} does not exist; check the server's url")
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return Retry(f"nothing listens at {where}; check the port, and that the server runs")
    return Retry(f"{where} cannot be reached ({type(error).__name__}); check the address and the network")


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None:
        found.append(cause)
        cause = cause.__cause__ or cause.__context__
    return found

"""Is anybody there? Name, port, certificate and answer of a server's address, without signing in: where `doctor` and connection tests begin."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import SplitResult, urlsplit

import httpx

from app.adapters.trust import trusted
from app.errors import Halt, HaltCode, Retry
from app.ports.reaching import Passed, Stage, Stopped

_TIMEOUT_S = 10.0
_PORTS = {"https": 443, "http": 80}


def reach(url: str, ca_file: str) -> str:
    """Ask `url` for anything and return what answered. Any HTTP status is an answer.

    Raises: Halt(CERTIFICATE, NOT_FOUND), Retry; each says which step failed and what to do.
    """
    for step in way(url, ca_file):
        if isinstance(step, Stopped):
            raise _error(step)
    return "answers; trusted certificate" if url.startswith("https:") else "answers; without TLS, on this machine only"


def way(url: str, ca_file: str) -> Iterator[Stage | Passed | Stopped]:
    """Each step on the way to `url`: that it begins, then how it went; the first that fails is the last.

    Raises: Halt(CERTIFICATE) for a CA file that cannot be read.
    """
    parts = urlsplit(url)
    if parts.scheme == "https":
        trusted(ca_file)
    for stage, take in _STAGES.items():
        if stage is Stage.CERTIFICATE and parts.scheme != "https":
            continue
        yield stage
        step = take(parts, ca_file)
        yield step
        if isinstance(step, Stopped):
            return


def _error(step: Stopped) -> Halt | Retry:
    codes = {Stage.NAME: HaltCode.NOT_FOUND, Stage.CERTIFICATE: HaltCode.CERTIFICATE}
    return Halt(codes[step.stage], step.advice) if step.stage in codes else Retry(step.advice)


def _name(parts: SplitResult, _: str) -> Passed | Stopped:
    try:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return Stopped(Stage.NAME, f"the name {parts.netloc} does not exist; check the server's url")
    return Passed(Stage.NAME, ", ".join(dict.fromkeys(str(address[4][0]) for address in found)))


def _connect(parts: SplitResult, _: str) -> Passed | Stopped:
    try:
        with _connected(parts):
            return Passed(Stage.CONNECT, f"port {_port(parts)} is open")
    except ConnectionRefusedError:
        return Stopped(Stage.CONNECT, f"nothing listens at {parts.netloc}; check the port, and that the server runs")
    except TimeoutError:
        advice = f"{parts.netloc} does not answer; check the address, and that no firewall lies in between"
    except OSError as error:
        advice = f"{parts.netloc} cannot be reached ({type(error).__name__}); check the address and the network"
    return Stopped(Stage.CONNECT, advice)


def _certificate(parts: SplitResult, ca_file: str) -> Passed | Stopped:
    context = trusted(ca_file)
    try:
        with _connected(parts) as plain, context.wrap_socket(plain, server_hostname=parts.hostname) as secure:
            return Passed(Stage.CERTIFICATE, f"{secure.version()}, valid until {_end(secure)}")
    except ssl.SSLCertVerificationError as error:
        advice = "install a valid certificate there, or give its certificate authority as ca_file"
        text = f"the certificate of {parts.netloc} is not trusted ({error.verify_message}); {advice}"
    except OSError as error:
        advice = "check that the port speaks TLS"
        text = f"{parts.netloc} breaks off the encryption ({type(error).__name__}); {advice}"
    return Stopped(Stage.CERTIFICATE, text)


def _answer(parts: SplitResult, ca_file: str) -> Passed | Stopped:
    try:
        with httpx.Client(verify=trusted(ca_file), timeout=_TIMEOUT_S, follow_redirects=False) as client:
            response = client.get(parts.geturl())
    except httpx.TransportError as error:
        advice = f"{parts.netloc} cannot be reached ({type(error).__name__}); check the address and the network"
        return Stopped(Stage.ANSWER, advice)
    return Passed(Stage.ANSWER, f"HTTP {response.status_code}")


def _connected(parts: SplitResult) -> socket.socket:
    return socket.create_connection((parts.hostname or "", _port(parts)), _TIMEOUT_S)


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]


def _end(secure: ssl.SSLSocket) -> str:
    certificate = secure.getpeercert() or {}
    seconds = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


_STAGES: Mapping[Stage, Callable[[SplitResult, str], Passed | Stopped]] = {
    Stage.NAME: _name,
    Stage.CONNECT: _connect,
    Stage.CERTIFICATE: _certificate,
    Stage.ANSWER: _answer,
}

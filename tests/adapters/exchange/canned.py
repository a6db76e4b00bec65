"""A tiny HTTP server in a thread that answers what a test tells it, for replies that no well-behaved server gives."""

import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.adapters.exchange.access import ExchangeAccess
from app.adapters.exchange.client import ExchangeMailbox
from app.adapters.exchange.wire import ERRORS, MESSAGES, SOAP, TYPES
from tests.adapters.exchange.sandbox_server import ANNA


@dataclass(frozen=True)
class Reply:
    """One HTTP reply."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Canned:
    """What came in, and what goes out: one reply after the other, the last one for ever."""

    replies: list[Reply | Callable[[bytes], Reply]]
    url: str = ""
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> Reply:
        self.requests.append((path, headers, body))
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return reply(body) if callable(reply) else reply


def soap(body: str) -> bytes:
    """An envelope around `body`, with the prefixes m, t and e."""
    spaces = f'xmlns:s="{SOAP}" xmlns:m="{MESSAGES}" xmlns:t="{TYPES}" xmlns:e="{ERRORS}"'
    return f'<?xml version="1.0"?><s:Envelope {spaces}><s:Body>{body}</s:Body></s:Envelope>'.encode()


def messages(operation: str, *parts: str) -> Reply:
    """Response messages of one operation."""
    return Reply(
        soap(
            f"<m:{operation}Response><m:ResponseMessages>{''.join(parts)}</m:ResponseMessages></m:{operation}Response>"
        )
    )


def good(operation: str, inner: str = "") -> str:
    return (
        f'<m:{operation}ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>{inner}'
        f"</m:{operation}ResponseMessage>"
    )


def bad(operation: str, code: str) -> str:
    return (
        f'<m:{operation}ResponseMessage ResponseClass="Error"><m:MessageText>No.</m:MessageText>'
        f"<m:ResponseCode>{code}</m:ResponseCode></m:{operation}ResponseMessage>"
    )


def fault(code: str, extra: str = "") -> Reply:
    """A SOAP fault, which travels as HTTP 500."""
    detail = f"<e:ResponseCode>{code}</e:ResponseCode><e:Message>No.</e:Message>{extra}"
    parts = f"<faultcode>a:{code}</faultcode><faultstring>No.</faultstring><detail>{detail}</detail>"
    return Reply(soap(f"<s:Fault>{parts}</s:Fault>"), 500)


@contextmanager
def serving(*replies: Reply | Callable[[bytes], Reply], context: ssl.SSLContext | None = None) -> Iterator[Canned]:
    """A server on loopback that gives these replies."""
    canned = Canned(list(replies))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            reply = canned.answer(self.path, dict(self.headers.items()), body)
            self.send_response(reply.status)
            for name, value in ({"Content-Length": str(len(reply.body))} | reply.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    canned.url = f"{'https' if context else 'http'}://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield canned
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def operations(canned: Canned) -> Sequence[bytes]:
    """The bodies that came in."""
    return [body for _, _, body in canned.requests]


def root() -> Reply:
    """What a mailbox answers to being probed."""
    inner = '<m:Folders><t:Folder><t:FolderId Id="root"/></t:Folder></m:Folders>'
    return messages("GetFolder", good("GetFolder", inner))


def canned_mailbox(canned: Canned, **changed: Any) -> ExchangeMailbox:
    given: dict[str, Any] = {
        "mailbox": ANNA.mailbox,
        "endpoint": f"{canned.url}/EWS",
        "username": "u",
        "password": "p",
    } | changed
    return ExchangeMailbox(ExchangeAccess(**given))

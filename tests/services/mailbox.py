"""A mail server and a webhook's receiver on loopback: real sockets, real protocols, the messages in a list."""

from __future__ import annotations

import base64
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class MailServer(socketserver.ThreadingTCPServer):
    """SMTP (RFC 5321) with AUTH PLAIN; `away` answers 421, `refuses` those recipients."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.received: list[EmailMessage] = []
        self.logins: list[str] = []
        self.away = False
        self.refuses: set[str] = set()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        if self.server.away:
            self._say("421 too busy")
            return
        self._say("220 mail.example ESMTP")
        for line in iter(self.rfile.readline, b""):
            verb, _, rest = line.decode().strip().partition(" ")
            if not self._answer(verb.upper(), rest):
                return

    def _answer(self, verb: str, rest: str) -> bool:
        if verb == "EHLO":
            self._say("250-mail.example\r\n250 AUTH PLAIN")
        elif verb == "AUTH":
            self.server.logins.append(base64.b64decode(rest.rsplit(maxsplit=1)[-1]).decode())
            self._say("235 welcome")
        elif verb == "RCPT" and any(address in rest for address in self.server.refuses):
            self._say("550 unknown")
        elif verb == "DATA":
            self._say("354 go on")
            self._take()
            self._say("250 taken")
        elif verb == "QUIT":
            self._say("221 bye")
            return False
        else:
            self._say("250 ok")
        return True

    def _take(self) -> None:
        received = iter(self.rfile.readline, b".\r\n")
        lines = [line[1:] if line.startswith(b"..") else line for line in received]
        self.server.received.append(message_from_bytes(b"".join(lines), policy=policy.default))

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class Receiver(ThreadingHTTPServer):
    """`received`: headers and body of each POST; `status`: what it answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Posted)
        self.received: list[tuple[Any, bytes]] = []
        self.status = 204

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Posted(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.headers, body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def running(server: Any) -> Iterator[Any]:
    """In a thread, as long as the block runs."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""A mail server in a process of its own: `python -m tests.services.smtp_process MAILDIR CERTIFICATE KEY [tls]`.

It wants TLS (from the beginning, or by STARTTLS) and the login svc / s3cret; it prints its port, and ends when it is told to.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def _knows(_server: object, _session: object, _envelope: object, _mechanism: str, login: Any) -> AuthResult:
    right = isinstance(login, LoginPassword) and (login.login, login.password) == (b"svc", b"s3cret")
    return AuthResult(success=right, handled=False)


async def serve(maildir: str, certificate: str, key: str, way: str = "starttls") -> None:
    """On a port that is free, for ever."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    by_command: dict[str, Any] = {"tls_context": context, "require_starttls": True}
    at_once: dict[str, Any] = {"auth_require_tls": False}  # it is there already
    given = at_once if way == "tls" else by_command
    handler = Mailbox(Path(maildir))
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, hostname="mail.example", authenticator=_knows, auth_required=True, **given),
        "127.0.0.1",
        0,
        ssl=context if way == "tls" else None,
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))

"""NTLM as an HTTP server speaks it: a handshake per TCP connection, which then stays logged in (MS-NTHT)."""

import atexit
import base64
import binascii
import os
import struct
import tempfile
import weakref
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.exchange.errors import NotAuthorised

_AUTHENTICATE = 3
_USER_FIELD = 36  # offset of UserNameFields in AUTHENTICATE_MESSAGE (MS-NLMP 2.2.1.3)
_SHORTEST = 64
_UNICODE = 1


class Handshakes:
    """Handshakes under way and done, by connection; a closed connection is forgotten."""

    def __init__(self, passwords: Mapping[str, str]) -> None:
        self._passwords = passwords
        self._under_way: weakref.WeakKeyDictionary[object, Any] = weakref.WeakKeyDictionary()
        self._done: weakref.WeakKeyDictionary[object, str] = weakref.WeakKeyDictionary()

    def login_of(self, connection: object) -> str | None:
        """Who is logged in on that connection."""
        return self._done.get(connection)

    def step(self, token: str, connection: object) -> tuple[str, str | None]:
        """The client's user name so far and the challenge to send, None at the end. Raises: NotAuthorised for a token that is none."""
        raw = _decoded(token)
        if raw[8:9] != bytes([_AUTHENTICATE]):
            return "", self._begun(raw, connection)
        user, under_way = _user_name(raw), self._under_way.pop(connection, None)
        if under_way is not None and _answered(under_way, raw) is not None:
            self._done[connection] = user.rpartition("\\")[2].casefold()
        else:
            self._done.pop(connection, None)
        return user, None

    def _begun(self, negotiate: bytes, connection: object) -> str:
        # Imported late: it takes a tenth of a second, and most runs never use NTLM.
        import spnego

        self._done.pop(connection, None)
        self._provide_passwords()
        context = spnego.server(protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)
        challenge = _answered(context, negotiate)
        if challenge is None:
            raise NotAuthorised
        self._under_way[connection] = context
        return base64.b64encode(challenge).decode()

    def _provide_passwords(self) -> None:
        """Pyspnego reads its passwords from the file that NTLM_USER_FILE names."""
        lines = []
        for login, password in self._passwords.items():
            name = login.partition("@")[0]
            lines += [
                f":{login}:{password}",
                f":{name}:{password}",
                f"EXAMPLE:{name}:{password}",
                f"EXAMPLE:{login}:{password}",
            ]
        path = _password_file()
        path.write_text("\n".join(lines), encoding="utf-8")
        os.environ["NTLM_USER_FILE"] = str(path)


def _answered(context: Any, message: bytes) -> bytes | None:
    """The acceptor's answer, empty at the end of a handshake; None when it refuses the message or cannot read it."""
    from spnego.exceptions import SpnegoError  # as above

    try:
        return context.step(message) or b""
    except (SpnegoError, ValueError, KeyError, struct.error):
        return None


@cache
def _password_file() -> Path:
    """A file of this process alone, never one that NTLM_USER_FILE named before: that is somebody's own."""
    handle, name = tempfile.mkstemp(prefix="sandbox-ntlm-")
    os.close(handle)
    atexit.register(Path(name).unlink, missing_ok=True)
    return Path(name)


def _decoded(token: str) -> bytes:
    try:
        return base64.b64decode(token, validate=True)
    except binascii.Error as error:
        raise NotAuthorised from error


def _user_name(authenticate: bytes) -> str:
    """User name of an AUTHENTICATE_MESSAGE, so that a refused login can be counted under it."""
    if len(authenticate) < _SHORTEST:
        return ""
    length, _, offset = struct.unpack_from("<HHI", authenticate, _USER_FIELD)
    (flags,) = struct.unpack_from("<I", authenticate, 60)
    raw = authenticate[offset : offset + length]
    return raw.decode("utf-16-le" if flags & _UNICODE else "latin-1", errors="replace")

"""Where the broker is: the configured one, or the embedded one's socket."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from app.errors import BadInput
from app.settings import Settings

LONGEST_SOCKET_PATH: Final = 100
"""A Unix socket's address has room for 107 bytes."""

_BY_SOCKET: Final = "redis+socket://"


def broker_url(settings: Settings) -> str:
    """The configured broker, or the embedded one's socket. Raises: BadInput."""
    given = settings.broker_url.get_secret_value()
    if given:
        if not given.startswith(("redis://", "rediss://", _BY_SOCKET)):
            raise BadInput(
                "WICE_SYNC_BROKER_URL: only Redis and Valkey are supported; give redis://:password@host:6379/0"
            )
        return given
    path = str(settings.broker_socket)
    if len(path.encode()) > LONGEST_SOCKET_PATH:
        raise BadInput(
            f"WICE_SYNC_HOME: {settings.home} is too long for the embedded broker's socket; choose a shorter directory "
            "or give WICE_SYNC_BROKER_URL"
        )
    return f"{_BY_SOCKET}{quote(path)}"


def redis_url(settings: Settings) -> str:
    """The same as the Redis library itself spells it; "" if the broker is the embedded one and does not run. Raises: BadInput."""
    if not settings.broker_url.get_secret_value() and not settings.broker_socket.exists():
        return ""
    url = broker_url(settings)
    return f"unix://{url.removeprefix(_BY_SOCKET)}" if url.startswith(_BY_SOCKET) else url

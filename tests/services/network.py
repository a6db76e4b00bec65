"""Tests talk to loopback only: every other address is refused before a packet leaves, by whatever library it was asked for.

An audit hook sees what a patched `socket.connect` misses: asyncio, UDP, and name look-ups, which leave the machine too.
"""

import ipaddress
import sys

_WITH_ADDRESS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_WITH_HOST = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})


class NetworkForbiddenError(Exception):
    """No `OSError`: an adapter must not be able to take it for a server out of reach."""


def allow_loopback_only() -> None:
    """Refuse all other addresses in this process from now on; an audit hook cannot be removed."""
    sys.addaudithook(_check)


def _check(event: str, arguments: tuple[object, ...]) -> None:
    if event in _WITH_ADDRESS:
        # (host, port, ...) for IPv4 and IPv6; a path for a Unix socket; None for a connected UDP socket.
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in _WITH_HOST:
        host = arguments[0]
    else:
        return
    if not _is_loopback(host):
        raise NetworkForbiddenError(
            f"{event} to {host!r}: tests reach servers on loopback only; start one (tests/services)"
        )


def _is_loopback(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    # None and "": the machine itself. 0.0.0.0 is what a test server that listens everywhere is asked for.
    if name is None or name in {"", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(str(name).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified

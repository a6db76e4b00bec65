"""From where somebody asks: the peer's address, and behind trusted reverse proxies what the last of them saw.

`X-Forwarded-For` is read from the right: only what a trusted proxy added is believed; anybody may send the rest.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from starlette.requests import HTTPConnection

from app.settings import Settings


def client_address(request: HTTPConnection, settings: Settings) -> str:
    """An IP address, or "" where there is none (a Unix socket)."""
    peer = request.client.host if request.client else ""
    trusted = [ip_network(part, strict=False) for part in settings.trusted_proxies.replace(",", " ").split()]
    if not trusted:
        return peer
    seen = [part.strip() for part in ",".join(request.headers.getlist("x-forwarded-for")).split(",") if part.strip()]
    address = peer
    while seen and _is_in(address, trusted) and _is_address(seen[-1]):
        address = seen.pop()
    return address


def _is_in(address: str, networks: list[IPv4Network | IPv6Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

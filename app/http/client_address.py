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
    trusted = networks(settings.trusted_proxies)
    if not trusted:
        return peer
    seen = [part.strip() for part in ",".join(request.headers.getlist("x-forwarded-for")).split(",") if part.strip()]
    address = peer
    while seen and is_in(address, trusted) and _is_address(seen[-1]):
        address = seen.pop()
    return address


def networks(text: str) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks of a setting."""
    return [ip_network(part, strict=False) for part in text.replace(",", " ").split()]


def is_in(address: str, known: list[IPv4Network | IPv6Network]) -> bool:
    """Is it an address of one of these networks?"""
    return _is_address(address) and any(ip_address(address) in network for network in known)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

"""Which hosts a run speaks with, and what they may be asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from app.domain.account import Account, ExchangeServer, WiceServer
from app.domain.budget import Limits, OwnLimits
from app.domain.sync import Side
from app.ports import Registry
from app.rules.budgets import limits_of
from app.services.run_budget import Host
from app.settings import Settings

KNOWN_FOR_S: Final = 10.0
"""So long after a change of another server at the same address runs may still keep to its former limits."""


class Hosts:
    """A host by its address, since two servers of the configuration may be one: it gets no more than the stricter of them says."""

    def __init__(self, settings: Settings, registry: Registry, clock: Callable[[], float] = monotonic) -> None:
        self._defaults = {
            Side.WICE: Limits(settings.wice_concurrency, settings.wice_requests_per_second),
            Side.EXCHANGE: Limits(settings.exchange_concurrency, settings.exchange_requests_per_second),
        }
        self._registry = registry
        self._clock = clock
        self._known: Sequence[OwnLimits] = ()
        self._until = -1.0

    def of(self, account: Account, wice: WiceServer, exchange: ExchangeServer) -> Sequence[Host]:
        """The Wice host, then the Exchange host; before autodiscover by the server's name."""
        mail = exchange.url or account.endpoint
        return self._host(_own(Side.WICE, wice.url, wice), wice.name), self._host(
            _own(Side.EXCHANGE, mail, exchange), exchange.name
        )

    def _host(self, own: OwnLimits, name: str) -> Host:
        address = _address(own.url)
        there = [one for one in self._all() if address and (one.side, _address(one.url)) == (own.side, address)]
        return Host(f"{own.side.value} {address or name}", limits_of([own, *there], self._defaults[own.side]))

    def _all(self) -> Sequence[OwnLimits]:
        if self._clock() >= self._until:
            self._known, self._until = self._registry.limits(), self._clock() + KNOWN_FOR_S
        return self._known


def _own(side: Side, url: str, server: WiceServer | ExchangeServer) -> OwnLimits:
    return OwnLimits(side, url, server.requests_per_second, server.concurrent_requests)


def _address(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()

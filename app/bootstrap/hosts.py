"""Which hosts a run speaks with, and what they may be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from app.domain.account import Account, ExchangeServer, WiceServer
from app.domain.budget import Limits
from app.services.run_budget import Host
from app.settings import Settings


def hosts_of(settings: Settings, account: Account, wice: WiceServer, exchange: ExchangeServer) -> Sequence[Host]:
    """The Wice host, then the Exchange host: by address, since two servers of the configuration may be one; before autodiscover by name."""
    mail = _address(exchange.url or account.endpoint) or exchange.name
    return (
        Host(
            f"wice {_address(wice.url) or wice.name}",
            Limits(settings.wice_concurrency, settings.wice_requests_per_second),
        ),
        Host(f"exchange {mail}", Limits(settings.exchange_concurrency, settings.exchange_requests_per_second)),
    )


def _address(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()

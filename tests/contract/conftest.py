"""Which implementations the contracts run over.

* `fake`: the in-memory servers of tests/fakes.
* `sandbox`: the adapters over HTTP against the sandbox's servers, in processes of their own.
* `real`: the adapters against servers that the environment names, collected only if it does. They need a test mandant and a test mailbox:
  records and folders named "Vertrag ..." are made there. Contracts that need faults or counters do not run there.

  CONTRACT_WICE_URL, CONTRACT_WICE_MANDANT, CONTRACT_WICE_USERNAME, CONTRACT_WICE_PASSWORD, and if need be CONTRACT_WICE_API_KEY;
  CONTRACT_WICE_COLLEAGUE, CONTRACT_WICE_COLLEAGUE_PASSWORD: a second login.
  CONTRACT_EXCHANGE_URL (the EWS address), CONTRACT_EXCHANGE_MAILBOX, CONTRACT_EXCHANGE_USERNAME, CONTRACT_EXCHANGE_PASSWORD (the owner's
  own login, by Basic authentication, for the adapter and for the person's hand).

Fixtures: `wice`, `exchange`, `bench` (a side and a kind) run over all of them; `trouble` restricts a test to `fake` and `sandbox`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from app.adapters.exchange import ExchangeAccess
from app.domain.account import Access
from app.domain.sync import Kind, Side
from tests.contract.benches import ExchangeBench, ExchangeStoreBench, StoreBench, Trouble, WiceBench, WiceStoreBench
from tests.contract.exchange_hand import LibraryExchangeHand
from tests.contract.fake_benches import MAILBOX, FakeExchangeBench, FakeTrouble, FakeWiceBench
from tests.contract.http_benches import (
    HttpExchangeBench,
    HttpWiceBench,
    SandboxTrouble,
    sandbox_exchange,
    sandbox_wice,
)
from tests.fakes.clock import Clock
from tests.fakes.exchange import FakeExchange
from tests.fakes.wice import FakeWice


class Pair(NamedTuple):
    """Both servers of one implementation."""

    wice: WiceBench
    exchange: ExchangeBench


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every contract runs over every implementation; one that needs trouble, only over servers of our own."""
    if "pair" in metafunc.fixturenames:
        names = ["fake", "sandbox"]
        if "trouble" not in metafunc.fixturenames and "CONTRACT_WICE_URL" in os.environ:
            names.append("real")
        metafunc.parametrize("pair", names, indirect=True)


@pytest.fixture
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    builders: dict[str, Callable[[pytest.FixtureRequest], Iterator[Pair]]] = {
        "fake": _fake,
        "sandbox": _sandbox,
        "real": _real,
    }
    yield from builders[request.param](request)


@pytest.fixture
def wice(pair: Pair) -> WiceBench:
    return pair.wice


@pytest.fixture
def exchange(pair: Pair) -> ExchangeBench:
    return pair.exchange


@pytest.fixture
def trouble(pair: Pair) -> Trouble:
    assert pair.wice.trouble
    return pair.wice.trouble


@pytest.fixture(params=[(side, kind) for side in Side for kind in Kind], ids="-".join)
def bench(pair: Pair, request: Any) -> StoreBench:
    side, kind = request.param
    return WiceStoreBench(pair.wice, kind) if side is Side.WICE else ExchangeStoreBench(pair.exchange, kind)


@pytest.fixture(params=list(Kind))
def wice_bench(pair: Pair, request: Any) -> WiceStoreBench:
    """Either kind in Wice."""
    return WiceStoreBench(pair.wice, request.param)


@pytest.fixture(params=list(Kind))
def exchange_bench(pair: Pair, request: Any) -> ExchangeStoreBench:
    """Either kind in Exchange."""
    return ExchangeStoreBench(pair.exchange, request.param)


def _fake(_request: pytest.FixtureRequest) -> Iterator[Pair]:
    wice, exchange = FakeWice(Clock()), FakeExchange([MAILBOX])
    trouble = FakeTrouble(wice, exchange)
    yield Pair(FakeWiceBench(wice, trouble), FakeExchangeBench(exchange, trouble))


def _sandbox(request: pytest.FixtureRequest) -> Iterator[Pair]:
    sandbox = request.getfixturevalue("sandbox")
    trouble = SandboxTrouble(sandbox)
    wice, exchange = sandbox_wice(sandbox, trouble), sandbox_exchange(sandbox, trouble)
    yield Pair(wice, exchange)
    wice.close()
    exchange.close()
    assert sandbox.counters("ews")["rejected_by_schema"] == 0
    assert sandbox.counters("ews")["invalid_replies"] == 0


def _real(_request: pytest.FixtureRequest) -> Iterator[Pair]:
    env = os.environ
    passwords = {env["CONTRACT_WICE_USERNAME"]: env["CONTRACT_WICE_PASSWORD"]}
    passwords[env["CONTRACT_WICE_COLLEAGUE"]] = env["CONTRACT_WICE_COLLEAGUE_PASSWORD"]
    api_key = env.get("CONTRACT_WICE_API_KEY", "")
    wice = HttpWiceBench(env["CONTRACT_WICE_URL"], env["CONTRACT_WICE_MANDANT"], passwords, api_key=api_key)
    mailbox, url = env["CONTRACT_EXCHANGE_MAILBOX"], env["CONTRACT_EXCHANGE_URL"]
    username, password = env["CONTRACT_EXCHANGE_USERNAME"], env["CONTRACT_EXCHANGE_PASSWORD"]
    access = ExchangeAccess(mailbox=mailbox, endpoint=url, access=Access.DELEGATE, username=username, password=password)
    exchange = HttpExchangeBench(access, LibraryExchangeHand(url, mailbox, username, password))
    yield Pair(wice, exchange)
    wice.close()
    exchange.close()

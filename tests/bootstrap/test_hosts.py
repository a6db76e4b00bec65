"""What a host may be asked for: what its server says, else what holds for its kind; one address has one budget, however many servers name it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.adapters.db import Database, open_database
from app.bootstrap.hosts import KNOWN_FOR_S, Hosts
from app.domain.budget import Limits
from app.settings import Settings
from tests.adapters.db.world import MAIL, MAIN, account, configure
from tests.services.databases import migrated


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database(migrated(Settings(home=tmp_path))) as database:
        yield database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hosts(database: Database, clock: Clock) -> Hosts:
    configure(database)
    settings = Settings(wice_concurrency=8, exchange_concurrency=27, exchange_requests_per_second=50)
    return Hosts(settings, database.registry, clock)


def told(hosts: Hosts, database: Database) -> dict[str, Limits]:
    _profile, of, wice, exchange = database.registry.profile("anna")
    return {host.name: host.limits for host in hosts.of(of, wice, exchange)}


def test_what_a_server_says_goes_before_what_holds_for_its_kind(hosts: Hosts, database: Database) -> None:
    assert told(hosts, database) == {"wice wice.example": Limits(8), "exchange mail.example": Limits(27, 50)}
    database.registry.save(replace(MAIN, requests_per_second=2.5, concurrent_requests=3))
    database.registry.save(replace(MAIL, requests_per_second=0.0, concurrent_requests=10))
    assert told(hosts, database) == {"wice wice.example": Limits(3, 2.5), "exchange mail.example": Limits(10, 50)}


def test_a_limit_may_be_lifted_for_one_server(hosts: Hosts, database: Database, clock: Clock) -> None:
    told(hosts, database)
    database.registry.save(replace(MAIL, requests_per_second=0.0, concurrent_requests=100))
    clock.now += KNOWN_FOR_S
    assert told(hosts, database)["exchange mail.example"] == Limits(100, 0)


def test_two_servers_at_one_address_share_the_stricter_limits(hosts: Hosts, database: Database, clock: Clock) -> None:
    same = replace(MAIL, name="other", url="https://user@MAIL.example/else")
    database.registry.save(replace(same, requests_per_second=5.0, concurrent_requests=60))
    database.registry.save(replace(MAIN, name="elsewhere", url="https://w.example", concurrent_requests=1))
    assert told(hosts, database) == {"wice wice.example": Limits(8), "exchange mail.example": Limits(27, 5.0)}
    database.registry.save(replace(same, concurrent_requests=2))
    clock.now += KNOWN_FOR_S
    assert told(hosts, database)["exchange mail.example"] == Limits(2, 50)


def test_what_autodiscover_found_counts_as_the_servers_address(hosts: Hosts, database: Database) -> None:
    database.registry.save(replace(MAIL, name="found", url="", concurrent_requests=4))
    database.registry.save(account("bernd", exchange_server="found", endpoint="https://mail.example/EWS"))
    assert told(hosts, database)["exchange mail.example"] == Limits(4, 50)

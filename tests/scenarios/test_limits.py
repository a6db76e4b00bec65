"""What servers may be asked for is kept to on the wire, however much there is to write."""

from __future__ import annotations

from dataclasses import replace

from app.domain.sync import Kind
from app.settings import Settings
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office, counts
from tests.services.databases import migrated
from tests.services.sandbox import Server

ONLY = Kind.CONTACTS
MANY = 120
SOME = 20


def most_at_once(office: Office, server: Server) -> int:
    return int(office.sandbox.counters(server)["most_at_once"])


def fill(office: Office) -> None:
    """Much to write on both sides."""
    for number in range(MANY):
        office.wice.person(f"Wice{number}", "anna")
    for number in range(SOME):
        office.outlook.contact(f"Outlook{number}", email_addresses=[])
    for server in ("wice", "ews"):
        office.sandbox.control(server, "DELETE", "counters")
        office.sandbox.control(server, "POST", "latency", {"ms": 30})


def test_a_run_with_several_connections_counts_as_so_many(make_office: MakeOffice, installation: Settings) -> None:
    few = migrated(installation.model_copy(update={"exchange_concurrency": 2, "wice_concurrency": 3}))
    office = make_office(installation=few)
    fill(office)
    report = office.sync()
    for server in ("wice", "ews"):
        office.sandbox.control(server, "POST", "latency", {"ms": 0})
    assert counts(report) == {"contacts exchange add": MANY, "contacts wice add": SOME}
    assert (most_at_once(office, "ews"), most_at_once(office, "wice")) == (2, 3)


def test_a_servers_own_limits_are_kept_to(make_office: MakeOffice) -> None:
    office = make_office()
    registry = office.product.registry
    _profile, _account, wice, exchange = registry.profile("anna")
    registry.save(replace(wice, concurrent_requests=2))
    registry.save(replace(exchange, concurrent_requests=1))
    fill(office)
    office.sync()
    for server in ("wice", "ews"):
        office.sandbox.control(server, "POST", "latency", {"ms": 0})
    assert (most_at_once(office, "ews"), most_at_once(office, "wice")) == (1, 2)

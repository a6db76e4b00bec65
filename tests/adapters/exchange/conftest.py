"""One sandbox server for all wire tests; each test finds it empty, and none may have sent mail or broken the schema."""

from collections.abc import Iterator

import pytest

from tests.adapters.exchange.sandbox_server import Server
from tests.sandbox.servers import running


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    with running("exchange") as url:
        yield url


@pytest.fixture
def server(sandbox_url: str) -> Iterator[Server]:
    server = Server(sandbox_url)
    server.post("reset", seed="empty", people=3)
    yield server
    for mailbox in server.opened:
        mailbox.close()
    counters = server.counters
    assert counters["mails"] == 0, "R15: nothing this server does ever sends mail"
    assert counters["rejected_by_schema"] == 0
    assert counters["invalid_replies"] == 0

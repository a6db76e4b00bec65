"""A Wice sandbox in a process of its own, empty again for every test."""

from collections.abc import Iterator

import pytest

from tests.adapters.wice.servers import Wice
from tests.sandbox.servers import running


@pytest.fixture(scope="session")
def wice_url() -> Iterator[str]:
    with running("wice") as url:
        yield url


@pytest.fixture
def wice(wice_url: str) -> Iterator[Wice]:
    """Anna is employee 1001, bernd 1002, clara 1003; there are no records."""
    server = Wice(wice_url)
    server.control("reset", {"seed": "empty", "people": 3})
    yield server
    server.close()

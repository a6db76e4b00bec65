"""The portal's frame and a client of it."""

import httpx
import pytest
from structlog.testing import capture_logs

from app.adapters.trust import trusted
from tests.services.serving import served
from tests.web.frame import create_frame


@pytest.fixture(scope="session")
def frame():
    with served(create_frame()) as address:
        yield address


@pytest.fixture
def client(frame):
    """Signed in as an administrator."""
    with capture_logs(), httpx.Client(verify=trusted(""), base_url=frame, cookies={"as": "administrator"}) as opened:
        yield opened

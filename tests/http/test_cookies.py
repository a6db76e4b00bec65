"""Behind https both cookies travel encrypted only."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.responses import Response

from app.domain.people import Role, Session, User
from app.http.cookies import forget_session, keep_session
from app.services.sign_in import Entered
from app.settings import Settings

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(("url", "secure"), [("https://sync.example", True), ("http://127.0.0.1:8080", False)])
def test_the_session_travels_as_the_portal_is_reached(url, secure):
    user = User(name="ada", role=Role.AUDITOR)
    session = Session(id="i", user=user, csrf="c", created=NOW, seen=NOW, until=NOW + timedelta(hours=2))
    response, settings = Response(), Settings(portal_url=url)
    keep_session(response, Entered(session, "cookie"), settings)
    forget_session(response, settings)
    kept, forgotten = response.headers.getlist("set-cookie")
    assert kept.startswith("wice_sync_session=cookie;")
    assert "Max-Age=7200" in kept
    assert "Max-Age=0" in forgotten
    assert all(("Secure" in one) is secure and "HttpOnly" in one for one in (kept, forgotten))

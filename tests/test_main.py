"""The portal's process: health for monitoring, the API below its path, answers that carry a request's id."""

from __future__ import annotations

from app.domain.people import Role
from tests.services.portal import RunningPortal


def test_health_needs_no_sign_in(portal: RunningPortal) -> None:
    anybody = portal.anybody()
    assert anybody.get("/healthz").json() == {"status": "ok"}


def test_readiness_names_what_is_missing(portal: RunningPortal) -> None:
    """Without a broker, a worker and a scheduler nothing is synchronised, however well the pages look."""
    ready = portal.anybody().get("/readyz")
    assert ready.status_code == 503
    assert ready.json() == {
        "status": "not_ready",
        "missing": ["broker", "workers", "scheduler"],
        "database": "ok",
        "broker": "out of reach",
        "workers": "none is alive",
        "scheduler": "none is alive",
    }


def test_the_api_has_its_own_document_and_problems(portal: RunningPortal) -> None:
    api = portal.api(Role.AUDITOR)
    assert api.get("/openapi.json").json()["servers"] == [{"url": "/api/v1"}]
    missing = api.get("/does-not-exist")
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"
    assert missing.json()["type"] == "/problems/not-found"
    assert missing.json()["request"] == missing.headers["x-request-id"]


def test_an_unknown_address_keeps_the_frame_of_who_is_signed_in(portal: RunningPortal) -> None:
    browser = portal.browser(Role.AUDITOR)
    unknown = browser.get("/no-such-page")
    assert unknown.status_code == 404
    assert "Main navigation" in unknown.text
    assert browser.get("/sign-out").status_code == 405
    assert portal.anybody().get("/no-such-page").status_code == 404

"""What answers tell browsers."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from app.web.security_headers import POLICY, SecurityHeaders
from tests.services.serving import served


@pytest.mark.parametrize("path", ["/styleguide", "/static/app.css", "/nowhere", "/fails/bug"])
def test_every_answer_forbids_foreign_and_inline_code(client, path):
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_policy_has_no_way_around():
    assert "unsafe" not in POLICY
    assert "*" not in POLICY
    assert POLICY.startswith("default-src 'none'")


def test_pages_are_not_kept_and_static_files_with_their_hash_are_kept_for_ever(client):
    assert client.get("/styleguide").headers["Cache-Control"] == "no-store"
    assert "immutable" in client.get("/static/app.css?v=0").headers["Cache-Control"]
    assert "immutable" not in client.get("/static/app.css").headers["Cache-Control"]


def test_the_time_until_the_answer_began_is_told_for_the_bench(client):
    name, _semicolon, value = client.get("/styleguide").headers["Server-Timing"].partition(";dur=")
    assert name == "app"
    assert float(value) > 0


@pytest.mark.parametrize(("scheme", "told"), [("http", False), ("https", True)])
def test_browsers_are_bound_to_https_only_where_it_is_spoken(scheme, told):
    app = SecurityHeaders(Starlette(routes=[Route("/", lambda _request: Response())]))

    async def behind_proxy(scope, receive, send):
        await app({**scope, "scheme": scheme}, receive, send)

    with served(behind_proxy) as address:
        assert ("Strict-Transport-Security" in httpx.get(address).headers) is told

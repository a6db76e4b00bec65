"""Every building block in all its states on one page, for those who make pages and for the tests that look at them. Not part of the portal."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.web.badges import BADGES
from app.web.templating import render


def create_styleguide_router() -> APIRouter:
    """Mounted by tests only."""
    router = APIRouter()

    @router.get("/styleguide", include_in_schema=False)
    def styleguide(request: Request) -> Response:
        days = [(f"{day}.11.", [day * 7 % 40, day * 3 % 11, day % 4]) for day in range(1, 31)]
        return render(
            request,
            "pages/styleguide.html",
            states=list(BADGES),
            days=days,
            moment=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
        )

    return router

"""Profiles: the list, each profile's page, and the assistant that makes and changes them."""

from __future__ import annotations

from fastapi import APIRouter

from app.web.profiles import listing, page, wizard

router = APIRouter()
# Fixed addresses stand before those with a name in them.
for part in (listing, wizard, page):
    router.include_router(part.router)

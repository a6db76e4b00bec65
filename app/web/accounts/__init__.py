"""Accounts: the list, each account's page, its forms, import and export, and what is done to many at once."""

from __future__ import annotations

from fastapi import APIRouter

from app.web.accounts import forms, importing, listing, many, page

router = APIRouter()
# Fixed addresses stand before those with a name in them.
for part in (listing, importing, many, forms, page):
    router.include_router(part.router)

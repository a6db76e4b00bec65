"""Every page's router; a page adds its two lines."""

from __future__ import annotations

from fastapi import APIRouter

from app.web import audit, me, preferences, sign_in, tokens, users

ROUTERS: list[APIRouter] = [
    audit.router,
    me.router,
    preferences.router,
    sign_in.router,
    tokens.router,
    users.router,
]

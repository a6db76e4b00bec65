"""Every page's router; a page adds its two lines."""

from __future__ import annotations

from fastapi import APIRouter

from app.web import preferences, sign_in

ROUTERS: list[APIRouter] = [
    preferences.router,
    sign_in.router,
]

"""Every page's router; a page adds its two lines."""

from __future__ import annotations

from fastapi import APIRouter

from app.web import preferences

ROUTERS: list[APIRouter] = [
    preferences.router,
]

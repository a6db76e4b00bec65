"""All resources of the API; a resource adds its two lines."""

from __future__ import annotations

from fastapi import APIRouter

from app.api import audit, users

ROUTERS: list[APIRouter] = [
    audit.router,
    users.router,
]

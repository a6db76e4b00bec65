"""All resources of the API; a resource adds its two lines."""

from __future__ import annotations

from fastapi import APIRouter

from app.api import accounts, audit, runs, servers, users

ROUTERS: list[APIRouter] = [
    accounts.router,
    audit.router,
    runs.router,
    servers.router,
    users.router,
]

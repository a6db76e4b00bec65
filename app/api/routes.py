"""All resources of the API; a resource adds its two lines."""

from __future__ import annotations

from fastapi import APIRouter

from app.api import accounts, accounts_many, audit, licence, profiles, runs, servers, templates, users

ROUTERS: list[APIRouter] = [
    accounts_many.router,  # its fixed addresses stand before those with a name
    accounts.router,
    audit.router,
    licence.router,
    profiles.router,
    runs.router,
    servers.router,
    templates.router,
    users.router,
]

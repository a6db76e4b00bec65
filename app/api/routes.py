"""All resources of the API; a resource adds its two lines."""

from __future__ import annotations

from fastapi import APIRouter

from app.api import (
    accounts,
    accounts_many,
    alerts,
    audit,
    explain,
    hints,
    licence,
    overview,
    processes,
    profiles,
    runs,
    servers,
    settings,
    templates,
    undo,
    users,
)

ROUTERS: list[APIRouter] = [
    accounts_many.router,  # its fixed addresses stand before those with a name
    accounts.router,
    alerts.router,
    audit.router,
    explain.router,
    hints.router,
    licence.router,
    overview.router,
    processes.router,
    profiles.router,
    runs.router,
    servers.router,
    settings.router,
    templates.router,
    undo.router,
    users.router,
]

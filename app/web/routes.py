"""Every page's router; a page adds its two lines."""

from __future__ import annotations

from fastapi import APIRouter

from app.web import (
    accounts,
    alerts,
    audit,
    explain,
    licence,
    me,
    overview,
    preferences,
    profiles,
    run_list,
    runs,
    servers,
    settings,
    sign_in,
    templates,
    tokens,
    undo,
    users,
)

ROUTERS: list[APIRouter] = [
    accounts.router,
    alerts.router,
    audit.router,
    explain.router,
    licence.router,
    me.router,
    overview.router,
    preferences.router,
    profiles.router,
    run_list.router,
    runs.router,
    servers.router,
    settings.router,
    sign_in.router,
    templates.router,
    tokens.router,
    undo.router,
    users.router,
]

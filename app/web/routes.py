"""Every page's router; a page adds its two lines."""

from __future__ import annotations

from fastapi import APIRouter

from app.web import (
    accounts,
    audit,
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
    users,
)

ROUTERS: list[APIRouter] = [
    accounts.router,
    audit.router,
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
    users.router,
]

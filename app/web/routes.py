"""Every page's router; a page adds its two lines."""

from __future__ import annotations

from fastapi import APIRouter

from app.web import accounts, audit, me, preferences, profiles, run_list, runs, servers, sign_in, tokens, users

ROUTERS: list[APIRouter] = [
    accounts.router,
    audit.router,
    me.router,
    preferences.router,
    profiles.router,
    run_list.router,
    runs.router,
    servers.router,
    sign_in.router,
    tokens.router,
    users.router,
]

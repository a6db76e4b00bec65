"""What is set in the portal counts for sessions that run."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.bootstrap import opened
from app.domain.people import SYSTEM
from app.settings import Settings
from tests.services.databases import migrated


def test_sessions_live_as_long_as_the_settings_say(tmp_path: Path):
    with opened(migrated(Settings(home=tmp_path))) as product:
        seen = product.options.read()
        assert (product.sign_in.lifetimes().idle, product.sign_in.lifetimes().absolute) == (
            timedelta(hours=8),
            timedelta(days=7),
        )
        product.options.replace(seen, replace(seen, session_idle_hours=1, session_days=2), SYSTEM)
        assert product.sign_in.lifetimes().idle == product.people.lifetimes().idle == timedelta(hours=1)
        assert product.sign_in.lifetimes().absolute == timedelta(days=2)

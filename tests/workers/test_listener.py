"""Broker, worker, scheduler and listener in processes of their own: what is typed in Outlook stands in Wice though nobody asked for it (R36)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from app.adapters.db.tables import profiles
from app.settings import Settings
from tests.adapters.db.world import LONG_AGO
from tests.scenarios.office import Office
from tests.services.databases import migrated
from tests.services.sandbox import Sandbox
from tests.services.workers import running_worker, until


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return migrated(Settings(home=tmp_path, request_timeout_s=5))


def test_R36_what_changes_in_outlook_travels_within_seconds(sandbox: Sandbox, settings: Settings) -> None:
    with Office(sandbox, settings, settings={"appointments": False, "schedule": "every 12 hours"}) as office:
        office.sync()
        with office.product.database._engine.begin() as connection:
            connection.execute(update(profiles).values(last_finished=LONG_AGO))
        with running_worker(settings, scheduler=True) as crew:
            crew.start_listener()
            until(lambda: sandbox.control("ews", "GET", "streams")["connections"] == 1, "the connection")
            office.outlook.contact("Schulz")
            until(lambda: office.wice.flagged() == {"Schulz"}, "the change's arrival")
            crew.kill("listener")
            until(lambda: sandbox.control("ews", "GET", "streams")["connections"] == 0, "the end of its connection")
            profile = office.product.registry.profile("anna")[0].id
            until(lambda: not office.product.requests.unfinished(profile), "the end of its runs")
        office.outlook.contact("Lehmann")
        assert office.sync_by_schedule().status.value == "done"
        assert office.wice.flagged() == {"Schulz", "Lehmann"}

"""What Prometheus reads: not open to the world, true, and all that the dashboard and the alert rules ask for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.session import open_engine, writing
from app.adapters.db.tables import profiles
from app.bootstrap import beat
from app.domain.budget import Limits, Want
from app.domain.measures import ITEMS, labels
from app.domain.people import Role
from app.domain.process import ProcessKind
from app.domain.sync import Side
from app.http.metrics import exposition
from app.ports.metering import Outcome
from app.settings import Settings
from tests.adapters.db.world import configure
from tests.services.portal import RunningPortal, running_portal

OPS = Path(__file__).parents[2] / "docs/ops"
NAME = re.compile(r"\bwice_sync_\w+")


@pytest.fixture
def trusting(tmp_path: Path) -> Iterator[RunningPortal]:
    with running_portal(Settings(home=tmp_path / "home", metrics_networks="127.0.0.0/8")) as portal:
        yield portal


def samples(portal: RunningPortal) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(exposition(portal.product).decode())
    return {(sample.name, frozenset(sample.labels.items())): sample.value for one in families for sample in one.samples}


def value(portal: RunningPortal, name: str, **given: str) -> float:
    return samples(portal)[f"wice_sync_{name}", frozenset(given.items())]


def test_only_whoever_may_read_gets_them(portal):
    refused = portal.anybody().get("/metrics")
    assert refused.status_code == 401
    assert "wice_sync" not in refused.text
    token = portal.api(Role.AUDITOR).headers["Authorization"]
    answered = portal.anybody().get("/metrics", headers={"Authorization": token})
    assert answered.headers["content-type"].startswith("text/plain; version=")
    assert "\nwice_sync_processes{" in answered.text
    wrong = portal.anybody().get("/metrics", headers={"Authorization": "Bearer ws_wrong"})
    assert wrong.status_code == 401


def test_a_network_may_be_let_in_without_a_token_but_no_further(trusting):
    assert trusting.anybody().get("/metrics").status_code == 200
    assert trusting.anybody().get("/api/v1/accounts").status_code == 401


def test_they_tell_how_it_is(portal, tmp_path):
    product = portal.product
    configure(product.database, "anna", "bernd", "carla")
    engine = open_engine(Settings(home=tmp_path / "home"))
    with writing(engine) as connection:
        for profile, age in ((1, timedelta(seconds=30)), (2, timedelta(hours=2))):
            synced = DatabaseTime(-age)
            connection.execute(update(profiles).where(profiles.c.id == profile).values(synced_at=synced))
    engine.dispose()
    beat(product, ProcessKind.WORKER)
    assert value(portal, "processes", kind="worker") == 1
    assert value(portal, "processes", kind="scheduler") == 0
    assert value(portal, "accounts_never_synchronised") == 1
    buckets = [value(portal, "account_age_seconds_bucket", le=le) for le in ("60.0", "3600.0", "14400.0", "+Inf")]
    assert buckets == [1, 1, 2, 2]
    assert value(portal, "broker_reachable") == 0


def test_what_several_processes_counted_adds_up(portal):
    product = portal.product
    for seconds, outcome in ((0.2, Outcome.ANSWERED), (70.0, Outcome.UNREACHABLE)):
        product.metering.answered(Side.WICE, "wice.example", seconds, outcome)
        product.metering.write_down()
    product.measures.add({(ITEMS, labels(side="wice", action="add")): 3})
    product.measures.add({(ITEMS, labels(side="wice", action="add")): 4})
    assert value(portal, "items_total", side="wice", action="add") == 7
    where = {"side": "wice", "host": "wice.example"}
    assert [value(portal, "server_seconds_bucket", le=le, **where) for le in ("0.1", "0.25", "60.0", "+Inf")] == [
        0,
        1,
        1,
        2,
    ]
    assert value(portal, "server_seconds_sum", **where) == pytest.approx(70.2)
    assert value(portal, "server_answers_total", outcome="unreachable", **where) == 1


@pytest.mark.parametrize("file", ["grafana-dashboard.json", "prometheus-rules.yml", "README.md"])
def test_every_metric_that_is_named_for_operators_exists(portal, file):
    portal.product.metering.answered(Side.WICE, "wice.example", 1.0, Outcome.ANSWERED)
    portal.product.metering.write_down()
    portal.product.measures.add({(ITEMS, labels(side="wice", action="add")): 1})
    portal.product.budgets.back_off("exchange mail.example", 300.0)
    known = {name for name, _labels in samples(portal)}
    text = (OPS / file).read_text("utf-8")
    named = set(NAME.findall(text))
    assert named - known == set()
    if file.endswith(".json"):
        assert len(json.loads(text)["panels"]) > 10
        assert len(named) > 12


def test_how_the_budgets_of_servers_are_used(trusting):
    budgets = trusting.product.budgets
    budgets.take("run", [Want("wice wice.example", Limits(8), 8), Want("webhook main", Limits(8), 1)])
    budgets.back_off("exchange mail.example", 300.0)
    assert value(trusting, "host_runs", host="wice wice.example") == 1
    assert value(trusting, "host_runs", host="exchange mail.example") == 0
    assert 200 < value(trusting, "host_pause_seconds", host="exchange mail.example") <= 300
    assert ("wice_sync_host_runs", frozenset({("host", "webhook main")})) not in samples(trusting)

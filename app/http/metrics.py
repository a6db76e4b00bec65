"""What Prometheus scrapes: the state of the whole installation, from the database, whichever portal is asked.

Names begin with `wice_sync_`. `docs/ops` has a dashboard and alert rules over them. Nothing in it names an account or a person.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeHistogramMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from app.bootstrap import Application
from app.domain.budget import HostState
from app.domain.measures import (
    AGES,
    ITEMS,
    SECONDS,
    SERVER_ANSWERS,
    SERVER_SECONDS,
    SERVER_SECONDS_SUM,
    Measure,
    bound,
    cumulated,
)
from app.domain.process import ProcessKind
from app.domain.run import RunStatus
from app.domain.sync import Side
from app.domain.views import Cut
from app.errors import Retry
from app.http.version import version
from app.services.overview import QUARANTINED

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
SIDES: Final = tuple(f"{side.value} " for side in Side)


def exposition(product: Application) -> bytes:
    """Everything in Prometheus' text format. Raises: Retry while the database is out of reach."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Everything(product))
    return generate_latest(registry)


class _Everything(Collector):
    def __init__(self, product: Application) -> None:
        self._product = product

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: registering must not look anything up."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Look everything up."""
        product, now = self._product, datetime.now(UTC)
        yield _labelled("build", "Version of the portal that was asked.", "version", {version(): 1})
        yield _alive(product)
        yield from _accounts(product, now)
        yield from _queue(product, now)
        yield from _runs(product)
        yield from _servers(product.measures.read())
        yield from _hosts([host for host in product.budgets.states() if host.host.startswith(SIDES)])


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"wice_sync_{name}", text, value=value)


def _labelled(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"wice_sync_{name}", text, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family


def _alive(product: Application) -> Metric:
    counted = Counter(one.kind for one in product.processes.alive())
    return _labelled("processes", "Processes alive.", "kind", {kind.value: counted[kind] for kind in ProcessKind})


def _accounts(product: Application, now: datetime) -> Iterator[Metric]:
    ages, never = product.gauges.ages(now)
    counts = Counter(bound(age, AGES) for age in ages)
    freshness = GaugeHistogramMetricFamily(
        "wice_sync_account_age_seconds", "Active accounts by the time since they were last synchronised as a whole."
    )
    freshness.add_metric([], list(cumulated(counts, AGES)), sum(ages))
    yield freshness
    yield _gauge("accounts_never_synchronised", "Active accounts with a profile that was never synchronised.", never)
    states = {state.value: number for state, number in product.views.states().items()}
    yield _labelled("accounts", "Accounts by state.", "state", states)
    oldest = product.views.oldest_change()
    age = max((now - oldest.since).total_seconds(), 0.0) if oldest else 0.0
    yield _gauge(
        "oldest_change_seconds", "Age of the change that waits longest to be synchronised; 0: none waits.", age
    )
    resting = product.views.failures(QUARANTINED, Cut(limit=1)).total or 0
    yield _gauge("quarantined_items", "Items that rest after refusals.", resting)
    licence = product.licences.status()
    yield _gauge("licence_days_left", "Days until the licence ends; negative: since it ended.", licence.days_left)
    yield _gauge("licence_valid", "1 while something may be written.", int(licence.state.valid))


def _queue(product: Application, now: datetime) -> Iterator[Metric]:
    counts, oldest = product.gauges.queue(now)
    yield _labelled(
        "run_requests", "Runs that were asked for and have not ended.", "state", {k.value: n for k, n in counts.items()}
    )
    yield _gauge(
        "queue_age_seconds", "For how long the run has been waiting that could have begun first; 0: none waits.", oldest
    )
    try:
        messages, reachable = product.queue.backlog(), 1
    except Retry:
        messages, reachable = 0, 0
    yield _gauge("broker_messages", "Messages that no worker has taken yet.", messages)
    yield _gauge("broker_reachable", "1 while the broker answers.", reachable)


def _runs(product: Application) -> Iterator[Metric]:
    runs = CounterMetricFamily("wice_sync_runs", "Ended runs.", labels=["result"])
    took = CounterMetricFamily("wice_sync_run_seconds", "Time that they took.", labels=["result"])
    found = product.gauges.runs()
    for status in RunStatus:
        if status is not RunStatus.RUNNING:
            count, seconds = found.get(status, (0, 0.0))
            runs.add_metric([status.value], count)
            took.add_metric([status.value], seconds)
    yield runs
    yield took


def _servers(measures: Sequence[Measure]) -> Iterator[Metric]:
    yield _counter("items", "Items written.", ["side", "action"], _named(measures, ITEMS))
    yield _counter(
        "server_answers", "Requests to servers.", ["side", "host", "outcome"], _named(measures, SERVER_ANSWERS)
    )
    yield _latencies(_named(measures, SERVER_SECONDS), _named(measures, SERVER_SECONDS_SUM))


def _hosts(hosts: Sequence[HostState]) -> Iterator[Metric]:
    slots = {host.host: float(len(host.slots)) for host in hosts}
    yield _labelled("host_runs", "Runs that speak with a server now, of those that may.", "host", slots)
    pauses = {host.host: host.until for host in hosts}
    yield _labelled("host_pause_seconds", "For how long a busy server is still left alone.", "host", pauses)


def _named(measures: Sequence[Measure], name: str) -> list[Measure]:
    return [measure for measure in measures if measure.name == name]


def _counter(name: str, text: str, names: Sequence[str], measures: Sequence[Measure]) -> Metric:
    family = CounterMetricFamily(f"wice_sync_{name}", text, labels=names)
    for measure in measures:
        given = dict(measure.labels)
        family.add_metric([given[one] for one in names], measure.value)
    return family


def _latencies(counts: Sequence[Measure], sums: Sequence[Measure]) -> Metric:
    family = HistogramMetricFamily("wice_sync_server_seconds", "Time until servers answered.", labels=["side", "host"])
    buckets: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for measure in counts:
        given = dict(measure.labels)
        buckets[given["side"], given["host"]][given["le"]] = measure.value
    for measure in sums:
        given = dict(measure.labels)
        where = given["side"], given["host"]
        family.add_metric(list(where), list(cumulated(buckets[where], SECONDS)), measure.value)
    return family

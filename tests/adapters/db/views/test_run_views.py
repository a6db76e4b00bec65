"""What the page of a run reads: its plan and its writes, filtered and page by page, whatever the database."""

import pytest

from app.domain.plan import Op, PlanState, Reason
from app.domain.plan_views import ChangeFilter
from app.domain.sync import Kind, Side
from app.domain.views import Cut
from tests.adapters.db.world import configure
from tests.services import past_runs

ALL = Cut(limit=100)


class Product:
    def __init__(self, database):
        self.books, self.registry, self.database = database.books, database.registry, database


COVERED_MEETING = "••• (2026-11-25)"
"""R19: it becomes private."""


@pytest.fixture
def views(database):
    configure(database, "anna")
    return database.run_views


@pytest.fixture
def run(database, views):
    return past_runs.analysed(Product(database))


def labels(page):
    return [row.action.label for row in page.rows]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["Schulz, Anna", "Müller, Jörg", "Krause, Otto", past_runs.SCRIPT, "Meier, Hans", COVERED_MEETING]),
        ({"kind": Kind.APPOINTMENTS}, [COVERED_MEETING]),
        ({"side": Side.WICE}, [past_runs.SCRIPT, COVERED_MEETING]),
        ({"op": Op.ADD}, ["Müller, Jörg"]),
        ({"side": Side.EXCHANGE, "op": Op.CHANGE}, ["Schulz, Anna", "Krause, Otto"]),
        ({"reason": Reason.TWIN_DIFFERS}, ["Meier, Hans"]),
        ({"conflict": True}, ["Krause, Otto"]),
        ({"text": "MÜLLER jörg"}, ["Müller, Jörg"]),
        (
            {"text": "\x00"},
            ["Schulz, Anna", "Müller, Jörg", "Krause, Otto", past_runs.SCRIPT, "Meier, Hans", COVERED_MEETING],
        ),
        ({"left_out": True}, []),
        ({"side": Side.WICE, "op": Op.ADD}, []),
    ],
)
def test_actions_of_a_plan_are_found_by_what_they_do_and_to_whom(views, run, wanted, found):
    page = views.planned(run, ChangeFilter(**wanted), ALL)
    assert (labels(page), page.total) == (found, len(found))


def test_pages_of_a_plan_follow_its_execution_and_lead_back(views, run):
    first = views.planned(run, ChangeFilter(), Cut(limit=4))
    second = views.planned(run, ChangeFilter(), Cut(limit=4, cursor=first.next))
    assert labels(second) == ["Meier, Hans", COVERED_MEETING]
    assert not second.next
    assert labels(views.planned(run, ChangeFilter(), Cut(limit=4, cursor=second.previous))) == labels(first)


def test_the_tally_counts_every_visible_action_once(views, run):
    tally = views.tally(run)
    assert sum(sort.count for sort in tally) == 6
    assert {sort.writes for sort in tally if sort.reason is Reason.TWIN_DIFFERS} == {()}
    assert {sort.writes for sort in tally if sort.kind is Kind.APPOINTMENTS} == {((Side.WICE, Op.CHANGE),)}


def test_the_head_of_a_plan_has_counts_and_hints_but_no_actions(views, run):
    plan = views.plan(run)
    assert plan.state is PlanState.OPEN
    assert [(kind.in_wice, kind.actions) for kind in plan.kinds] == [(1234, ()), (50, ())]
    assert plan.kinds[0].hints == past_runs.HINTS


def test_writes_of_a_run_are_found_by_name_and_operation(database, views):
    run = past_runs.synchronised(Product(database))
    every = views.written(run, ChangeFilter(), ALL)
    assert [entry.intent.label for entry in every.rows] == ["Schulz, Anna", "Müller, Jörg"]
    assert views.written(run, ChangeFilter(text="schulz"), ALL).total == 1
    assert views.written(run, ChangeFilter(op=Op.ADD, side=Side.EXCHANGE), ALL).total == 1
    assert views.written(run, ChangeFilter(conflict=True), ALL).total == 0


@pytest.mark.parametrize("run", ["", "nobody", "\x00\ud800"])
def test_what_is_no_run_has_nothing(views, run):
    assert views.run(run) is None
    assert views.plan(run) is None
    assert list(views.tally(run)) == []
    assert views.planned(run, ChangeFilter(), ALL).total == 0
    assert views.written(run, ChangeFilter(), ALL).total == 0

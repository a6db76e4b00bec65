"""The history: runs, timelines, search by name, export."""

import json

import pytest

from app.domain.contact import Contact
from app.domain.ids import AttemptId, LinkId, RunId
from app.domain.journal import IntentState, Settlement
from app.domain.writes import Refused
from tests.adapters.db.world import CONTACTS, WICE, configure, intent, link


@pytest.fixture
def history(database, profile):
    """A link that was called Müller once, Großmann now; and another one."""
    with database.books.open(profile, "sync") as ledger:
        ledger.begin([intent(1, label="Müller, Eva"), intent(2)])
        ledger.settle(
            [
                Settlement(link=link(1, label="Müller, Eva")),
                Settlement(outcomes=((AttemptId("attempt2"), Refused("E", "m")),), link=link(2)),
            ]
        )
        ledger.finish("partial", {"kinds": {}})
    with database.books.open(profile, "sync") as ledger:
        changed = intent(3, link=link(1).id, side=WICE, before=Contact(last_name="Müller"), label="Großmann, Eva")
        ledger.begin([changed])
        ledger.settle([Settlement(link=link(1, label="Großmann, Eva"))])
        ledger.finish("done", {})
    return database.history


def test_runs_are_listed_newest_first(history, profile):
    newest, oldest = history.runs(profile)
    assert [run.number for run in (newest, oldest)] == [2, 1]
    assert [run.id for run in history.runs(profile, limit=1)] == [newest.id]
    assert history.run(oldest.id) == oldest
    assert history.run(RunId("unknown")) is None
    assert history.plan_of(oldest.id) is None


def test_R33_a_run_tells_what_it_wrote_with_both_images(history, profile):
    newest, oldest = history.runs(profile)
    assert [entry.intent.attempt for entry in history.entries_of_run(oldest.id)] == ["attempt1", "attempt2"]
    (entry,) = history.entries_of_run(newest.id)
    assert (entry.intent.before, entry.intent.after) == (
        Contact(last_name="Müller"),
        Contact(last_name="Schulz", first_name="Anna"),
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("MÜLLER", [1]),
        ("grossmann", [1]),
        ("Mu\u0308ller", [1]),
        ("eva", [1]),
        ("schulz", [2]),
        ("", [1, 2]),
        ("100%", []),
    ],
)
def test_R41_links_are_found_by_any_name_they_had(history, profile, text, found):
    assert history.links_called(profile, text) == [LinkId(f"link{number:06}") for number in found]


def test_R41_a_link_has_a_timeline(history, profile):
    timeline = history.entries_of_links(profile, [link(1).id])
    assert [(entry.intent.attempt, entry.state) for entry in timeline] == [
        ("attempt1", IntentState.BEGUN),
        ("attempt3", IntentState.BEGUN),
    ]


def test_an_export_holds_everything_of_one_profile_as_json(history, profile, database):
    configure(database, "bernd")
    rows = [json.loads(json.dumps(row)) for row in history.export(profile)]
    assert [row["table"] for row in rows] == ["link", "link", "run", "entry", "entry", "run", "entry"]
    assert rows[0]["label"] == "Großmann, Eva"
    assert rows[4]["error"] == "E: m"
    assert list(history.export(database.registry.profile("bernd")[0].id)) == []
    assert rows[3]["intent"]["kind"] == CONTACTS

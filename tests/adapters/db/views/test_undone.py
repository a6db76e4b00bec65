"""Which writes were undone, and by which run (R33)."""

from app.domain.ids import AttemptId, LinkId
from app.domain.journal import Settlement
from app.domain.plan import PlanState
from app.domain.writes import Written
from tests.adapters.db.world import intent

ONE, OTHER = (AttemptId(f"attempt-{number}") for number in (1, 2))


def write(database, profile, *attempts, reason="new_in_wice"):
    """A run that writes to a link of its own for each attempt; the link is the attempt's last character."""
    with database.books.open(profile, "sync") as ledger:
        made = [
            intent(0, attempt=AttemptId(attempt), link=LinkId(f"link-{attempt[-1]}"), reason=reason)
            for attempt in attempts
        ]
        ledger.begin(made)
        done = Written(None)
        ledger.settle([Settlement(outcomes=tuple((AttemptId(attempt), done) for attempt in attempts))])
        ledger.finish("done", {})
        return ledger.run


def propose(database, profile, *attempts, state=PlanState.EXECUTED):
    with database.books.open(profile, "undo") as ledger:
        ledger.save_plan(state, (), attempts)
        ledger.finish("needs_confirmation", {})
        return ledger.run


def test_R33_only_what_an_executed_undo_took_back_counts(database, profile):
    write(database, profile, ONE, OTHER)
    assert database.run_views.undone([ONE, OTHER]) == {}
    propose(database, profile, ONE, OTHER)
    back = write(database, profile, "back-1", reason="undone")
    assert database.run_views.undone([ONE, OTHER]) == {ONE: back}, "what the undo could not take back stands"


def test_R33_a_plan_that_waits_or_was_dropped_has_undone_nothing(database, profile):
    write(database, profile, ONE)
    for state in (PlanState.NEEDS_CONFIRMATION, PlanState.DISCARDED, PlanState.SUPERSEDED):
        propose(database, profile, ONE, state=state)
        write(database, profile, f"back-{state}-1", reason="undone")
    assert database.run_views.undone([ONE]) == {}


def test_R33_an_undo_can_be_undone_itself(database, profile):
    write(database, profile, ONE)
    propose(database, profile, ONE)
    back = write(database, profile, "back-1", reason="undone")
    propose(database, profile, AttemptId("back-1"))
    again = write(database, profile, "redo-1", reason="redone")
    assert database.run_views.undone([ONE, AttemptId("back-1"), AttemptId("redo-1")]) == {
        ONE: back,
        AttemptId("back-1"): again,
    }


def test_R33_unknown_writes_are_not_undone(database, profile):
    assert database.run_views.undone([]) == database.run_views.undone([ONE]) == {}

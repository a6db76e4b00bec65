"""R19: words of private appointments are covered wherever others look at the books; that something was changed can still be seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.appointment import Appointment, Participant
from app.domain.fingerprint import differences
from app.domain.ids import AttemptId, LinkId, RunId
from app.domain.journal import Intent, IntentState, JournalEntry
from app.domain.plan import Op
from app.domain.sync import Kind, Side
from app.domain.veil import COVERED, COVERED_ANEW, veiled_entry
from app.services.changes import PRIVATE, written
from tests.rules.situations import MEETING

BEFORE = replace(MEETING, title="Arzt", text="Befund", place="", participants=(Participant(name="Gast"),))
AFTER = replace(BEFORE, title="Arzt", text="Neu", place="Klinik")


def entry(before: Appointment, after: Appointment) -> JournalEntry:
    intent = Intent(
        attempt=AttemptId("a"), kind=Kind.APPOINTMENTS, side=Side.WICE, op=Op.CHANGE, link=LinkId("l"), key="l",
        label="Arzt (2026-06-01)", reason="changed_in_exchange", before=before, after=after,
    )  # fmt: skip
    return JournalEntry(intent=intent, run=RunId("r"), state=IntentState.DONE, at=datetime(2026, 6, 1, tzinfo=UTC))


def test_what_is_not_private_is_shown() -> None:
    assert veiled_entry(entry(BEFORE, AFTER), private=False) == entry(BEFORE, AFTER)


@pytest.mark.parametrize(
    ("one", "private"), [(entry(BEFORE, AFTER), True), (entry(BEFORE, replace(AFTER, private=True)), False)]
)
def test_R19_words_are_covered_and_changes_remain_visible(one: JournalEntry, *, private: bool) -> None:
    shown = veiled_entry(one, private=private).intent
    assert shown.before
    assert shown.after
    assert not any(word in repr(shown) for word in ("Arzt", "Befund", "Neu", "Klinik", "Gast"))
    assert {"text", "place"} <= set(differences(shown.before, shown.after))
    assert (shown.before, shown.label) == (
        replace(BEFORE, title=COVERED, text=COVERED, participants=()), f"{COVERED} (2026-06-01)"
    )  # fmt: skip
    assert shown.after == replace(one.intent.after, title=COVERED, text=COVERED_ANEW, place=COVERED, participants=())  # type: ignore[type-var] # an appointment


def test_R19_the_command_line_says_why() -> None:
    [change] = written([entry(BEFORE, replace(AFTER, private=True))])
    assert ("text", PRIVATE, PRIVATE) in change.fields
    assert ("private", "no", "yes") in change.fields

"""`wice-sync undo`: R33."""

from __future__ import annotations

import os
import pty

import pytest

from tests.services.command import Command


@pytest.fixture
def done(anna: Command, people) -> str:
    """The id of a run that brought two contacts to Exchange."""
    people.flagged("Arndt", "Beyer")
    report = anna.json("sync", "anna")
    assert report["kinds"]["contacts"]["exchange"]["add"] == 2
    return str(report["run"])


def at_a_terminal(command: Command, answer: str, *arguments: str) -> tuple[int, str]:
    """Exit code and output when a person types `answer`."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{answer}\n".encode())
        process = command.start(*arguments, stdin=theirs)
        output, _ = process.communicate(timeout=60)
    finally:
        os.close(ours)
        os.close(theirs)
    return process.returncode, output


def test_R33_the_plan_is_shown_and_nothing_is_undone_before_somebody_agrees(anna, people, done):
    shown = anna("undo", done, code=3).stdout
    assert "What undoing takes - anna" in shown
    assert "Contacts, delete in Exchange: Arndt, Jo - a run's write is undone" in shown
    report = anna.json("undo", done, code=3)
    assert report["kinds"]["contacts"]["exchange"] == {"add": 0, "change": 0, "delete": 2}
    assert set(people.in_outlook()) == {"Arndt", "Beyer"}
    assert anna.json("sync", "anna")["status"] == "nothing_to_do", "no synchronisation executes the plan of an undo"
    assert anna.json("confirm", report["run"])["status"] == "done"
    assert people.in_outlook() == {}
    assert anna.json("sync", "anna")["status"] == "nothing_to_do"


def test_R33_with_yes_nobody_is_asked(anna, people, done):
    report = anna.json("undo", done, "--yes")
    assert (report["status"], report["kinds"]["contacts"]["exchange"]["delete"]) == ("done", 2)
    assert people.in_outlook() == {}
    hints = anna.json("sync", "anna")["kinds"]["contacts"]["hints"]
    assert sorted((hint["item"], hint["reason"]) for hint in hints) == [
        ("Arndt, Jo", "undone"),
        ("Beyer, Jo", "undone"),
    ]
    again = anna.json("undo", done, "--yes")
    assert again["status"] == "nothing_to_do"
    assert {hint["reason"] for hint in again["kinds"]["contacts"]["hints"]} == {"undo_gone"}
    assert anna.json("undo", report["run"], "--yes")["kinds"]["contacts"]["exchange"]["add"] == 2
    assert set(people.in_outlook()) == {"Arndt", "Beyer"}


def test_R33_single_writes_are_undone_by_their_ids(anna, people):
    people.flagged("Arndt", "Beyer")
    report = anna.json("sync", "anna", "--verbose")
    writes = {action["item"]: action["attempt"] for action in report["kinds"]["contacts"]["actions"]}
    anna("undo", report["run"], "--item", writes["Arndt, Jo"], "--yes")
    assert set(people.in_outlook()) == {"Beyer"}
    assert "has no write nonsense" in anna("undo", report["run"], "--item", "nonsense", code=2).stderr


@pytest.mark.parametrize(("answer", "left"), [("y", set()), ("n", {"Arndt", "Beyer"})])
def test_R33_at_a_terminal_it_asks(anna, people, done, answer, left):
    code, output = at_a_terminal(anna, answer, "undo", done)
    assert code == 0
    assert "What undoing takes" in output
    assert set(people.in_outlook()) == left
    assert anna.json("sync", "anna")["status"] == "nothing_to_do"


def test_what_cannot_be_undone_is_a_usage_error_that_says_why(anna, done):
    assert "there is no run nonsense" in anna("undo", "nonsense", code=2).stderr
    idle = anna.json("sync", "anna")["run"]
    assert "wrote nothing" in anna("undo", idle, code=2).stderr

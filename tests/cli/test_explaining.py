"""wice-sync explain: readable, scriptable, and honest about where it looked (R41)."""

from __future__ import annotations

from app.cli.exits import Exit
from tests.cli.conftest import People
from tests.services.command import Command


def test_R41_explain_says_state_rule_and_timeline(anna: Command, people: People) -> None:
    people.flagged("Schulz")
    anna("sync", "anna")
    done = anna("explain", "anna", "schulz, jo")
    assert "Contacts: Schulz, Jo - synchronised (R3)" in done.stdout
    assert "add to Exchange, new in Wice" in done.stdout


def test_R41_explain_names_the_value_that_decides_and_what_to_do(anna: Command, people: People) -> None:
    [record] = people.flagged("Schulz")
    people.wice.unflag(record, "anna")
    done = anna("explain", "anna", "SCHULZ")
    assert "not in scope (R4)" in done.stdout
    assert "Outlook sync flag: not set for anna" in done.stdout
    assert "What to do: Set the flag in Wice" in done.stdout


def test_R41_explain_as_json_and_from_the_books_alone(anna: Command, people: People) -> None:
    people.flagged("Groß")
    anna("sync", "anna")
    answer = anna.json("explain", "anna", "GROSS", "--books")
    assert (answer["profile"], answer["live"], answer["gaps"][0]["code"]) == ("anna/anna", False, "not_asked")
    [item] = answer["items"]
    assert (item["item"], item["state"], item["rule"], item["linked"]) == ("Groß, Jo", "synchronised", "R3", True)
    assert [event["reason"] for event in item["timeline"]] == ["new_in_wice"]


def test_R41_nothing_known_exits_with_1_and_says_where_it_looked(anna: Command) -> None:
    done = anna("explain", "anna", "Niemand", code=Exit.FAILED)
    assert "Looked in the books, at Wice and in the mailbox." in done.stdout
    anna("explain", "anna", "x", code=Exit.USAGE)
    anna("explain", "nobody", "Schulz", code=Exit.USAGE)

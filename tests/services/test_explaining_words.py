"""Every code of *explain* has its words (R41)."""

from __future__ import annotations

from datetime import date

from app.domain.finding import Gap
from app.rules.causes import Cause, Fact, FactName, State
from app.services.explaining_words import ADVICE, FACTS, GAPS, STATES, WHY, fact_text


def test_R41_every_code_has_words() -> None:
    assert set(WHY) == set(Cause)
    assert set(ADVICE) <= set(Cause)
    assert set(FACTS) == set(FactName)
    assert set(STATES) == set(State)
    assert set(GAPS) == set(Gap)


def test_R41_sentences_stand_alone() -> None:
    for text in (*WHY.values(), *ADVICE.values()):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "  " not in text


def test_R41_facts_name_their_values() -> None:
    window = Fact(FactName.WINDOW, date(2025, 3, 3), date(2026, 5, 28))
    assert fact_text(window) == "end: 3 March 2025, window begins 28 May 2026"
    folder = Fact(FactName.FOLDER, "Contacts", "Contacts/Wice")
    assert fact_text(folder) == "folder: Contacts instead of Contacts/Wice"
    assert fact_text(Fact(FactName.FLAG, "anna")) == "Outlook sync flag: not set for anna"

"""The translation table: total in the sense that what it does not know stays loud."""

import pytest
import requests

from app.adapters.exchange.errors import (
    BUSY,
    HALTS,
    MISSING,
    REJECTED,
    STALE,
    TRANSIENT,
    VANISHED,
    AnswerLost,
    Busy,
    RejectedCall,
    by_code,
    concerns_mailbox,
    translate,
)
from app.errors import Halt, HaltCode, Retry

WHERE = "Exchange server mail.example.com, mailbox anna@example.com"
FAMILIES = [BUSY, TRANSIENT, REJECTED, STALE, MISSING, VANISHED, frozenset(HALTS)]


def test_a_code_is_in_one_family_only() -> None:
    assert len(frozenset().union(*FAMILIES)) == sum(len(family) for family in FAMILIES)


@pytest.mark.parametrize("code", sorted(BUSY))
def test_busy_is_retried_and_did_nothing(code: str) -> None:
    assert isinstance(by_code(code, "", WHERE), Busy)


@pytest.mark.parametrize("code", sorted(REJECTED))
def test_a_rejected_call_did_nothing(code: str) -> None:
    assert isinstance(by_code(code, "", WHERE), RejectedCall)


@pytest.mark.parametrize("code", sorted(VANISHED))
def test_R26_a_vanished_folder_halts(code: str) -> None:
    error = by_code(code, "", WHERE)
    assert isinstance(error, Halt)
    assert error.code is HaltCode.FOLDER_VANISHED


@pytest.mark.parametrize("code", sorted(HALTS))
def test_a_halt_names_the_mailbox_and_what_to_do(code: str) -> None:
    error = by_code(code, "geheimer Inhalt", WHERE)
    assert isinstance(error, Halt)
    assert str(error).startswith(WHERE)
    assert code in str(error)
    assert "geheim" not in str(error)


def test_what_the_server_never_said_before_may_have_happened() -> None:
    assert isinstance(by_code("ErrorOfTomorrow", "", WHERE), AnswerLost)


@pytest.mark.parametrize(
    ("code", "mailbox"),
    [("ErrorServerBusy", True), ("ErrorQuotaExceeded", True), ("ErrorAccessDenied", False), ("ErrorItemSave", False)],
)
def test_an_item_s_error_concerns_that_item_unless_it_names_more(code: str, mailbox: bool) -> None:
    assert concerns_mailbox(code) is mailbox


@pytest.mark.parametrize(
    "error", [requests.ConnectionError(), requests.ReadTimeout(), OSError(), requests.TooManyRedirects()]
)
def test_the_network_s_failures_are_retried(error: Exception) -> None:
    assert isinstance(translate(error, WHERE), Retry)


def test_a_bug_stays_a_bug() -> None:
    bug = KeyError("x")
    assert translate(bug, WHERE) is bug

"""Each step of a connection test says what was found, and what to do where it ends; a refused login is tried once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import Application, opened
from app.domain.account import Account, ExchangeServer, WiceServer
from app.errors import HaltCode
from app.services.connection import Course, StepCode, Trying, Verdict, check_exchange, check_wice, results
from app.settings import Settings
from tests.services.databases import migrated
from tests.services.sandbox import Sandbox


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Application]:
    with opened(migrated(Settings(home=tmp_path))) as product:
        yield product


@pytest.fixture
def wice(sandbox: Sandbox) -> WiceServer:
    return sandbox.wice_server


@pytest.fixture
def exchange(sandbox: Sandbox) -> ExchangeServer:
    return sandbox.exchange_server


@pytest.fixture
def anna(sandbox: Sandbox) -> Account:
    return sandbox.account("anna")


def verdicts(course: Course) -> dict[StepCode, Verdict]:
    """The worst of each step."""
    found: dict[StepCode, Verdict] = {}
    for step in results(course):
        if found.get(step.code) in (None, Verdict.OK):
            found[step.code] = step.verdict
    return found


def test_a_wice_server_with_a_login_passes_all_steps(product, wice, anna):
    found = verdicts(check_wice(product, wice, anna))
    assert found == dict.fromkeys(
        (StepCode.NAME, StepCode.CONNECT, StepCode.ANSWER, StepCode.LOGIN, StepCode.EMAIL, StepCode.CAPABILITY),
        Verdict.OK,
    )


def test_without_a_login_the_way_is_tested_alone(product, wice, exchange, sandbox):
    assert verdicts(check_wice(product, wice, None))[StepCode.LOGIN] is Verdict.SKIPPED
    assert verdicts(check_exchange(product, exchange, None))[StepCode.MAILBOX] is Verdict.SKIPPED
    assert sandbox.counters("ews")["failed_logins"] == {}


def test_a_login_that_wice_refuses_is_named(product, wice, anna):
    *_, last = results(check_wice(product, wice, replace(anna, wice_password="not-hers")))
    assert (last.code, last.verdict, last.halt) == (StepCode.LOGIN, Verdict.BROKEN, HaltCode.LOGIN_REFUSED)
    assert "not-hers" not in last.advice


def test_a_login_that_exchange_refuses_is_tried_once(product, exchange, anna, sandbox):
    *_, last = results(check_exchange(product, replace(exchange, password="not-its"), anna))
    assert (last.code, last.verdict, last.halt) == (StepCode.MAILBOX, Verdict.BROKEN, HaltCode.LOGIN_REFUSED)
    assert sandbox.counters("ews")["failed_logins"] == {exchange.username: 1}


def test_R34_another_default_address_is_named(product, wice, anna):
    course = check_wice(product, wice, replace(anna, email="other@example.org"))
    [email] = [step for step in results(course) if step.code is StepCode.EMAIL]
    assert email.verdict is Verdict.BROKEN
    assert email.found == anna.email


def test_a_mailbox_opens_by_impersonation(product, exchange, anna):
    steps = results(check_exchange(product, exchange, anna))
    assert [step.verdict for step in steps] == [Verdict.OK] * len(steps)
    assert steps[-1].found == f"{anna.mailbox}, impersonation"


def test_a_mailbox_that_does_not_exist_is_named(product, exchange, anna):
    *_, last = results(check_exchange(product, exchange, replace(anna, mailbox="nobody@example.com")))
    assert (last.code, last.verdict) == (StepCode.MAILBOX, Verdict.BROKEN)
    assert "nobody@example.com" in last.advice


def test_a_closed_port_ends_the_test_before_any_login(product, wice, anna):
    *_, broken, skipped = results(check_wice(product, replace(wice, url="http://127.0.0.1:9"), anna))
    assert (broken.code, broken.verdict) == (StepCode.CONNECT, Verdict.BROKEN)
    assert (skipped.code, skipped.verdict) == (StepCode.LOGIN, Verdict.SKIPPED)


def test_a_ca_file_that_cannot_be_read_is_named(product, wice, tmp_path):
    first, *_ = results(
        check_wice(product, replace(wice, url="https://127.0.0.1:9", ca_file=str(tmp_path / "no.pem")), None)
    )
    assert (first.code, first.halt) == (StepCode.CERTIFICATE, HaltCode.CERTIFICATE)


def test_without_an_address_and_a_mailbox_autodiscover_waits(product, exchange):
    steps = verdicts(check_exchange(product, replace(exchange, url=""), None))
    assert steps == {StepCode.AUTODISCOVER: Verdict.SKIPPED, StepCode.MAILBOX: Verdict.SKIPPED}


def test_each_step_is_announced_before_it_is_tried(product, wice, exchange, anna):
    for course in (check_wice(product, wice, anna), check_exchange(product, exchange, anna)):
        announced, found = None, []
        for one in course:
            if isinstance(one, Trying):
                announced = one.code
            elif one.code not in {announced, StepCode.EMAIL}:
                found.append((announced, one.code))
        assert found in ([], [(StepCode.MAILBOX, StepCode.LOGIN)]), (
            "what an answer tells besides needs no step of its own"
        )


def test_what_fails_after_the_login_is_not_called_a_refused_login(product, wice, anna, sandbox):
    course = check_wice(product, wice, anna)
    for one in course:
        if isinstance(one, Trying) and one.code is StepCode.CAPABILITY:
            sandbox.fault("wice", "error", count=9)
    assert one.code is StepCode.CAPABILITY

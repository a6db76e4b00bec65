"""Test what is configured, step by step. Runs that a refused login had stopped go on when the test proves it right."""

from __future__ import annotations

from typing import Protocol

from app.domain.account import Access, Account, ExchangeServer, WiceServer
from app.domain.people import Actor
from app.ports import Registry
from app.ports.requests import Logins
from app.services.connection import Course, Site, Step, StepCode, Verdict, check_exchange, check_wice


class Office(Site, Protocol):
    """What a test needs."""

    @property
    def registry(self) -> Registry: ...
    @property
    def logins(self) -> Logins: ...


def try_account(office: Office, name: str, by: Actor) -> tuple[Course, Course]:
    """Both logins of a stored account: at Wice, at Exchange. Raises: NotFound."""
    account = office.registry.account(name, secrets=True)
    wice = office.registry.wice_server(account.wice_server, secrets=True)
    exchange = office.registry.exchange_server(account.exchange_server, secrets=True)
    at_wice = _ended(check_wice(office, wice, account), lambda: office.logins.passed(account, wice, by))
    if exchange.access is Access.IMPERSONATION:
        return at_wice, try_server(office, exchange, account, by)
    at_exchange = check_exchange(office, exchange, account)
    return at_wice, _ended(at_exchange, lambda: office.logins.passed(account, exchange, by))


def try_server(office: Office, server: WiceServer | ExchangeServer, trial: Account, by: Actor) -> Course:
    """A stored server, read with its secrets, with the login or the mailbox of `trial`."""
    if isinstance(server, WiceServer):
        return check_wice(office, server, trial)
    steps = check_exchange(office, server, trial)
    if server.access is Access.DELEGATE:
        return steps
    return _ended(steps, lambda: office.logins.passed_for_all(server, by))


def _ended(steps: Course, note: _Note) -> Course:
    """`steps`, and one more if a login has proven right that had stopped runs."""
    for step in steps:
        yield step
        passed = isinstance(step, Step) and step.code is StepCode.LOGIN and step.verdict is Verdict.OK
        if passed and note():
            yield Step(side=step.side, code=StepCode.RESUMED, verdict=Verdict.OK)


class _Note(Protocol):
    def __call__(self) -> bool: ...

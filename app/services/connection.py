"""Test a connection step by step, and say at each step what was tried, what was found and what to do. Writes nothing anywhere.

Each step is announced before it is tried, so that whoever watches sees at which one a server hangs. A refused login is tried once and never again
in the same test: accounts must not be locked by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Protocol

from app.domain.account import Access, Account, ExchangeServer, WiceServer
from app.errors import Halt, HaltCode, WiceSyncError
from app.ports import Capabilities, Crm, Mailbox
from app.ports.reaching import Passed, Stage, Stopped


class Verdict(StrEnum):
    """How it stands with one thing. Only `BROKEN` keeps something from being synchronised."""

    OK = "ok"
    LIMITED = "limited"
    SKIPPED = "skipped"
    BROKEN = "broken"


class StepCode(StrEnum):
    """What is tried; the portal translates it."""

    NAME = "name"
    CONNECT = "connect"
    CERTIFICATE = "certificate"
    ANSWER = "answer"
    LOGIN = "login"
    EMAIL = "email"
    CAPABILITY = "capability"
    AUTODISCOVER = "autodiscover"
    MAILBOX = "mailbox"
    RESUMED = "resumed"
    """The login had been refused and works now: the runs that were stopped by it go on."""


@dataclass(frozen=True, slots=True)
class Trying:
    """A step that begins: how it went comes next. Of capabilities there is one for all."""

    side: str
    code: StepCode

    def json(self) -> dict[str, str]:
        """As a JSON-ready object."""
        return {"side": self.side, "step": self.code.value}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step. `found` is what it found; `advice` why it did not work and what to do; `halt` the stable kind of that."""

    side: str
    """"wice" or "exchange"."""
    code: StepCode
    verdict: Verdict
    found: str = ""
    advice: str = ""
    halt: HaltCode | None = None
    subject: str = ""
    """Of a capability: its name."""

    def json(self) -> dict[str, str]:
        """As a JSON-ready object."""
        return {
            "side": self.side,
            "step": self.code.value,
            "subject": self.subject,
            "result": self.verdict.value,
            "found": self.found,
            "advice": self.advice,
            "kind": self.halt.value if self.halt else "",
        }


Course = Iterator[Trying | Step]
"""A test as it goes on."""


def results(course: Iterable[Trying | Step]) -> list[Step]:
    """What a test has found, once it is over."""
    return [step for step in course if isinstance(step, Step)]


class Site(Protocol):
    """What a test can reach."""

    def way(self, url: str, ca_file: str) -> Iterator[Stage | Passed | Stopped]: ...
    def crm(self, account: Account, server: WiceServer) -> Crm: ...
    def mailbox(self, account: Account, server: ExchangeServer) -> Mailbox: ...
    def discovered(self, account: Account, server: ExchangeServer) -> str: ...


def check_wice(site: Site, server: WiceServer, account: Account | None) -> Course:
    """The way to the server; with an account's login also who that is and what the server can do."""
    steps = _Steps("wice")
    yield from steps.reached(site, server.url, server.ca_file)
    if account is None or not account.wice_username:
        yield steps.skipped(StepCode.LOGIN, "no user given: enter one to try a login")
    elif steps.broken:
        yield steps.skipped(StepCode.LOGIN, "the server was not reached, see above")
    else:
        yield from steps.guarded(StepCode.LOGIN, _signed_in(steps, site, server, account))


def check_exchange(site: Site, server: ExchangeServer, account: Account | None) -> Course:
    """The way to the server, by autodiscover where it has no address; with a mailbox also whether it opens."""
    steps = _Steps("exchange")
    if not server.url and account is not None and account.mailbox:
        found = ""
        for step in steps.guarded(StepCode.AUTODISCOVER, _discovered(steps, site, server, account)):
            yield step
            found = step.found if isinstance(step, Step) else ""
        server = replace(server, url=found)
    if server.url:
        yield from steps.reached(site, server.url, server.ca_file)
    elif not steps.broken:
        yield steps.skipped(StepCode.AUTODISCOVER, "found by autodiscover, per mailbox: enter one to try it")
    if account is None or not account.mailbox:
        yield steps.skipped(StepCode.MAILBOX, "no mailbox given: enter one to try to open it")
    elif steps.broken:
        yield steps.skipped(StepCode.MAILBOX, "the server was not reached, see above")
    else:
        yield from steps.guarded(StepCode.MAILBOX, _opened(steps, site, server, account))


class _Steps:
    """Makes the steps of one side and remembers which one is tried, and whether one was broken."""

    def __init__(self, side: str) -> None:
        self._side = side
        self._at = StepCode.NAME
        self.broken = False

    def trying(self, code: StepCode) -> Trying:
        self._at = code
        return Trying(self._side, code)

    def step(self, code: StepCode, verdict: Verdict, found: str = "", advice: str = "", subject: str = "") -> Step:
        return Step(side=self._side, code=code, verdict=verdict, found=found, advice=advice, subject=subject)

    def skipped(self, code: StepCode, advice: str) -> Step:
        return self.step(code, Verdict.SKIPPED, advice=advice)

    def reached(self, site: Site, url: str, ca_file: str) -> Course:
        yield from self.guarded(StepCode.CERTIFICATE, self._way(site, url, ca_file))

    def _way(self, site: Site, url: str, ca_file: str) -> Course:
        for one in site.way(url, ca_file):
            match one:
                case Stage():
                    yield self.trying(StepCode(one.value))
                case Passed():
                    yield self.step(StepCode(one.stage.value), Verdict.OK, found=one.found)
                case Stopped():
                    self.broken = True
                    yield self.step(StepCode(one.stage.value), Verdict.BROKEN, advice=one.advice)

    def guarded(self, code: StepCode, course: Course) -> Course:
        """`course`; an error made on purpose ends it as how the step at hand went, `code` if none was begun."""
        self._at = code
        try:
            yield from course
        except WiceSyncError as error:
            self.broken = True
            halt = error.code if isinstance(error, Halt) else None
            yield Step(side=self._side, code=self._at, verdict=Verdict.BROKEN, advice=str(error), halt=halt)


def _signed_in(steps: _Steps, site: Site, server: WiceServer, account: Account) -> Course:
    yield steps.trying(StepCode.LOGIN)
    with closing(site.crm(account, server)) as crm:
        employee = crm.employee()
        yield steps.step(StepCode.LOGIN, Verdict.OK, found=employee.name)
        yield _email(steps, account, employee.email)
        yield steps.trying(StepCode.CAPABILITY)
        yield from _capabilities(steps, crm.capabilities())


def _email(steps: _Steps, account: Account, default_email: str) -> Step:
    """R34: appointments need an e-mail that equals the user's default one."""
    if not default_email:
        return steps.step(
            StepCode.EMAIL, Verdict.LIMITED, advice="this server does not tell the user's default address"
        )
    if not account.email or default_email.casefold() == account.email.casefold():
        return steps.step(StepCode.EMAIL, Verdict.OK, found=default_email)
    advice = "the account's e-mail address differs; appointments need the same one: correct one of them"
    return steps.step(StepCode.EMAIL, Verdict.BROKEN, found=default_email, advice=advice)


def _capabilities(steps: _Steps, there: Capabilities) -> Iterator[Step]:
    for field in fields(there):
        verdict = Verdict.OK if getattr(there, field.name) else Verdict.LIMITED
        yield steps.step(StepCode.CAPABILITY, verdict, subject=field.name)


def _discovered(steps: _Steps, site: Site, server: ExchangeServer, account: Account) -> Course:
    yield steps.trying(StepCode.AUTODISCOVER)
    yield steps.step(StepCode.AUTODISCOVER, Verdict.OK, found=site.discovered(account, server))


def _opened(steps: _Steps, site: Site, server: ExchangeServer, account: Account) -> Course:
    yield steps.trying(StepCode.MAILBOX)
    with closing(site.mailbox(account, server)) as mailbox:
        version = mailbox.probe()
        yield steps.step(StepCode.LOGIN, Verdict.OK, found=version)
        how = "impersonation" if server.access is Access.IMPERSONATION else "its own login"
        yield steps.step(StepCode.MAILBOX, Verdict.OK, found=f"{account.mailbox}, {how}")

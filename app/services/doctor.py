"""Look at everything that a synchronisation needs, and say what to do about what does not work. Writes nothing anywhere.

A login that was refused is not tried again in the same examination, whoever shares it: accounts must not be locked by their doctor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, fields
from typing import Protocol

from app.domain.account import Access, Account, ExchangeServer, Profile, WiceServer
from app.domain.ids import ProfileId
from app.domain.licence import LicenceState, LicenceStatus
from app.domain.sync import Kind
from app.errors import Halt, HaltCode, WiceSyncError
from app.ports import Capabilities, Crm, Mailbox, Registry
from app.services.connection import Verdict
from app.services.folders import foreign_owner
from app.services.licences import Licences


@dataclass(frozen=True)
class Check:
    """One row: what was looked at, how it stands, and what was found or what to do."""

    what: str
    verdict: Verdict
    advice: str

    def json(self) -> dict[str, str]:
        """As a JSON-ready object."""
        return {"what": self.what, "result": self.verdict.value, "advice": self.advice}


class Site(Protocol):
    """What the doctor can look at."""

    @property
    def registry(self) -> Registry: ...
    @property
    def licences(self) -> Licences: ...
    @property
    def installation(self) -> str: ...
    def schema_is_current(self) -> bool: ...
    def reach(self, url: str, ca_file: str) -> str: ...
    def crm(self, account: Account, server: WiceServer) -> Crm: ...
    def mailbox(self, account: Account, server: ExchangeServer) -> Mailbox: ...
    def is_profile(self, profile: ProfileId) -> bool: ...


LOST_WITHOUT: Mapping[str, str] = {
    "flags": "contacts cannot be synchronised",
    "delta": "every run reads all companies anew",
    "ids": "every run reads all records in full",
    "appointments": "appointments cannot be synchronised",
    "appointments_write": "appointments from Exchange cannot be written",
    "import_key": "what an interrupted run created may be created twice",
    "employees": "participants are shown without names",
}
"""What a missing capability of a Wice server means."""


def examine(site: Site) -> Iterator[Check]:
    """All checks, one after another."""
    if not site.schema_is_current():
        yield Check("database", Verdict.BROKEN, "the schema is not this version's: run `wice-sync migrate`")
        return
    yield Check("database", Verdict.OK, "reachable, schema up to date")
    yield _licence(site.licences.status())
    try:
        accounts = [account for account in site.registry.accounts() if account.active]
        examination = _Examination(site, site.registry.wice_servers(), site.registry.exchange_servers())
    except Halt as halt:
        yield Check("secret keys", Verdict.BROKEN, str(halt))
        return
    yield Check("secret keys", Verdict.OK, "all stored passwords can be decrypted")
    yield from examination.servers()
    for account in accounts:
        yield from examination.account(account)


def _licence(status: LicenceStatus) -> Check:
    if not status.state.valid:
        verdict = Verdict.BROKEN
    else:
        verdict = Verdict.LIMITED if status.state in (LicenceState.TOO_MANY, LicenceState.ENDING_SOON) else Verdict.OK
    return Check("licence", verdict, " ".join(map(str, status.sentences)))


class _Examination:
    """Remembers which servers do not answer and which logins were refused."""

    def __init__(self, site: Site, wice: Sequence[WiceServer], exchange: Sequence[ExchangeServer]) -> None:
        self._site = site
        self._wice = {server.name: server for server in wice}
        self._exchange = {server.name: server for server in exchange}
        self._profiles = [profile for profile in site.registry.profiles() if profile.active]
        self._silent: set[str] = set()
        self._refused: set[tuple[str, str, str]] = set()

    def servers(self) -> Iterator[Check]:
        for wice in self._wice.values():
            yield self._server(f"Wice server {wice.name}", wice.url, wice.ca_file)
        for exchange in self._exchange.values():
            what = f"Exchange server {exchange.name}"
            if exchange.url:
                yield self._server(what, exchange.url, exchange.ca_file)
            else:
                yield Check(what, Verdict.SKIPPED, "found by autodiscover, per account")

    def _server(self, what: str, url: str, ca_file: str) -> Check:
        try:
            return Check(what, Verdict.OK, self._site.reach(url, ca_file))
        except WiceSyncError as error:
            self._silent.add(url)
            return Check(what, Verdict.BROKEN, str(error))

    def account(self, account: Account) -> Iterator[Check]:
        profiles = [profile for profile in self._profiles if profile.account == account.name]
        wice, exchange = self._wice[account.wice_server], self._exchange[account.exchange_server]
        login = (wice.name, account.wice_username, account.wice_password)
        yield from self._signed_in(
            f"account {account.name}, Wice", wice.url, login, lambda what: self._crm(what, account, wice, profiles)
        )
        own = exchange.access is Access.DELEGATE
        name = (account.exchange_username or account.mailbox) if own else exchange.username
        login = (exchange.name, name, account.exchange_password if own else exchange.password)
        yield from self._signed_in(
            f"account {account.name}, mailbox",
            exchange.url,
            login,
            lambda what: self._mailbox(what, account, exchange, profiles),
        )

    def _signed_in(
        self, what: str, url: str, login: tuple[str, str, str], look: Callable[[str], Iterator[Check]]
    ) -> Iterator[Check]:
        if url in self._silent:
            yield Check(what, Verdict.SKIPPED, "its server does not answer, see above")
        elif login in self._refused:
            yield Check(what, Verdict.SKIPPED, "the same login was refused above; it is not tried again")
        else:
            try:
                yield from look(what)
            except WiceSyncError as error:
                if isinstance(error, Halt) and error.code is HaltCode.LOGIN_REFUSED:
                    self._refused.add(login)
                yield Check(what, Verdict.BROKEN, str(error))

    def _crm(self, what: str, account: Account, server: WiceServer, profiles: Sequence[Profile]) -> Iterator[Check]:
        with closing(self._site.crm(account, server)) as crm:
            employee = crm.employee()
            yield _login_check(what, account, employee.email, profiles)
            missing = _missing(crm.capabilities())
            if missing:
                yield Check(f"{what}, capabilities", Verdict.LIMITED, missing)

    def _mailbox(
        self, what: str, account: Account, server: ExchangeServer, profiles: Sequence[Profile]
    ) -> Iterator[Check]:
        with closing(self._site.mailbox(account, server)) as mailbox:
            yield Check(what, Verdict.OK, f"opens; {mailbox.probe()}")
            for profile in profiles:
                for kind in profile.kinds:
                    yield self._folder(mailbox, profile, kind)

    def _folder(self, mailbox: Mailbox, profile: Profile, kind: Kind) -> Check:
        what, wish = f"profile {profile.account}/{profile.name}, {kind.value} folder", profile.folder_wish(kind)
        known = profile.folder_id(kind)
        try:
            folder = mailbox.folder(known, kind) if known else mailbox.find_folder(wish, kind)
        except Halt as halt:
            return Check(what, Verdict.BROKEN, str(halt))
        if folder is None:
            if wish == "Wice":
                return Check(what, Verdict.OK, "will be created at the first analysis")
            return Check(
                what, Verdict.BROKEN, f"there is no folder “{wish}”; create it in Outlook or choose another one"
            )
        owner = foreign_owner(folder, self._site.installation, profile.id, self._site.is_profile)
        if owner:
            return Check(
                what, Verdict.BROKEN, f"already synchronised by {owner} ({folder.marker}); choose another folder"
            )
        return Check(what, Verdict.OK, f"“{folder.name}”")


def _login_check(what: str, account: Account, default_email: str, profiles: Sequence[Profile]) -> Check:
    """R34: appointments need an e-mail that equals the user's default one."""
    if not any(profile.appointments for profile in profiles) or default_email == account.email.casefold():
        return Check(what, Verdict.OK, "signs in")
    if not default_email:
        return Check(what, Verdict.LIMITED, "signs in; this server does not tell the user's default e-mail address")
    advice = "signs in, but the account's email is not the user's default e-mail address in Wice; correct one of them"
    return Check(what, Verdict.BROKEN, advice)


def _missing(capabilities: Capabilities) -> str:
    names = [field.name for field in fields(capabilities) if not getattr(capabilities, field.name)]
    return "; ".join(f"no {name}: {LOST_WITHOUT[name]}" for name in names)

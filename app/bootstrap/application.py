"""The product with its adapters, for one process: database, servers' connections, and a desk for each run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from app.adapters.alerting import Mail, Webhook
from app.adapters.db import Database, open_database
from app.adapters.db.holder import is_dead, this_process
from app.adapters.keeping import Keeper
from app.adapters.licence import load_keys
from app.adapters.passwords import Argon2Passwords
from app.adapters.queue import open_budgets, open_queue
from app.adapters.reach import reach, way
from app.adapters.wice import WiceAccess, WiceCrm, open_crm
from app.adapters.wice.dialect import load_dialect
from app.bootstrap.hosts import Hosts
from app.bootstrap.memory import ServerMemory
from app.bootstrap.metering import Metering
from app.bootstrap.people import PeopleServices
from app.domain.account import Access, Account, ExchangeServer, Profile, WiceServer
from app.domain.ids import ProfileId, RunId, new_id
from app.domain.logins import Login
from app.domain.retention import Periods
from app.domain.run import SCHEDULED, Order
from app.domain.sync import Side
from app.errors import Halt, HaltCode, NotFound, Retry, WiceSyncError
from app.ports import Ledger, Mailbox
from app.ports.budget import Allowance, HostBudgets, Unlimited
from app.ports.finding import Finder
from app.ports.hints import Hints
from app.ports.learnt import Learnt
from app.ports.licences import KeyReader
from app.ports.metering import Gauges, Measures
from app.ports.notifications import Channel, Notifications, WatchList
from app.ports.options import OptionStore
from app.ports.people import Passwords
from app.ports.processes import Processes
from app.ports.reaching import Passed, Stage, Stopped
from app.ports.requests import Logins, Queue
from app.ports.run_views import RunViews
from app.ports.views import Views
from app.rules.logins import is_in_doubt
from app.services import alerts
from app.services.administration import Administration
from app.services.desk import Desk, Progress
from app.services.importing import Importing
from app.services.licences import Licences
from app.services.logins import alone, spare
from app.services.reclaiming import Reclaiming, holder_name
from app.services.report import RunReport
from app.services.retention import Retention
from app.services.run_budget import held
from app.services.templates import Templates
from app.settings import Settings

if TYPE_CHECKING:
    from app.adapters.exchange import ExchangeAccess


class Application:
    """What services need of the outside; see `app.ports`. May be used by several threads at once, each run by one."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        keys: KeyReader | None = None,
        passwords: Passwords | None = None,
    ) -> None:
        self.registry: Final = database.registry
        self.books: Final = database.books
        self.history: Final = database.history
        self.views: Final[Views] = database.views
        self.run_views: Final[RunViews] = database.run_views
        self.finder: Final[Finder] = database.finder
        self.requests: Final = database.requests
        self.work: Final = database.work
        self.dispatch: Final = database.dispatch
        self.hints: Final[Hints] = database.hints
        self.logins: Final[Logins] = database.logins
        self.watch_list: Final[WatchList] = database.watch_list
        self.listening: Final[HostBudgets] = database.listening
        self.choices: Final = database.choices
        self.options: Final[OptionStore] = database.options
        self.learnt: Final[Learnt] = database.learnt
        self.processes: Final[Processes] = database.processes
        self.administration: Final = Administration(self.registry, check_wice_server)
        self.importing: Final = Importing(self.registry, check_wice_server)
        self.drafts: Final = database.drafts
        self.templates: Final = Templates(self.registry, self.administration)
        self.licences: Final = Licences(database.licences, keys or load_keys(), now)
        self.retention: Final = Retention(
            database.attic,
            database.chores,
            database.processes,
            Periods(
                idle_runs=timedelta(days=settings.keep_idle_runs_days),
                history=timedelta(days=settings.keep_history_days),
                audit=timedelta(days=settings.keep_audit_days),
            ),
        )
        self.alerts: Final = alerts.Alerts(
            database.alerts,
            database.chores,
            {alerts.MAIL: Mail(), alerts.WEBHOOK: Webhook()},
            self.licences,
            database.processes,
            database.options,
            now,
        )
        self.database: Final = database
        self.measures: Final[Measures] = database.measures
        self.gauges: Final[Gauges] = database.gauges
        self.metering: Final = Metering(database.measures)
        of_people = PeopleServices(settings, database, passwords or Argon2Passwords(), now)
        self.sign_in: Final = of_people.sign_in
        self.people: Final = of_people.people
        self.api_tokens: Final = of_people.api_tokens
        self.audit: Final = of_people.audit
        self.replies: Final = of_people.replies
        self._settings = settings
        self._keeper: Final = Keeper()

    @cached_property
    def queue(self) -> Queue:
        """Where workers hear of requests."""
        return open_queue(self._settings)

    @cached_property
    def budgets(self) -> HostBudgets:
        """What servers may be asked for, by all workers together."""
        return Reclaiming(open_budgets(self._settings) or self.database.budgets, is_dead)

    @cached_property
    def turns(self) -> HostBudgets:
        """For what one run at a time may do; in the database, since it must not be given to all while Redis is away."""
        return Reclaiming(self.database.budgets, is_dead)

    @cached_property
    def _hosts(self) -> Hosts:
        return Hosts(self._settings, self.registry)

    @property
    def installation(self) -> str:
        """This installation's random id (R43)."""
        return self.books.installation

    def close(self) -> None:
        """Free the connections to the servers, and write down what was measured."""
        self._keeper.close()
        with suppress(Retry):
            self.metering.write_down()

    def schema_is_current(self) -> bool:
        """Has the database this program's schema?"""
        return self.database.schema_is_current()

    def profile_name(self, profile: ProfileId) -> str:
        """account/name of a profile. Raises: NotFound."""
        name = self.registry.profile_name(profile)
        if name is None:
            raise NotFound(f"profile {profile} does not exist any more")
        return name

    def active_profiles(self) -> Sequence[str]:
        """account/name of the profiles that are to be synchronised: active ones of active accounts."""
        return self.registry.active_profiles()

    @contextmanager
    def desk(
        self,
        name: str,
        trigger: str,
        progress: Progress,
        run: RunId | None = None,
        requested_by: str = "",
        order: Order | None = None,
    ) -> Iterator[Desk]:
        """Open a run of the profile `name` ("profile" or "account/profile") with both servers, under the id `run` if given, or by `order`.

        Raises: BadInput (no such profile), LeaseLost (another run has it), Halt, Retry; a run that could not begin its work is in the history.
        HostBusy: a server has to be left alone for now, and nothing has begun.
        """
        profile, account, wice, exchange = self.registry.profile(name)
        hosts = self._hosts.of(account, wice, exchange)
        with ExitStack() as connections:
            holder, urgent = holder_name(this_process(), run or new_id()), trigger != SCHEDULED
            allowed = connections.enter_context(held(self.budgets, holder, hosts, self._settings.lease, urgent=urgent))
            trial = connections.enter_context(ExitStack())
            known = self._logins(trial, holder, profile.id)
            ledger = connections.enter_context(self.books.open(profile.id, trigger, run, requested_by, order))
            # Read again: a run that ended in between may have found folders, or had its plan approved.
            profile, account, wice, exchange = self.registry.profile(_full_name(profile))
            try:
                spare(known, by_schedule=trigger == SCHEDULED)
                crm = connections.enter_context(closing(self.crm(account, wice, profile, allowed[0])))
                access = self._access(account, exchange)
                access = replace(access, allowance=allowed[1], keeper=self._keeper, account=account.name)
                mailbox = self._mailbox_of_run(ledger, access, crm, wice.time_zone)
                connections.enter_context(closing(mailbox))
                self._prove(filter(is_in_doubt, known), crm, mailbox)
                trial.close()
                permit = self.licences.permit(profile.id)
            except WiceSyncError as error:
                ledger.finish(*_failed(profile, ledger, error))
                raise
            yield Desk(
                profile=profile,
                account=account,
                installation=self.books.installation,
                crm=crm,
                mailbox=mailbox,
                ledger=ledger,
                permit=permit,
                now=now,
                progress=progress,
                is_profile=self.is_profile,
            )

    def _logins(self, trial: ExitStack, holder: str, profile: ProfileId) -> Sequence[Login]:
        """How it stands with its logins. Of those that are in doubt nobody else learns more before `trial` ends. Raises: HostBusy."""
        known = self.logins.of(profile)
        doubts = [login for login in known if is_in_doubt(login)]
        for login in doubts:
            trial.enter_context(alone(self.turns, holder, login))
        return self.logins.of(profile) if doubts else known  # who tried them before may have got through

    def _prove(self, doubts: Iterable[Login], crm: WiceCrm, mailbox: Mailbox) -> None:
        """Sign in with what is in doubt, and let the others know. Raises: Halt, Retry."""
        for login in doubts:
            if login.side is Side.WICE:
                crm.employee()
            else:
                mailbox.probe()
            self.logins.proven(login)

    def crm(
        self, account: Account, server: WiceServer, profile: Profile | None = None, allowance: Allowance | None = None
    ) -> WiceCrm:
        """An account's session at its Wice server; sends nothing yet. `allowance`: what it may send."""
        return open_crm(
            WiceAccess(
                url=server.url,
                mandant=server.mandant,
                username=account.wice_username,
                password=account.wice_password,
                api_key=server.api_key,
                time_zone=server.time_zone,
                ca_file=server.ca_file,
                dialect=server.dialect,
                window_start=profile.window_start(now().date()) if profile else None,
                request_timeout_s=self._settings.request_timeout_s,
                meter=self.metering,
                allowance=allowance or Unlimited(),
                keeper=self._keeper if allowance else None,
                account=account.name,
                memory=ServerMemory(self.learnt, server, now, afresh=profile is None),
            )
        )

    def mailbox(self, account: Account, server: ExchangeServer) -> Mailbox:
        """An account's mailbox, to look at; sends nothing yet."""
        from app.adapters.exchange import (
            open_mailbox,  # late: exchangelib takes longer to load than most commands to run
        )

        return open_mailbox(self._access(account, server))

    def reach(self, url: str, ca_file: str) -> str:
        """What answers at a server's address. Raises: Halt, Retry."""
        return reach(url, ca_file)

    def way(self, url: str, ca_file: str) -> Iterator[Stage | Passed | Stopped]:
        """The steps on the way to a server's address, each announced, as they happen. Raises: Halt for a CA file that cannot be read."""
        return way(url, ca_file)

    def discovered(self, account: Account, server: ExchangeServer) -> str:
        """The address that autodiscover finds for an account's mailbox. Raises: Halt, Retry."""
        from app.adapters.exchange import discover

        return discover(self._access(replace(account, endpoint=""), replace(server, url="")))

    def is_profile(self, profile: ProfileId) -> bool:
        """Does this profile exist (still)?"""
        return self.registry.profile_name(profile) is not None

    def mailbox_as_read(self, account: Account, server: ExchangeServer, crm: WiceCrm, zone: str) -> Mailbox:
        """An account's mailbox, to look at with the eyes of its runs: what they find equal is equal here; sends nothing yet."""
        from app.adapters.exchange import open_mailbox

        access = self._access(account, server)
        return open_mailbox(replace(access, time_zone=zone, unmapped_fields=crm.unmapped_fields))

    def _mailbox_of_run(self, ledger: Ledger, access: ExchangeAccess, crm: WiceCrm, zone: str) -> Mailbox:
        from app.adapters.exchange import discover, open_mailbox

        access = replace(access, time_zone=zone, unmapped_fields=crm.unmapped_fields)
        if not access.endpoint:
            access = replace(access, endpoint=discover(access))
            ledger.save_endpoint(access.endpoint)
        return open_mailbox(access)

    def open(self, server: str, endpoint: str) -> Channel | None:
        """See `app.ports.notifications.Notifications.open`. Raises: NotFound."""
        from app.adapters.exchange import StreamingChannel

        configured = self.registry.exchange_server(server, secrets=True)
        account = Account(
            name="", wice_server="", wice_username="", exchange_server=server, mailbox="", endpoint=endpoint
        )
        access = self._access(account, configured)
        shared = configured.access is Access.IMPERSONATION and access.endpoint
        return StreamingChannel(access) if shared else None

    @property
    def notifications(self) -> Notifications:
        """The mail servers that tell of changes."""
        return self

    def _access(self, account: Account, server: ExchangeServer) -> ExchangeAccess:
        from app.adapters.exchange import ExchangeAccess

        own = server.access is Access.DELEGATE
        return ExchangeAccess(
            mailbox=account.mailbox,
            email=account.email,
            endpoint=server.url or account.endpoint,
            auth=server.auth,
            access=server.access,
            username=(account.exchange_username or account.mailbox) if own else server.username,
            password=account.exchange_password if own else server.password,
            tenant_id=server.tenant_id,
            client_id=server.client_id,
            token_url=server.token_url,
            ca_file=server.ca_file,
            request_timeout_s=self._settings.request_timeout_s,
            meter=self.metering,
        )


@contextmanager
def opened(
    settings: Settings, *, any_schema: bool = False, keys: KeyReader | None = None, passwords: Passwords | None = None
) -> Iterator[Application]:
    """Open the database. The embedded one is brought up to date by itself; `any_schema` takes another one as it is (migrate, doctor).

    `keys`: who may sign licences, if not those whom this version knows. `passwords`: how they are hashed, if not as the product does.

    Raises: BadInput, Retry, Halt(CONFIGURATION) for a schema that this program does not have.
    """
    with open_database(settings) as database:
        _bring_up_to_date(database, embedded=is_embedded(settings), any_schema=any_schema)
        product = Application(settings, database, keys, passwords)
        try:
            yield product
        finally:
            product.close()


def _bring_up_to_date(database: Database, *, embedded: bool, any_schema: bool) -> None:
    if (any_schema and not embedded) or database.schema_is_current():
        return
    if not embedded:
        raise Halt(HaltCode.CONFIGURATION, "the database does not have this version's schema: run `wice-sync migrate`")
    database.migrate()


def is_embedded(settings: Settings) -> bool:
    """Is the database a file of this installation, which nobody else has to agree to change?"""
    url = settings.database_url.get_secret_value()
    return not url or url.startswith("sqlite")


def check_wice_server(server: WiceServer) -> None:
    """Raises: BadInput for a dialect that cannot be used."""
    load_dialect(server.dialect)


def now() -> datetime:
    """The time in UTC; the only clock that services get."""
    return datetime.now(UTC)


def _full_name(profile: Profile) -> str:
    return f"{profile.account}/{profile.name}"


def _failed(profile: Profile, ledger: Ledger, error: WiceSyncError) -> tuple[str, dict[str, object]]:
    report = RunReport.failed(profile.name, error, ledger.run)
    return report.status.value, report.json()

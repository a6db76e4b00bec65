"""The schema, once: PostgreSQL and SQLite. `migrations/` builds it, and a test compares the two. `tables_runs` and `tables_people` go on.

Everything that hangs on a profile goes with it (ON DELETE CASCADE). Columns marked `SECRET` hold encrypted text (see `secrets`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from app.adapters.db.column_types import Choice, ForeignText, Stored, UtcDateTime
from app.domain.account import Access, Auth, CompanyData, Conflict, Direction, FirstPlan, TargetChanges
from app.domain.fingerprint import Record
from app.domain.journal import IntentState
from app.domain.plan import Action, Alarm, Hint, HintReason, Op, PlanState
from app.domain.run import RunStatus, Verb
from app.domain.sync import End, Kind, Side
from app.domain.views import RunSummary

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SECRET: Mapping[str, bool] = {"secret": True}
_SEQUENCE = BigInteger().with_variant(Integer, "sqlite")


def _text(name: str, **options: Any) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="", **options)


def _flag(name: str, *, default: bool = False) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text("true" if default else "false"))


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


def _prose(name: str) -> Column[str]:
    return Column(name, ForeignText, nullable=False, server_default="")


def _row_id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _owner(table: str, **options: Any) -> Column[int]:
    return Column(f"{table}_id", ForeignKey(f"{table}s.id", ondelete="CASCADE"), nullable=False, **options)


def _version() -> Column[int]:
    return Column("version", Integer, nullable=False, server_default="1")


def _shared_settings() -> tuple[Column[Any], ...]:
    """What a profile may take over from a template; columns belong to one table each, so there is a new set for each."""
    return (
        _flag("contacts", default=True),
        _flag("appointments", default=True),
        _text("contacts_folder"),
        _text("calendar_folder"),
        Column("direction", Choice(Direction), nullable=False),
        Column("conflict", Choice(Conflict), nullable=False),
        Column("target_changes", Choice(TargetChanges), nullable=False),
        Column("company_data", Choice(CompanyData), nullable=False),
        _number("window_past_days"),
        _text("schedule"),
        Column("first_plan", Choice(FirstPlan), nullable=False),
    )


def _kind(**options: Any) -> Column[Any]:
    return Column("kind", Choice(Kind), nullable=False, **options)


installation = Table(
    "installation",
    metadata,
    Column("single", Integer, CheckConstraint("single = 1", name="one_row"), primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("installed_at", UtcDateTime, nullable=False),
    Column("latest_seen", UtcDateTime),
)

wice_servers = Table(
    "wice_servers",
    metadata,
    _row_id(),
    Column("name", Text, nullable=False, unique=True),
    _text("url"),
    _text("mandant"),
    _text("api_key", info=SECRET),
    _text("time_zone"),
    _text("ca_file"),
    Column("dialect", Stored(dict), nullable=False, server_default="{}"),
    _version(),
    sqlite_autoincrement=True,
)

exchange_servers = Table(
    "exchange_servers",
    metadata,
    _row_id(),
    Column("name", Text, nullable=False, unique=True),
    _text("kind"),
    _text("url"),
    Column("auth", Choice(Auth), nullable=False),
    Column("access", Choice(Access), nullable=False),
    _text("username"),
    _text("password", info=SECRET),
    _text("tenant_id"),
    _text("client_id"),
    _text("token_url"),
    _text("ca_file"),
    _version(),
    sqlite_autoincrement=True,
)

accounts = Table(
    "accounts",
    metadata,
    _row_id(),
    Column("name", Text, nullable=False, unique=True),
    _text("email"),
    _owner("wice_server", index=True),
    _text("wice_username"),
    _text("wice_password", info=SECRET),
    _owner("exchange_server", index=True),
    _text("mailbox"),
    _text("exchange_username"),
    _text("exchange_password", info=SECRET),
    _text("endpoint"),
    _flag("active", default=True),
    _version(),
    # Kept by `account_keys`: what lists sort by, and what their search looks through.
    _prose("name_key"),
    _prose("terms"),
    Index(None, "name_key", "id"),
    sqlite_autoincrement=True,
)

templates = Table(
    "templates",
    metadata,
    _row_id(),
    Column("name", Text, nullable=False, unique=True),
    *_shared_settings(),
    _version(),
    sqlite_autoincrement=True,
)

# A row id is never used twice (sqlite_autoincrement): a run of a removed profile must not find its lease in a new one.
profiles = Table(
    "profiles",
    metadata,
    _row_id(),
    _owner("account"),
    Column("name", Text, nullable=False, index=True),
    *_shared_settings(),
    _flag("active", default=True),
    _text("contacts_folder_id"),
    _text("calendar_folder_id"),
    _flag("approved"),
    _text("lease_owner"),
    _number("lease_token"),
    Column("lease_until", UtcDateTime),
    # No foreign key (see migration 0002): whoever removes a template clears this.
    Column("template_id", Integer, index=True),
    _version(),
    # What the latest runs left behind, for lists and for who is due.
    _text("last_run"),
    Column("last_status", Choice(RunStatus)),
    Column("last_finished", UtcDateTime),
    _prose("last_message"),
    _text("waiting_run"),
    Column("synced_at", UtcDateTime),
    _number("failed_runs"),
    _number("failed_items"),
    _number("frozen_items"),
    # When the schedule `due_for` asks for its next run; another schedule is planned anew.
    Column("due_at", UtcDateTime, index=True),
    _text("due_for"),
    Index(
        "ix_profiles_unplanned",
        "id",
        sqlite_where=text("schedule != due_for"),
        postgresql_where=text("schedule != due_for"),
    ),
    Index(None, "last_status"),
    # All that the state of an account is made of, so that lists and counts of 10,000 need not read the rows.
    Index(
        "ix_profiles_health",
        "account_id",
        "active",
        "failed_runs",
        "waiting_run",
        "failed_items",
        "frozen_items",
        "synced_at",
        "last_finished",
    ),
    UniqueConstraint("account_id", "name"),
    sqlite_autoincrement=True,
)

cursors = Table(
    "cursors",
    metadata,
    _owner("profile", primary_key=True),
    _kind(primary_key=True),
    Column("side", Choice(Side), primary_key=True),
    Column("value", Text),
    _flag("inventory_open"),
)

sightings = Table(
    "sightings",
    metadata,
    _owner("profile", primary_key=True),
    Column("side", Choice(Side), primary_key=True),
    Column("item_id", Text, primary_key=True),
    _kind(primary_key=True),
    _text("version"),
    _flag("gone"),
    Column("held", Choice(HintReason)),
    _prose("label"),
    _prose("detail"),
    _prose("terms"),
    Column("at", UtcDateTime),
    Index("ix_sightings_unsettled", "at", sqlite_where=text("held IS NULL"), postgresql_where=text("held IS NULL")),
)

# Ordered as `links()` streams it. An ended link remembers its ids but does not occupy them.
links = Table(
    "links",
    metadata,
    _owner("profile", primary_key=True),
    _kind(primary_key=True),
    Column("id", Text, primary_key=True),
    _text("wice_id"),
    _text("wice_version"),
    _text("wice_fingerprint"),
    _flag("wice_certain", default=True),
    _text("exchange_id"),
    _text("exchange_version"),
    _text("exchange_fingerprint"),
    _flag("exchange_certain", default=True),
    _prose("label"),
    _text("parent"),
    Column("last_day", Date),
    _flag("ended"),
    Column("written_side", Choice(Side)),
    _text("written_fingerprint"),
    _number("written_run"),
    _number("written_runs"),
    _flag("incomplete"),
    _flag("missing"),
    _prose("terms"),
    _flag("undone"),
    # Searched from end to end, former links last: all that the search across accounts looks at lies in it.
    Index("ix_links_search", "ended", "terms", "profile_id", "kind", "id"),
)
for _side in Side:
    Index(
        f"uq_links_{_side}",
        links.c.profile_id,
        links.c.kind,
        links.c[f"{_side}_id"],
        unique=True,
        sqlite_where=text("NOT ended"),
        postgresql_where=text("NOT ended"),
    )

runs = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True),
    _owner("profile"),
    _number("number"),
    _text("trigger"),
    Column("status", Choice(RunStatus), nullable=False),
    Column("started", UtcDateTime, nullable=False),
    Column("finished", UtcDateTime),
    Column("report", Stored(dict), nullable=False, server_default="{}"),
    _text("requested_by"),
    Column("verb", Choice(Verb), nullable=False, server_default=Verb.SYNC),
    Column("summary", Stored(RunSummary), nullable=False, server_default="{}"),
    UniqueConstraint("profile_id", "number"),
    Index(None, "started", "id"),
    *(Index(None, column, "started", "id") for column in ("status", "trigger", "verb")),
)

journal = Table(
    "journal",
    metadata,
    Column("seq", _SEQUENCE, primary_key=True),
    _owner("profile"),
    _owner("run", index=True),
    Column("attempt", Text, nullable=False, unique=True),
    _kind(),
    Column("side", Choice(Side), nullable=False),
    Column("op", Choice(Op), nullable=False),
    _text("link"),
    _text("key"),
    _prose("label"),
    _text("reason"),
    Column("item", Text),
    Column("before", Stored(Record)),
    Column("after", Stored(Record)),
    _text("content"),
    Column("other", Stored(End)),
    _text("parent"),
    _text("company"),
    _flag("conflict"),
    Column("state", Choice(IntentState), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("result", Text),
    _prose("error"),
    Index(None, "profile_id", "link"),
    Index(
        "ix_journal_open",
        "profile_id",
        "kind",
        sqlite_where=text("state IN ('begun', 'lost')"),
        postgresql_where=text("state IN ('begun', 'lost')"),
    ),
    sqlite_autoincrement=True,
)

plans = Table(
    "plans",
    metadata,
    Column("seq", _SEQUENCE, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    _owner("profile", index=True),
    _owner("run", index=True),
    Column("state", Choice(PlanState), nullable=False),
    Column("undoes", Stored(tuple[str, ...]), nullable=False, server_default="[]"),
    sqlite_autoincrement=True,
)

plan_kinds = Table(
    "plan_kinds",
    metadata,
    Column("plan_seq", ForeignKey("plans.seq", ondelete="CASCADE"), primary_key=True),
    _kind(primary_key=True),
    _number("position"),
    _number("in_wice"),
    _number("in_exchange"),
    _number("linked"),
    Column("hints", Stored(tuple[Hint, ...]), nullable=False),
    Column("alarms", Stored(tuple[Alarm, ...]), nullable=False),
)

plan_actions = Table(
    "plan_actions",
    metadata,
    Column("plan_seq", ForeignKey("plans.seq", ondelete="CASCADE"), primary_key=True),
    _kind(primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _text("key"),
    Column("payload", Stored(Action), nullable=False),
    _flag("left_out"),
    # What lists of actions filter by, out of the payload: the writes as "exchange:add wice:change".
    _text("reason"),
    _text("writes"),
    _flag("conflict"),
    _flag("visible"),
    _prose("terms"),
)

failures = Table(
    "failures",
    metadata,
    _owner("profile", primary_key=True),
    Column("key", Text, primary_key=True),
    _kind(),
    _text("signature"),
    _number("count"),
    _text("code"),
    _prose("message"),
    _prose("label"),
)

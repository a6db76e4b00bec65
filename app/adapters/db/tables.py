"""The schema, once: PostgreSQL and SQLite. `migrations/` builds it, and a test compares the two. `tables_runs` and `tables_people` go on.

Everything that hangs on a profile goes with it (ON DELETE CASCADE). Columns marked `SECRET` hold encrypted text (see `secrets`).
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import (
    BigInteger,
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

from app.adapters.db.column_types import Choice, Stored, UtcDateTime
from app.adapters.db.columns import flag, kind, limits, number, owner, prose, row_id, version, words
from app.adapters.db.tables_settings import private_appointments, shared_settings
from app.domain.account import Access, Auth
from app.domain.fingerprint import Record
from app.domain.journal import IntentState
from app.domain.plan import Action, Alarm, Hint, HintReason, Op, PlanState
from app.domain.run import RunStatus, Verb
from app.domain.sync import End, Side
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
DERIVED: Mapping[str, bool] = {"derived": True}
"""Found out again where it is missing: no backup holds it."""
_SEQUENCE = BigInteger().with_variant(Integer, "sqlite")


def _counter(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default="0")


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
    row_id(),
    Column("name", Text, nullable=False, unique=True),
    words("url"),
    words("mandant"),
    words("api_key", info=SECRET),
    words("time_zone"),
    words("ca_file"),
    Column("dialect", Stored(dict), nullable=False, server_default="{}"),
    version(),
    *limits(),
    sqlite_autoincrement=True,
)

exchange_servers = Table(
    "exchange_servers",
    metadata,
    row_id(),
    Column("name", Text, nullable=False, unique=True),
    words("kind"),
    words("url"),
    Column("auth", Choice(Auth), nullable=False),
    Column("access", Choice(Access), nullable=False),
    words("username"),
    words("password", info=SECRET),
    words("tenant_id"),
    words("client_id"),
    words("token_url"),
    words("ca_file"),
    version(),
    # How it stands with its login, see `logins`.
    _counter("refused"),
    _counter("proven"),
    *limits(),
    sqlite_autoincrement=True,
)

accounts = Table(
    "accounts",
    metadata,
    row_id(),
    Column("name", Text, nullable=False, unique=True),
    words("email"),
    owner("wice_server", index=True),
    words("wice_username"),
    words("wice_password", info=SECRET),
    owner("exchange_server", index=True),
    words("mailbox"),
    words("exchange_username"),
    words("exchange_password", info=SECRET),
    words("endpoint"),
    flag("active", default=True),
    version(),
    # Kept by `account_keys`: what lists sort by, and what their search looks through.
    prose("name_key"),
    prose("terms"),
    # Not used any more, see `logins`; they go with the release after the next.
    _counter("wice_refused"),
    _counter("exchange_refused"),
    # The same for all accounts with the same login, see `login_marks`.
    words("wice_login", info=DERIVED, index=True),
    words("exchange_login", info=DERIVED, index=True),
    Index(None, "name_key", "id"),
    sqlite_autoincrement=True,
)

# How it stands with accounts' logins, see the module `logins`; one of which nothing is known has no row.
logins = Table(
    "logins",
    metadata,
    Column("mark", Text, primary_key=True),
    _counter("refused"),
    _counter("proven"),
)

templates = Table(
    "templates",
    metadata,
    row_id(),
    Column("name", Text, nullable=False, unique=True),
    *shared_settings(),
    version(),
    number("deep_compare_days", default=7),
    private_appointments(),
    sqlite_autoincrement=True,
)

# A row id is never used twice (sqlite_autoincrement): a run of a removed profile must not find its lease in a new one.
profiles = Table(
    "profiles",
    metadata,
    row_id(),
    owner("account"),
    Column("name", Text, nullable=False, index=True),
    *shared_settings(),
    flag("active", default=True),
    words("contacts_folder_id"),
    words("calendar_folder_id"),
    flag("approved"),
    words("lease_owner"),
    number("lease_token"),
    Column("lease_until", UtcDateTime),
    # No foreign key (see migration 0002): whoever removes a template clears this.
    Column("template_id", Integer, index=True),
    version(),
    # What the latest runs left behind, for lists and for who is due.
    words("last_run"),
    Column("last_status", Choice(RunStatus)),
    Column("last_finished", UtcDateTime),
    prose("last_message"),
    words("waiting_run"),
    Column("synced_at", UtcDateTime),
    number("failed_runs"),
    number("failed_items"),
    number("frozen_items"),
    # When the schedule `due_for` asks for its next run; another schedule is planned anew.
    Column("due_at", UtcDateTime, index=True),
    words("due_for"),
    number("deep_compare_days", default=7),
    Column("deep_compared_at", UtcDateTime),
    private_appointments(),
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
    owner("profile", primary_key=True),
    kind(primary_key=True),
    Column("side", Choice(Side), primary_key=True),
    Column("value", Text),
    flag("inventory_open"),
    flag("missing"),
)

sightings = Table(
    "sightings",
    metadata,
    owner("profile", primary_key=True),
    Column("side", Choice(Side), primary_key=True),
    Column("item_id", Text, primary_key=True),
    kind(primary_key=True),
    words("version"),
    flag("gone"),
    Column("held", Choice(HintReason)),
    prose("label"),
    prose("detail"),
    prose("terms"),
    Column("at", UtcDateTime),
    Index("ix_sightings_unsettled", "at", sqlite_where=text("held IS NULL"), postgresql_where=text("held IS NULL")),
)

# Ordered as `links()` streams it. An ended link remembers its ids but does not occupy them.
links = Table(
    "links",
    metadata,
    owner("profile", primary_key=True),
    kind(primary_key=True),
    Column("id", Text, primary_key=True),
    words("wice_id"),
    words("wice_version"),
    words("wice_fingerprint"),
    flag("wice_certain", default=True),
    words("exchange_id"),
    words("exchange_version"),
    words("exchange_fingerprint"),
    flag("exchange_certain", default=True),
    prose("label"),
    words("parent"),
    Column("last_day", Date),
    flag("ended"),
    Column("written_side", Choice(Side)),
    words("written_fingerprint"),
    number("written_run"),
    number("written_runs"),
    flag("incomplete"),
    flag("missing"),
    prose("terms"),
    flag("undone"),
    number("say"),
    flag("apart"),
    flag("private"),
    # Who else holds an appointment of Wice (D1).
    Index("ix_links_shared", "wice_id"),
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
    owner("profile"),
    number("number"),
    words("trigger"),
    Column("status", Choice(RunStatus), nullable=False),
    Column("started", UtcDateTime, nullable=False),
    Column("finished", UtcDateTime),
    Column("report", Stored(dict), nullable=False, server_default="{}"),
    words("requested_by"),
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
    owner("profile"),
    owner("run", index=True),
    Column("attempt", Text, nullable=False, unique=True),
    kind(),
    Column("side", Choice(Side), nullable=False),
    Column("op", Choice(Op), nullable=False),
    words("link"),
    words("key"),
    prose("label"),
    words("reason"),
    Column("item", Text),
    Column("before", Stored(Record)),
    Column("after", Stored(Record)),
    words("content"),
    Column("other", Stored(End)),
    words("parent"),
    words("company"),
    flag("conflict"),
    Column("state", Choice(IntentState), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("result", Text),
    prose("error"),
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
    owner("profile", index=True),
    owner("run", index=True),
    Column("state", Choice(PlanState), nullable=False),
    Column("undoes", Stored(tuple[str, ...]), nullable=False, server_default="[]"),
    sqlite_autoincrement=True,
)

plan_kinds = Table(
    "plan_kinds",
    metadata,
    Column("plan_seq", ForeignKey("plans.seq", ondelete="CASCADE"), primary_key=True),
    kind(primary_key=True),
    number("position"),
    number("in_wice"),
    number("in_exchange"),
    number("linked"),
    Column("hints", Stored(tuple[Hint, ...]), nullable=False),
    Column("alarms", Stored(tuple[Alarm, ...]), nullable=False),
)

plan_actions = Table(
    "plan_actions",
    metadata,
    Column("plan_seq", ForeignKey("plans.seq", ondelete="CASCADE"), primary_key=True),
    kind(primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    words("key"),
    Column("payload", Stored(Action), nullable=False),
    flag("left_out"),
    # What lists of actions filter by, out of the payload: the writes as "exchange:add wice:change".
    words("reason"),
    words("writes"),
    flag("conflict"),
    flag("visible"),
    prose("terms"),
)

failures = Table(
    "failures",
    metadata,
    owner("profile", primary_key=True),
    Column("key", Text, primary_key=True),
    kind(),
    words("signature"),
    number("count"),
    words("code"),
    prose("message"),
    prose("label"),
)

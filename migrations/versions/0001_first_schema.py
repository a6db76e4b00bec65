"""The first schema: installation, servers, accounts, profiles, and the books of their runs."""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _installation()
    _servers()
    _accounts()
    _profiles()
    _sightings()
    _links()
    _runs()
    _journal()
    _plans()
    _failures()


def _installation() -> None:
    table = op.create_table(
        "installation",
        sa.Column("single", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("installed_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("single", name="pk_installation"),
        sa.CheckConstraint("single = 1", name="ck_installation_one_row"),
    )
    op.bulk_insert(table, [{"single": 1, "id": secrets.token_hex(10), "installed_at": datetime.now(UTC)}])


def _servers() -> None:
    op.create_table(
        "wice_servers",
        *_identity("wice_servers"),
        _required("name"),
        *_texts("url", "mandant", "api_key", "time_zone", "ca_file"),
        sa.Column("dialect", sa.Text(), nullable=False, server_default="{}"),
        sa.UniqueConstraint("name", name="uq_wice_servers_name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "exchange_servers",
        *_identity("exchange_servers"),
        _required("name"),
        *_texts("kind", "url"),
        _required("auth"),
        _required("access"),
        *_texts("username", "password", "tenant_id", "client_id", "token_url", "ca_file"),
        sa.UniqueConstraint("name", name="uq_exchange_servers_name"),
        sqlite_autoincrement=True,
    )


def _accounts() -> None:
    op.create_table(
        "accounts",
        *_identity("accounts"),
        _required("name"),
        *_texts("email"),
        *_owner("accounts", "wice_server"),
        *_texts("wice_username", "wice_password"),
        *_owner("accounts", "exchange_server"),
        *_texts("mailbox", "exchange_username", "exchange_password", "endpoint"),
        _flag("active", default=True),
        sa.UniqueConstraint("name", name="uq_accounts_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_accounts_wice_server_id", "accounts", ["wice_server_id"])
    op.create_index("ix_accounts_exchange_server_id", "accounts", ["exchange_server_id"])


def _profiles() -> None:
    op.create_table(
        "profiles",
        *_identity("profiles"),
        *_owner("profiles", "account"),
        _required("name"),
        _flag("contacts", default=True),
        _flag("appointments", default=True),
        *_texts("contacts_folder", "calendar_folder"),
        _required("direction"),
        _required("conflict"),
        _required("target_changes"),
        _required("company_data"),
        _number("window_past_days"),
        *_texts("schedule"),
        _required("first_plan"),
        _flag("active", default=True),
        *_texts("contacts_folder_id", "calendar_folder_id"),
        _flag("approved"),
        *_texts("lease_owner"),
        _number("lease_token"),
        sa.Column("lease_until", _MOMENT),
        sa.UniqueConstraint("account_id", "name", name="uq_profiles_account_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_profiles_name", "profiles", ["name"])


def _sightings() -> None:
    op.create_table(
        "cursors",
        *_owner("cursors", "profile"),
        _required("kind"),
        _required("side"),
        sa.Column("value", sa.Text()),
        _flag("inventory_open"),
        sa.PrimaryKeyConstraint("profile_id", "kind", "side", name="pk_cursors"),
    )
    op.create_table(
        "sightings",
        *_owner("sightings", "profile"),
        _required("side"),
        _required("item_id"),
        _required("kind"),
        *_texts("version"),
        _flag("gone"),
        sa.Column("held", sa.Text()),
        *_texts("label", "detail"),
        sa.PrimaryKeyConstraint("profile_id", "side", "item_id", "kind", name="pk_sightings"),
    )


def _links() -> None:
    op.create_table(
        "links",
        *_owner("links", "profile"),
        _required("kind"),
        _required("id"),
        *_end("wice"),
        *_end("exchange"),
        *_texts("label", "parent"),
        sa.Column("last_day", sa.Date()),
        _flag("ended"),
        sa.Column("written_side", sa.Text()),
        *_texts("written_fingerprint"),
        _number("written_run"),
        _number("written_runs"),
        _flag("incomplete"),
        _flag("missing"),
        sa.PrimaryKeyConstraint("profile_id", "kind", "id", name="pk_links"),
    )
    for side in ("wice", "exchange"):
        _partial_index(f"uq_links_{side}", "links", ["profile_id", "kind", f"{side}_id"], "NOT ended", unique=True)


def _runs() -> None:
    op.create_table(
        "runs",
        _required("id"),
        *_owner("runs", "profile"),
        _number("number"),
        *_texts("trigger"),
        _required("status"),
        sa.Column("started", _MOMENT, nullable=False),
        sa.Column("finished", _MOMENT),
        sa.Column("report", sa.Text(), nullable=False, server_default="{}"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint("profile_id", "number", name="uq_runs_profile_id_number"),
    )


def _journal() -> None:
    op.create_table(
        "journal",
        *_sequence("journal"),
        *_owner("journal", "profile"),
        *_owner("journal", "run"),
        *(_required(name) for name in ("attempt", "kind", "side", "op")),
        *_texts("link", "key", "label", "reason"),
        *(sa.Column(name, sa.Text()) for name in ("item", "before", "after")),
        *_texts("content"),
        sa.Column("other", sa.Text()),
        *_texts("parent", "company"),
        _flag("conflict"),
        _required("state"),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("result", sa.Text()),
        *_texts("error"),
        sa.UniqueConstraint("attempt", name="uq_journal_attempt"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_run_id", "journal", ["run_id"])
    op.create_index("ix_journal_profile_id_link", "journal", ["profile_id", "link"])
    _partial_index("ix_journal_open", "journal", ["profile_id", "kind"], "state IN ('begun', 'lost')")


def _plans() -> None:
    op.create_table(
        "plans",
        *_sequence("plans"),
        _required("id"),
        *_owner("plans", "profile"),
        *_owner("plans", "run"),
        _required("state"),
        sa.UniqueConstraint("id", name="uq_plans_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_plans_profile_id", "plans", ["profile_id"])
    op.create_index("ix_plans_run_id", "plans", ["run_id"])
    op.create_table(
        "plan_kinds",
        *_of_plan("plan_kinds"),
        _required("kind"),
        *(_number(name) for name in ("position", "in_wice", "in_exchange", "linked")),
        _required("hints"),
        _required("alarms"),
        sa.PrimaryKeyConstraint("plan_seq", "kind", name="pk_plan_kinds"),
    )
    op.create_table(
        "plan_actions",
        *_of_plan("plan_actions"),
        _required("kind"),
        sa.Column("seq", sa.Integer(), nullable=False, autoincrement=False),
        *_texts("key"),
        _required("payload"),
        sa.PrimaryKeyConstraint("plan_seq", "kind", "seq", name="pk_plan_actions"),
    )


def _failures() -> None:
    op.create_table(
        "failures",
        *_owner("failures", "profile"),
        _required("key"),
        _required("kind"),
        *_texts("signature"),
        _number("count"),
        *_texts("code", "message", "label"),
        sa.PrimaryKeyConstraint("profile_id", "key", name="pk_failures"),
    )


def _identity(table: str) -> tuple[SchemaItem, ...]:
    return sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id", name=f"pk_{table}")


def _sequence(table: str) -> tuple[SchemaItem, ...]:
    return sa.Column("seq", _SEQUENCE, nullable=False), sa.PrimaryKeyConstraint("seq", name=f"pk_{table}")


def _owner(table: str, owner: str) -> tuple[SchemaItem, ...]:
    name, owners = f"{owner}_id", f"{owner}s"
    kind = sa.Text() if owner == "run" else sa.Integer()
    reference = sa.ForeignKeyConstraint(
        [name], [f"{owners}.id"], name=f"fk_{table}_{name}_{owners}", ondelete="CASCADE"
    )
    return sa.Column(name, kind, nullable=False), reference


def _of_plan(table: str) -> tuple[SchemaItem, ...]:
    name = f"fk_{table}_plan_seq_plans"
    reference = sa.ForeignKeyConstraint(["plan_seq"], ["plans.seq"], name=name, ondelete="CASCADE")
    return sa.Column("plan_seq", _SEQUENCE, nullable=False), reference


def _end(side: str) -> tuple[SchemaItem, ...]:
    texts = _texts(f"{side}_id", f"{side}_version", f"{side}_fingerprint")
    return *texts, _flag(f"{side}_certain", default=True)


def _required(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _texts(*names: str) -> tuple[SchemaItem, ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False, server_default="") for name in names)


def _flag(name: str, *, default: bool = False) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("true" if default else "false"))


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")


def _partial_index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    clause = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=clause, postgresql_where=clause)

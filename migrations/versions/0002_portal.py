"""The portal: people, licences, runs that are asked for, templates, and what lists need to be fast."""

import json
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _templates()
    _profiles()
    _columns()
    _terms()
    _accounts()
    _runs()
    _people()
    _audit()
    _rest()


def _templates() -> None:
    op.create_table(
        "templates",
        sa.Column("id", sa.Integer(), nullable=False),
        _required("name"),
        _flag("contacts", default=True),
        _flag("appointments", default=True),
        *_texts("contacts_folder", "calendar_folder"),
        *(_required(name) for name in ("direction", "conflict", "target_changes", "company_data")),
        _number("window_past_days"),
        *_texts("schedule"),
        _required("first_plan"),
        _number("version", 1),
        sa.PrimaryKeyConstraint("id", name="pk_templates"),
        sa.UniqueConstraint("name", name="uq_templates_name"),
        sqlite_autoincrement=True,
    )


def _profiles() -> None:
    columns: tuple[sa.Column[Any], ...] = (
        # No foreign key: SQLite takes one only with a copy of the table, and dropping the old one would take all links along.
        sa.Column("template_id", sa.Integer()),
        _number("version", 1),
        *_texts("last_run"),
        sa.Column("last_status", sa.Text()),
        _moment("last_finished"),
        *_texts("last_message", "waiting_run"),
        _moment("synced_at"),
        _number("failed_runs"),
        _number("failed_items"),
        _number("frozen_items"),
        _moment("due_at"),
    )
    for column in columns:
        op.add_column("profiles", column)
    op.create_index("ix_profiles_template_id", "profiles", ["template_id"])
    op.create_index("ix_profiles_last_status", "profiles", ["last_status"])
    health = (
        *("account_id", "active", "failed_runs", "waiting_run", "failed_items", "frozen_items"),
        *("synced_at", "last_finished"),
    )
    op.create_index("ix_profiles_health", "profiles", health)


def _accounts() -> None:
    for column in _texts("name_key", "terms"):
        op.add_column("accounts", column)
    op.create_index("ix_accounts_name_key_id", "accounts", ["name_key", "id"])
    names = ("id", "name", "email", "mailbox", "wice_username", "name_key", "terms")
    accounts = sa.table("accounts", *map(sa.column, names))
    connection = op.get_bind()
    for row in connection.execute(sa.select(accounts)).all():
        lines = (_folded("NFKC", text) for text in row[1:5])
        keys = {"name_key": _folded("NFKD", row.name), "terms": "\n".join(dict.fromkeys(filter(None, lines)))}
        connection.execute(accounts.update().where(accounts.c.id == row.id).values(**keys))


def _terms() -> None:
    """What is there already is found by its label; the other names come with its next run."""
    connection = op.get_bind()
    for name, keys in (
        ("links", ("profile_id", "kind", "id")),
        ("sightings", ("profile_id", "kind", "side", "item_id")),
    ):
        table = sa.table(name, *map(sa.column, (*keys, "label", "terms")))
        labelled = sa.select(*(table.c[key] for key in keys), table.c.label).where(table.c.label != "")
        same = [table.c[key] == sa.bindparam(f"of_{key}") for key in keys]
        found = [
            {
                **{f"of_{key}": value for key, value in zip(keys, row, strict=False)},
                "terms": _folded("NFKC", row.label)[:600],
            }
            for row in connection.execute(labelled)
        ]
        if found:
            connection.execute(table.update().where(*same).values(terms=sa.bindparam("terms")), found)
    op.create_index("ix_links_search", "links", ["ended", "terms", "profile_id", "kind", "id"])


def _columns() -> None:
    op.add_column("installation", _moment("latest_seen"))
    for table in ("wice_servers", "exchange_servers", "accounts"):
        op.add_column(table, _number("version", 1))
    op.add_column("sightings", next(_texts("terms")))
    op.add_column("sightings", _moment("at"))
    unsettled = sa.text("held IS NULL")
    op.create_index("ix_sightings_unsettled", "sightings", ["at"], sqlite_where=unsettled, postgresql_where=unsettled)
    op.add_column("links", next(_texts("terms")))
    op.add_column("links", _flag("undone"))
    op.add_column("runs", next(_texts("requested_by")))
    for name, default in (("verb", "sync"), ("summary", "{}")):
        op.add_column("runs", sa.Column(name, sa.Text(), nullable=False, server_default=default))
    op.create_index("ix_runs_started_id", "runs", ["started", "id"])
    for name in ("status", "trigger", "verb"):
        op.create_index(f"ix_runs_{name}_started_id", "runs", [name, "started", "id"])
    op.execute("UPDATE runs SET verb = trigger WHERE trigger IN ('analyse', 'confirm', 'discard')")
    op.add_column("plans", sa.Column("undoes", sa.Text(), nullable=False, server_default="[]"))
    _plan_actions()


def _plan_actions() -> None:
    """What lists of actions filter by stands in the payload of those that are there."""
    op.add_column("plan_actions", _flag("left_out"))
    columns: tuple[sa.Column[Any], ...] = (
        *_texts("reason", "writes"),
        _flag("conflict"),
        _flag("visible"),
        *_texts("terms"),
    )
    for column in columns:
        op.add_column("plan_actions", column)
    keys, listed = ("plan_seq", "kind", "seq"), ("reason", "writes", "conflict", "visible", "terms")
    actions = sa.table("plan_actions", *map(sa.column, (*keys, "payload", *listed)))
    connection = op.get_bind()
    same = [actions.c[key] == sa.bindparam(f"of_{key}") for key in keys]
    found = [
        {**{f"of_{key}": value for key, value in zip(keys, row, strict=False)}, **_listed(json.loads(row.payload))}
        for row in connection.execute(sa.select(*(actions.c[key] for key in keys), actions.c.payload))
    ]
    if found:
        values: dict[str, Any] = {name: sa.bindparam(name) for name in listed}
        connection.execute(actions.update().where(*same).values(**values), found)


def _listed(action: dict[str, Any]) -> dict[str, object]:
    writes = " ".join(f"{write['side']}:{write['op']}" for write in action.get("writes", ()))
    return {
        "reason": action["reason"],
        "writes": writes,
        "conflict": bool(action.get("conflict")),
        "visible": bool(writes) or action["reason"] in ("twin", "twin_differs"),
        "terms": _folded("NFKC", action.get("label", ""))[:600],
    }


def _runs() -> None:
    op.create_table(
        "run_requests",
        _required("id"),
        *_owner("run_requests", "profile"),
        _required("verb"),
        *_texts("subject"),
        sa.Column("items", sa.Text(), nullable=False, server_default="[]"),
        _required("state"),
        *_texts("trigger", "requested_by"),
        _moment("requested", nullable=False),
        *(_moment(name) for name in ("started", "ended", "not_before")),
        _number("attempts"),
        *_texts("worker", "step"),
        _number("done"),
        _number("total"),
        _moment("beat"),
        _flag("cancel"),
        *_texts("message"),
        sa.PrimaryKeyConstraint("id", name="pk_run_requests"),
    )
    op.create_index("ix_run_requests_profile_id", "run_requests", ["profile_id"])
    waiting = sa.text("state IN ('queued', 'running')")
    op.create_index(
        "ix_run_requests_waiting", "run_requests", ["requested"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_table(
        "run_stats",
        _moment("hour", nullable=False),
        _required("status"),
        *map(_number, ("runs", "exchange_writes", "wice_writes", "conflicts", "failed_items")),
        sa.Column("milliseconds", sa.BigInteger(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("hour", "status", name="pk_run_stats"),
    )


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        _required("name"),
        _required("name_key"),
        _required("role"),
        _flag("active", default=True),
        *_texts("password_hash", "setup_hash"),
        _moment("setup_until"),
        *_texts("language", "time_zone", "theme"),
        _moment("created", nullable=False),
        _moment("signed_in"),
        _number("version", 1),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name_key", name="uq_users_name_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sessions",
        _required("id"),
        *_owner("sessions", "user"),
        *_texts("csrf"),
        *(_moment(name, nullable=False) for name in ("created", "seen", "until")),
        *_texts("agent", "address"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        *_owner("api_tokens", "user"),
        *_texts("name"),
        _required("hash"),
        _required("role"),
        _moment("created", nullable=False),
        _moment("until"),
        _moment("used"),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("hash", name="uq_api_tokens_hash"),
        sa.UniqueConstraint("user_id", "name", name="uq_api_tokens_user_id_name"),
        sqlite_autoincrement=True,
    )
    for table in ("sessions", "api_tokens"):
        op.create_index(f"ix_{table}_user_id", table, ["user_id"])
    op.create_table(
        "sign_in_failures",
        _required("key"),
        sa.Column("count", sa.Integer(), nullable=False),
        _moment("last", nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_failures"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", _SEQUENCE, nullable=False),
        _moment("at", nullable=False),
        *_texts("actor"),
        _required("via"),
        *_texts("action", "entity_kind", "entity"),
        *(sa.Column(name, sa.Text(), nullable=False, server_default="{}") for name in ("before", "after")),
        *_texts("address", "request"),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_entity_kind_entity", "audit", ["entity_kind", "entity"])
    for statement in _append_only(op.get_bind().dialect.name):
        op.execute(statement)


def _append_only(dialect: str) -> Iterator[str]:
    text = "the audit log is append-only"
    if dialect == "sqlite":
        for event in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER audit_no_{event.lower()} BEFORE {event} ON audit "
                f"BEGIN SELECT RAISE(ABORT, '{text}'); END"
            )
        return
    yield (
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{text}'; END $$"
    )
    yield (
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_append_only()"
    )


def _rest() -> None:
    op.create_table(
        "api_replies",
        _required("actor"),
        _required("key"),
        *_texts("request_hash"),
        _number("status"),
        *_texts("headers", "body"),
        _moment("at", nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name="pk_api_replies"),
    )
    op.create_index("ix_api_replies_at", "api_replies", ["at"])
    op.create_table(
        "licences",
        sa.Column("seq", _SEQUENCE, nullable=False),
        _required("key"),
        _moment("activated", nullable=False),
        *_texts("activated_by"),
        sa.PrimaryKeyConstraint("seq", name="pk_licences"),
        sqlite_autoincrement=True,
    )
    op.create_table("options", _required("name"), *_texts("value"), sa.PrimaryKeyConstraint("name", name="pk_options"))


def _folded(form: Literal["NFKC", "NFKD"], text: str) -> str:
    """Accents are apart in NFKD, and left out then."""
    plain = unicodedata.normalize(form, text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _required(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _texts(*names: str) -> Iterator[sa.Column[str]]:
    return (sa.Column(name, sa.Text(), nullable=False, server_default="") for name in names)


def _number(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=str(default))


def _flag(name: str, *, default: bool = False) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.text("true" if default else "false"))


def _moment(name: str, *, nullable: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, _MOMENT, nullable=nullable)


def _owner(table: str, owner: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    column = f"{owner}_id"
    foreign = sa.ForeignKeyConstraint(
        [column], [f"{owner}s.id"], name=f"fk_{table}_{column}_{owner}s", ondelete="CASCADE"
    )
    return sa.Column(column, sa.Integer(), nullable=False), foreign

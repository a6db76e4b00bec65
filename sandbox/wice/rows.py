"""Rows as they go over the wire: everything a string, a company's columns beside its persons, the web page's columns around."""

from collections.abc import Mapping
from typing import Any

from sandbox.wice.settings import Settings
from sandbox.wice.store import Row, Store
from sandbox.wice.tables import COLUMNS, UI_COLUMNS, Table

NO_BIRTHDAY = "0000-00-00"


def wire_row(row: Row, store: Store, settings: Settings, employee: str) -> dict[str, Any]:
    """The full row as the session of `employee` sees it."""
    seen = _own_columns(row, settings)
    if row.table in (Table.PERSON, Table.COMPANY) and settings.can("flags.read"):
        seen["outlook_sync"] = "1" if employee in row.flags else "0"
    if row.table is Table.PERSON:
        seen |= _company_columns(store.company_of(row))
    if not settings.can("import_key"):
        seen.pop("import_key", None)
        seen.pop("company_import_key", None)
    if settings.ui_columns:
        seen = UI_COLUMNS | seen
    return seen


def id_row(row: Row, settings: Settings) -> dict[str, str]:
    """The row of `only_rowids=1`."""
    return {"rowid": row.rowid, "last_update": wire_last_update(row, settings)}


def wire_last_update(row: Row, settings: Settings) -> str:
    return str(int(row.changed.timestamp())) if settings.epoch_last_update else row.last_update


def _own_columns(row: Row, settings: Settings) -> dict[str, Any]:
    seen = {
        "rowid": row.rowid,
        "mandant": row.mandant,
        "last_update": wire_last_update(row, settings),
        **row.values,
    }
    if "birthday" in seen:
        seen["birthday"] = _birthday(seen["birthday"], settings)
    return seen


def _company_columns(company: Row | None) -> dict[str, str]:
    values: Mapping[str, Any] = company.values if company else dict.fromkeys(COLUMNS[Table.COMPANY], "")
    columns = {f"company_{column}": value for column, value in values.items()}
    columns["company_mandant"] = company.mandant if company else ""
    columns["company_last_update"] = company.last_update if company else ""
    return columns


def _birthday(iso: str, settings: Settings) -> str:
    if not iso:
        return NO_BIRTHDAY
    if settings.german_birthdays:
        year, month, day = iso.split("-")
        return f"{day}.{month}.{year}"
    return iso

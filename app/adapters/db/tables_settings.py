"""Columns of the settings that profiles and templates have in common."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column

from app.adapters.db.column_types import Choice
from app.adapters.db.columns import flag, number, words
from app.domain.account import CompanyData, Conflict, Direction, FirstPlan, PrivateAppointments, TargetChanges


def shared_settings() -> tuple[Column[Any], ...]:
    """What a profile may take over from a template; columns belong to one table each, so there is a new set for each."""
    return (
        flag("contacts", default=True),
        flag("appointments", default=True),
        words("contacts_folder"),
        words("calendar_folder"),
        Column("direction", Choice(Direction), nullable=False),
        Column("conflict", Choice(Conflict), nullable=False),
        Column("target_changes", Choice(TargetChanges), nullable=False),
        Column("company_data", Choice(CompanyData), nullable=False),
        number("window_past_days"),
        words("schedule"),
        Column("first_plan", Choice(FirstPlan), nullable=False),
    )


def private_appointments() -> Column[PrivateAppointments]:
    """It came later, and stands where the migrations leave it: last."""
    return Column("private_appointments", Choice(PrivateAppointments), nullable=False, server_default="content")

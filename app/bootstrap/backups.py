"""Backup and restore of the product's state."""

from __future__ import annotations

from pathlib import Path

from app.adapters.db import open_database
from app.domain.backup import BackupSummary
from app.settings import Settings


def back_up(settings: Settings, file: Path) -> BackupSummary:
    """Write everything that the product knows to `file`, while it runs. Raises: BadInput, Halt, Retry."""
    with open_database(settings) as database:
        return database.back_up(file)


def restore(settings: Settings, file: Path, *, replace: bool) -> BackupSummary:
    """Bring the database to the state of `file`. Raises: Taken while a process of the installation is alive, BadInput, Halt, Retry."""
    with open_database(settings) as database:
        return database.restore(file, replace=replace)

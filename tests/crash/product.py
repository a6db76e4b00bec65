"""The real command `wice-sync` in processes of its own: set up for Anna at the sandbox, run, killed, and its books read."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from app.adapters.db import open_database
from app.domain.fingerprint import Record
from app.domain.journal import IntentState, JournalEntry
from app.settings import Settings
from tests.services.command import Command
from tests.services.sandbox import Sandbox

OPEN = (IntentState.BEGUN, IntentState.LOST)
SETUP = """
[[wice_server]]
name = "main"
url = "{wice}"
mandant = "{mandant}"

[[exchange_server]]
name = "mail"
url = "{ews}"
username = "{service[username]}"
password = "{service[password]}"

[[account]]
name = "anna"
email = "{anna[email]}"
wice_server = "main"
wice_username = "anna"
wice_password = "{anna[password]}"
exchange_server = "mail"
mailbox = "{anna[mailbox]}"

  [[account.profile]]
  name = "anna"
"""


class Product:
    """One installation. `database_url`: SQLAlchemy's, or "" for the embedded default."""

    def __init__(self, home: Path, database_url: str, sandbox: Sandbox) -> None:
        self._settings = Settings(home=home, database_url=SecretStr(database_url))
        self._command = Command(home, WICE_SYNC_DATABASE_URL=database_url)
        file = home / "setup.toml"
        person = sandbox.person("anna")
        text = SETUP.format(
            wice=sandbox.wice, mandant=sandbox.mandant, ews=sandbox.ews, service=sandbox.service, anna=person
        )
        file.write_text(text, "utf-8")
        self.command("migrate")
        self.command("apply", str(file))
        self.command("analyse", "anna")

    def command(self, *arguments: str) -> str:
        """What a command prints. It has to end with exit code 0."""
        return self._command(*arguments).stdout

    def sync(self) -> dict[str, Any]:
        """A run that nobody kills: its report."""
        report: dict[str, Any] = json.loads(self.command("sync", "anna", "--json"))
        return report

    def start(self) -> subprocess.Popen[str]:
        """A run to be killed; its progress comes on standard error, which its reader must close."""
        return self._command.start("sync", "anna", "--json", stdout=subprocess.DEVNULL)

    def open_intents(self) -> int:
        """How many remote writes were begun of which nobody knows the outcome."""
        return sum(entry.state in OPEN for entry in self._journal())

    def images(self) -> list[Record]:
        """All before and after images of the journal."""
        both = ((entry.intent.before, entry.intent.after) for entry in self._journal())
        return [record for images in both for record in images if record]

    def _journal(self) -> list[JournalEntry]:
        with open_database(self._settings) as database:
            profile = database.registry.profile("anna")[0]
            runs = database.history.runs(profile.id, limit=100_000)
            return [entry for run in runs for entry in database.history.entries_of_run(run.id)]

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.domain.contact import Contact
from app.domain.ids import ItemId
from app.settings import Settings
from tests.contract.exchange_hand import LibraryExchangeHand
from tests.contract.wice_hand import ProtocolWiceHand
from tests.services.command import Command, account, servers
from tests.services.databases import migrated
from tests.services.sandbox import Sandbox


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command(migrated(Settings(home=tmp_path / "home")).home)


@pytest.fixture
def licensed(command: Command) -> Command:
    """The command, with a licence for as many accounts as a test wants."""
    command("licence", "activate", command("licence", "demo").stdout)
    return command


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], str]:
    """Write a set-up file; returns its path."""

    def written(text: str, name: str = "setup.toml") -> str:
        (tmp_path / name).write_text(text, "utf-8")
        return str(tmp_path / name)

    return written


@pytest.fixture
def anna(command: Command, sandbox: Sandbox, write: Callable[[str], str]) -> Command:
    """The command, with Anna's account and profile set up."""
    command("apply", write(servers(sandbox) + account(sandbox.person("anna"))))
    return command


class People:
    """What Anna does in Wice and in Outlook."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        person = sandbox.person("anna")
        self.wice = ProtocolWiceHand(sandbox.wice, sandbox.mandant, {"anna": person["password"]}, "Europe/Berlin")
        self.outlook = LibraryExchangeHand(
            sandbox.ews, person["mailbox"], person["mailbox"], person["mailbox_password"]
        )

    def flagged(self, *names: str) -> list[ItemId]:
        return [self.wice.add_person(Contact(first_name="Jo", last_name=name), ["anna"]) for name in names]

    def in_outlook(self, folder: str = "contacts/Wice") -> dict[str, ItemId]:
        """Ids by last name or subject."""
        path = f"mailboxes/{self._sandbox.person('anna')['mailbox']}/items"
        items = self._sandbox.control("ews", "GET", path, folder=folder)
        names = ("contacts:Surname", "item:Subject")
        return {
            next(item["properties"][name] for name in names if item["properties"].get(name)): ItemId(item["id"])
            for item in items
        }


@pytest.fixture
def people(sandbox: Sandbox) -> Iterator[People]:
    hands = People(sandbox)
    yield hands
    hands.wice.close()
    hands.outlook.close()

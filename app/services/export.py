"""The product's whole state as one JSON document, written piece by piece: memory does not grow with the number of accounts.

Secrets are never in it: they are not even decrypted. Names, addresses and before and after images are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from typing import Final

from app.domain.account import Account, ExchangeServer, Profile, Template, WiceServer
from app.ports import History, Registry

FORMAT: Final = 1
"""Grows when a reader of former exports would be misled."""


def export(registry: Registry, history: History, installation: str, at: datetime) -> Iterator[str]:
    """Yield the document's text. Of each profile: links, runs, and every remote write with before and after images, oldest first."""
    yield f'{{"format": {FORMAT}, "installation": {_json(installation)}, "exported_at": {_json(at.isoformat())}'
    yield from _list("wice_servers", (_plain(one) for one in registry.wice_servers(secrets=False)))
    yield from _list("exchange_servers", (_plain(one) for one in registry.exchange_servers(secrets=False)))
    yield from _list("templates", (_plain(one) for one in registry.templates()))
    yield from _list("accounts", (_plain(one) for one in registry.accounts(secrets=False)))
    profiles = registry.profiles()
    yield from _list("profiles", (_plain(one) for one in profiles))
    yield from _list("history", (dict(row) for profile in profiles for row in _history(history, profile)))
    yield "\n}\n"


def _history(history: History, profile: Profile) -> Iterator[dict[str, object]]:
    for row in history.export(profile.id):
        yield {"profile": f"{profile.account}/{profile.name}", **row}


def _list(name: str, rows: Iterator[dict[str, object]]) -> Iterator[str]:
    yield f',\n"{name}": ['
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + _json(row)
    yield "]"


def _plain(entity: WiceServer | ExchangeServer | Account | Profile | Template) -> dict[str, object]:
    # What a value does not show of itself is a secret.
    return {field.name: getattr(entity, field.name) for field in fields(entity) if field.repr}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)

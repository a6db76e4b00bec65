"""The step about Wice: the account's login, tried before it is stored. It belongs to the account, so all its profiles use it (R34, R35)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from app.domain.account import KEPT, Account
from app.domain.people import Actor
from app.http.state import Portal
from app.services.connection import Step, StepCode, Verdict, check_wice, results

_SETTINGS: Final = ("wice_server", "wice_username", "wice_password", "email")


def shown(here: Portal, account: Account, typed: Mapping[str, str]) -> dict[str, object]:
    """What the step shows: what was typed, else what is stored; of the password only whether there is one."""
    registry, administration = here.product.registry, here.product.administration
    visible = [name for name in _SETTINGS if name != "wice_password"]
    return {
        "login": {name: typed.get(name, getattr(account, name)) for name in visible},
        "has_password": bool(account.wice_password),
        "servers": [(server.name, server.name) for server in registry.wice_servers(secrets=False)],
        "login_locked": administration.locked(account),
        "linked": [one.name for one in registry.linked(account)],
    }


def tried(here: Portal, account: Account, fields: Mapping[str, str], *, needs_email: bool) -> list[Step]:
    """All steps of the test if one of them is broken, else none. Raises: BadInput for what cannot be tried."""
    registry = here.product.registry
    wanted = here.product.administration.wanted(Account, _given(fields), account)
    if wanted.wice_password == KEPT:
        wanted = replace(wanted, wice_password=registry.account(account.name, secrets=True).wice_password)
    steps = results(check_wice(here.product, registry.wice_server(wanted.wice_server, secrets=True), wanted))
    return steps if any(_counts(step, needs_email=needs_email) for step in steps) else []


def keep(here: Portal, account: Account, fields: Mapping[str, str], by: Actor, *, full_editing: bool) -> None:
    """Store what differs from the account as it was shown. Raises: BadInput, Superseded."""
    given = _given(fields)
    administration = here.product.administration
    if administration.preview(account, given).after:
        version = fields.get("account_version", "")
        seen = replace(account, version=int(version) if version.isascii() and version.isdecimal() else account.version)
        administration.update(seen, given, by, full_editing=full_editing)


def _given(fields: Mapping[str, str]) -> dict[str, str]:
    # A password that is left empty is the one that is stored; what is locked is not sent at all.
    return {name: fields[name] for name in _SETTINGS if name in fields and (fields[name] or name != "wice_password")}


def _counts(step: Step, *, needs_email: bool) -> bool:
    return step.verdict is Verdict.BROKEN and (needs_email or step.code is not StepCode.EMAIL)

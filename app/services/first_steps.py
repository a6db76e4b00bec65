"""What a new installation still lacks before its first run, in the order in which it is set up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.domain.account import ExchangeServer, WiceServer
from app.domain.licence import LicenceStatus
from app.domain.views import AccountFilter, Cut, ProfileFilter, RunFilter
from app.ports.views import Views


class FirstStep(StrEnum):
    """LICENCE: the trial is one. RUN: the first analysis."""

    LICENCE = "licence"
    WICE_SERVER = "wice_server"
    EXCHANGE_SERVER = "exchange_server"
    ACCOUNT = "account"
    PROFILE = "profile"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Taken:
    """A step, and whether it is done."""

    step: FirstStep
    done: bool


class Servers(Protocol):
    """Where servers are looked up."""

    def wice_servers(self, *, secrets: bool) -> Sequence[WiceServer]: ...
    def exchange_servers(self, *, secrets: bool) -> Sequence[ExchangeServer]: ...


_ONE = Cut(limit=1)


def first_steps(views: Views, servers: Servers, licence: LicenceStatus) -> Sequence[Taken]:
    """All steps, or none once there was a run."""
    if views.runs(RunFilter(), _ONE).rows:
        return ()
    return (
        Taken(FirstStep.LICENCE, licence.state.valid),
        Taken(FirstStep.WICE_SERVER, bool(servers.wice_servers(secrets=False))),
        Taken(FirstStep.EXCHANGE_SERVER, bool(servers.exchange_servers(secrets=False))),
        Taken(FirstStep.ACCOUNT, bool(views.accounts(AccountFilter(), _ONE).rows)),
        Taken(FirstStep.PROFILE, bool(views.profiles(ProfileFilter(), _ONE).rows)),
        Taken(FirstStep.RUN, done=False),
    )

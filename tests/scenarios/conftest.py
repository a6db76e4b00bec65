"""`office` is a new one for each test; `make_office` makes one with other people or settings. What must hold at the end is checked here.

A module that says `ONLY = Kind.CONTACTS` (or APPOINTMENTS) is about this kind: its profiles leave the other one out, which halves every run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.domain.sync import Kind
from app.settings import Settings
from tests.scenarios.office import Office
from tests.services.databases import migrated
from tests.services.sandbox import Sandbox

MakeOffice = Callable[..., Office]


@pytest.fixture
def installation(tmp_path: Path) -> Settings:
    """Of an embedded installation."""
    return migrated(Settings(home=tmp_path))


@pytest.fixture(params=["postgresql", "sqlite"])
def any_installation(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """One on each database, for what several workers do at once."""
    url = request.getfixturevalue("postgres_database_url") if request.param == "postgresql" else ""
    return migrated(Settings(home=tmp_path, database_url=SecretStr(url)))


@pytest.fixture
def make_office(sandbox: Sandbox, installation: Settings, request: pytest.FixtureRequest) -> Iterator[MakeOffice]:
    offices: list[Office] = []
    only = getattr(request.module, "ONLY", None)
    kinds = {kind.value: only in (None, kind) for kind in Kind}

    def make(
        *users: str, installation: Settings = installation, zone: str = "Europe/Berlin", **settings: object
    ) -> Office:
        office = Office(sandbox, installation, users or ("anna",), {**kinds, **settings}, zone)
        offices.append(office)
        return office

    yield make
    for office in offices:
        with office:
            office.settle()
            office.nobody_was_mailed()
            office.schema_was_kept()


@pytest.fixture
def office(make_office: MakeOffice) -> Office:
    return make_office()

"""An office whose runs are carried out by real workers: another process, a real broker, both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.bootstrap.application import Application
from app.domain.people import Actor, Role, Via
from app.domain.run import RequestState, RunRequest, Verb
from app.services.requests import ask
from app.settings import Settings
from tests.scenarios.office import Office
from tests.services.databases import migrated
from tests.services.sandbox import Sandbox
from tests.services.workers import Crew, until

EVA = Actor(name="eva", role=Role.OPERATOR, via=Via.PORTAL)
OVER = (RequestState.ENDED, RequestState.CANCELLED)


class Watched(Office):
    """What is asked for is carried out elsewhere; here it is watched."""

    def ask(self, verb: Verb = Verb.SYNC) -> RunRequest:
        return ask(self.product, "anna/anna", verb, EVA)

    def request(self, asked: RunRequest) -> RunRequest:
        found = self.product.requests.request(asked.id)
        assert found
        return found

    def over(self, asked: RunRequest) -> RunRequest:
        until(lambda: self.request(asked).state in OVER, f"the end of {asked.verb}")
        return self.request(asked)

    def status(self, asked: RunRequest) -> str:
        """How its run ended, after waiting for it."""
        self.over(asked)
        run = self.product.history.run(asked.id)
        assert run, self.request(asked)
        return run.status.value

    def slow(self, milliseconds: int) -> None:
        for server in ("wice", "ews"):
            self.sandbox.control(server, "POST", "latency", {"ms": milliseconds})

    def settle_by_request(self) -> None:
        """R28: one more run finds nothing to do and writes nothing."""
        self.slow(0)
        until(self._at_rest, "the end of everything that was asked for")
        before = self.written()
        assert self.status(self.ask()) == "nothing_to_do"
        assert self.written() == before

    def _at_rest(self) -> bool:
        profile = self.product.registry.profile("anna/anna")[0].id
        return not self.product.requests.unfinished(profile)


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    url = str(request.getfixturevalue("postgres_database_url")) if request.param == "postgresql" else ""
    return migrated(Settings(home=tmp_path, database_url=SecretStr(url), request_timeout_s=5))


@pytest.fixture
def office(sandbox: Sandbox, installation: Settings) -> Iterator[Watched]:
    with Watched(sandbox, installation, settings={"appointments": False}) as watched:
        yield watched
    for server in ("wice", "ews"):
        sandbox.control(server, "POST", "latency", {"ms": 0})


@pytest.fixture
def crew(settings: Settings, product: Application) -> Iterator[Crew]:
    """Two workers that share all there is, of the installation that a module calls `settings` and has set up as `product`."""
    del product
    with closing(Crew(settings)) as crew:
        crew.start_broker()
        crew.start_worker(2)
        crew.start_worker(2, name="another worker")
        crew.start_scheduler()
        yield crew

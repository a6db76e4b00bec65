"""up, serve, worker, scheduler: the processes that stay."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import structlog
import typer

from app.cli.console import application
from app.cli.handling import handled
from app.cli.supervising import Part, Supervisor, this_program
from app.domain.process import ProcessKind
from app.errors import BadInput, Retry
from app.services.dispatch import dispatch
from app.services.listen import LOOKS_EVERY_S as LISTENS_EVERY_S
from app.services.listen import Listener, Standing
from app.settings import Settings

LOOKS_EVERY_S: Final = 1.0
PORTS: Final = {"http": 80, "https": 443}

_log = structlog.get_logger()

Processes = Annotated[int, typer.Option("--processes", min=1, help="How many runs at once.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(handled(up))
    app.command()(handled(serve))
    app.command()(handled(worker))
    app.command()(handled(scheduler))
    app.command()(handled(listener))


def up(processes: Processes = 2) -> None:
    """Everything in one: broker, portal, worker, scheduler and listener, until Ctrl-C. The embedded database is brought up to date first."""
    settings = Settings.load()
    with _alone(settings):
        with application():
            pass
        with Supervisor(list(_parts(settings, processes)), os.environ, _say) as supervisor:
            if supervisor.start():
                typer.echo(f"The portal is at {settings.portal_url}. Ctrl-C ends everything.")
                sys.stdout.flush()
                supervisor.watch()
            _say("Ending.")


def serve() -> None:
    """The portal and the REST API, where WICE_SYNC_PORTAL_URL says."""
    import uvicorn

    from app.bootstrap import start_logging

    settings = Settings.load()
    start_logging(settings.log_level)
    _say_who_comes_first()
    host, port = _address(settings)
    uvicorn.run(
        "app.main:create",
        factory=True,
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


def worker(processes: Processes = 2) -> None:
    """Carry out runs that were asked for. Any number of workers may run, on any number of machines."""
    sys.stdout.flush()
    os.execv(sys.executable, _worker(processes))  # noqa: S606  no shell is wanted


def scheduler() -> None:
    """Ask for runs that are due, and take over those whose worker has died. Any number of schedulers may run."""
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    from app.bootstrap import beat, leave, watching

    with application() as product, watching(product):
        while not stop.is_set():
            # In the loop, not beside it: a scheduler that hangs is none.
            beat(product, ProcessKind.SCHEDULER)
            try:
                done = dispatch(product)
                if done:
                    _log.info("dispatched", buried=done.buried, told=done.told, due=done.due)
            except Retry as error:
                _log.warning("dispatch_waits", reason=str(error))
            stop.wait(LOOKS_EVERY_S)
        leave(product)


def listener() -> None:
    """Hear from Exchange when something changes in a mailbox, and have it synchronised within seconds. Of several, one works."""
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    from app.bootstrap import beat, leave

    with application() as product, closing(Listener(product)) as ears:
        standing = Standing()
        while not stop.is_set():
            beat(product, ProcessKind.LISTENER)
            try:
                now = ears.look()
            except Retry as error:
                _log.warning("listener_waits", reason=str(error))
            else:
                if now != standing:
                    _log.info("listening", watched=now.watched, connections=now.connections, polled=now.polled)
                standing = now
            stop.wait(LISTENS_EVERY_S)
        leave(product)


def _parts(settings: Settings, processes: int) -> Iterator[Part]:
    from app.bootstrap import broker_command

    broker = broker_command(settings)
    if broker:
        yield Part("the broker", broker, lambda: _answers(socket.AF_UNIX, str(settings.broker_socket)))
    # Not by our own command, which would load all commands only to be replaced.
    yield Part("the worker", _worker(processes))
    yield Part("the scheduler", this_program("scheduler"))
    yield Part("the listener", this_program("listener"))
    yield Part("the portal", this_program("serve"), lambda: _answers(socket.AF_INET, _reachable(settings)))


def _worker(processes: int) -> list[str]:
    return [sys.executable, "-m", "workers", "--processes", str(processes)]


def _say_who_comes_first() -> None:
    """There is no default password: as long as there is no administrator, each start prints a new link."""
    with application() as product:
        link = product.people.first_link()
    if link:
        typer.echo(
            f"Nobody can sign in yet. The first administrator chooses name and password here, within a day:\n{link}"
        )
        sys.stdout.flush()


def _address(settings: Settings) -> tuple[str, int]:
    url = urlsplit(settings.portal_url)
    return url.hostname or "127.0.0.1", url.port or PORTS[url.scheme]


def _reachable(settings: Settings) -> tuple[str, int]:
    host, port = _address(settings)
    return ("127.0.0.1" if host == "0.0.0.0" else host), port  # noqa: S104 - whoever listens everywhere is reached here


def _answers(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(1)
            probe.connect(address)
    except OSError:
        return False
    return True


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One `up` for a home directory. Raises: BadInput."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with Path(settings.home / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadInput(f"wice-sync runs already in {settings.home}") from None
        yield


def _say(text: str) -> None:
    typer.echo(text, err=True)

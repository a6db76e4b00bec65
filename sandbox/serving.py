"""Run one sandbox server in one process, and cut a connection for real when a fault asks for it.

`python -m sandbox.serving wice|exchange [options]` prints {"port": ..., "pid": ...} on its standard output once it
answers, and ends when its standard input ends: so it never outlives the process that started it, however that one died.
"""

import argparse
import asyncio
import importlib
import json
import os
import socket
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast, get_args

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from uvicorn.protocols.http.h11_impl import H11Protocol

Side = Literal["wice", "exchange"]
Seed = Literal["demo", "empty"]

SEEDS: tuple[str, ...] = get_args(Seed)
GRACE_S = 1  # requests under way at the end, a stalled one among them, get this long

_TRANSPORT = "sandbox.transport"


@dataclass(frozen=True)
class Options:
    """What a server starts with. `today` anchors the demo world's appointments and is the same on both sides."""

    seed: Seed
    people: int
    today: date
    imports: tuple[Path, ...] = ()


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 whose requests know their TCP connection, so that `cut` can close it without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn itself
        super().connection_made(transport)
        inner = cast("Callable[..., Awaitable[None]]", self.app)

        async def with_transport(scope: dict[str, Any], receive: object, send: object) -> None:
            # A client may die in the middle of its request: nothing was done, and nobody is there to be told.
            with suppress(ClientDisconnect):
                await inner({**scope, _TRANSPORT: transport}, receive, send)

        self.app = cast("Any", with_transport)


async def cut(request: Request) -> None:
    """Close the request's TCP connection at once; whatever the handler returns afterwards reaches nobody."""
    request.scope[_TRANSPORT].abort()
    await asyncio.sleep(0)  # lets uvicorn see the loss before it is handed an answer


class _AnnouncingServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._announce()


def serve(app: Starlette, port: int) -> None:
    """Answer on 127.0.0.1:`port` (0: any free one) until standard input ends or SIGTERM.

    Raises: OSError when the port is taken.
    """
    # With the protocol named, asyncio turns Nagle's algorithm off; otherwise every answer comes 40 ms late.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    config = uvicorn.Config(
        app,
        http=CuttableProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE_S,
    )

    def announce() -> None:
        print(json.dumps({"port": listener.getsockname()[1], "pid": os.getpid()}), flush=True)  # noqa: T201  the starter reads it

    server = _AnnouncingServer(config, announce)
    threading.Thread(target=_stop_at_end_of_input, args=(server,), daemon=True).start()
    server.run(sockets=[listener])


def _stop_at_end_of_input(server: uvicorn.Server) -> None:
    # os.read, not sys.stdin: a buffered reader blocked here would be locked at interpreter exit.
    while os.read(0, 1024):
        pass
    server.should_exit = True


def create_app(side: Side, options: Options) -> Starlette:
    """What `sandbox.<side>.server.create_app(options)` makes; imported by name: a process loads its own side only."""
    factory = importlib.import_module(f"sandbox.{side}.server").create_app
    return cast("Starlette", factory(options))


def main(arguments: list[str]) -> None:
    """Parse what `sandbox.__main__` hands over and serve."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.serving")
    parser.add_argument("side", choices=get_args(Side))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--seed", choices=SEEDS, required=True)
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument("--today", type=date.fromisoformat, required=True)
    parser.add_argument("--import", dest="imports", type=Path, action="append", default=[])
    given = parser.parse_args(arguments)
    options = Options(seed=given.seed, people=given.people, today=given.today, imports=tuple(given.imports))
    try:
        serve(create_app(given.side, options), given.port)
    except OSError as error:
        sys.exit(f"the {given.side} sandbox cannot listen on port {given.port}: {error.strerror}; choose another port")


if __name__ == "__main__":
    main(sys.argv[1:])

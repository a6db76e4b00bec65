"""An ASGI application behind a real HTTP server on loopback, in a thread of the test's process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


def listening() -> socket.socket:
    """A socket for a server, at a free port of loopback.

    asyncio sends a small packet at once only where the protocol is named; else an answer's body waits 40 ms for its head to be acknowledged.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    return listener


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The address at which `app` answers, such as http://127.0.0.1:34567."""
    with listening() as listener:
        server = _Server(uvicorn.Config(app, lifespan="off", ws="none", log_config=None, timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            assert server.listening.wait(30)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()

"""A port for a server that is told it before it starts: none that the system gives in the meantime to whoever asks for any.

Each connection and each server of the other tests gets such a one, by the thousand; with a port of theirs now and then a portal could not start.
"""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

GIVEN = Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST = 10_000


def free_port() -> int:
    """Below all that the system gives, where there is room; else any."""
    end = int(GIVEN.read_text().split()[0])
    while True:
        # Not by `random`: Hypothesis sets it to the same state in every process.
        port = LOWEST + secrets.randbelow(end - LOWEST) if end > LOWEST else 0
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])

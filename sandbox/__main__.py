"""Start both sandbox servers, say where they are, stop them together: `python -m sandbox --wice-port 8091 --ews-port 8092`.

It ends on SIGINT or SIGTERM, with --with-parent also when its parent ends; its servers end with it, even on kill -9.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sandbox.people import MANDANT, SERVICE, people
from sandbox.serving import SEEDS, Side

EWS_PATH = "/EWS/Exchange.asmx"

_LOOK_S = 0.3  # how often the servers and the parent are looked after
_STOP_S = 3.0
_PEOPLE_SHOWN = 5

Servers = dict[Side, subprocess.Popen[str]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0 stopped as asked, 1 a server did not start or died, 2 usage."""
    parent = os.getppid()
    given = _parse(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    _report_imports(given.imports)
    with _running(given) as servers:
        ports = {side: _port(server) for side, server in servers.items()}
        if not all(ports.values()):
            return 0 if stop.is_set() else 1
        _announce(given, servers, ports)
        while not stop.wait(_LOOK_S):
            if given.with_parent and os.getppid() != parent:
                return 0
            if any(server.poll() is not None for server in servers.values()):
                sys.stderr.write("a sandbox server ended by itself; the other one is stopped too\n")
                return 1
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--wice-port", type=int, default=8091, help="0: any free port (default: %(default)s)")
    parser.add_argument("--ews-port", type=int, default=8092, help="0: any free port (default: %(default)s)")
    parser.add_argument("--seed", choices=SEEDS, default="demo", help="what the servers hold (default: %(default)s)")
    parser.add_argument("--people", type=int, default=3, metavar="N", help="how many people (default: %(default)s)")
    parser.add_argument(
        "--import",
        dest="imports",
        type=Path,
        action="extend",
        nargs="+",
        default=[],
        metavar="FILE",
        help="your own exports (.vcf, .ics): they go into the first person's mailbox",
    )
    parser.add_argument(
        "--with-parent", action="store_true", help="end when the process that started this ends, for tests and demos"
    )
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        default=date.today(),  # noqa: DTZ011  the day on this machine's wall calendar
        metavar="YYYY-MM-DD",
        help="the day around which the demo's appointments lie (default: today)",
    )
    given = parser.parse_args(arguments)
    if given.people < 1:
        parser.error("--people must be at least 1")
    for file in given.imports:
        if not file.is_file():
            parser.error(f"--import: there is no file {file}")
    return given


def _report_imports(files: Sequence[Path]) -> None:
    """Say once, before the servers start, what of one's own exports cannot be taken over."""
    if files:
        from sandbox.importer import read_exports

        for problem in read_exports(files).problems:
            sys.stderr.write(f"--import: {problem}\n")


@contextmanager
def _running(given: argparse.Namespace) -> Iterator[Servers]:
    """Both servers, each in a process and a session of its own: Ctrl-C reaches only this process, which stops them."""
    servers: Servers = {}
    try:
        for side, port in _sides(given):
            servers[side] = subprocess.Popen(  # noqa: S603  our own interpreter and our own arguments
                [sys.executable, "-m", "sandbox.serving", side, "--port", str(port), *_world_options(given)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        yield servers
    finally:
        for server in servers.values():
            if server.stdin:
                server.stdin.close()
        for server in servers.values():
            _reap(server)


def _sides(given: argparse.Namespace) -> tuple[tuple[Side, int], tuple[Side, int]]:
    return (("wice", given.wice_port), ("exchange", given.ews_port))


def _world_options(given: argparse.Namespace) -> list[str]:
    options = ["--seed", given.seed, "--people", str(given.people), "--today", given.today.isoformat()]
    for file in given.imports:
        options += ["--import", str(file)]
    return options


def _reap(server: subprocess.Popen[str]) -> None:
    try:
        server.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    if server.stdout:
        server.stdout.close()


def _port(server: subprocess.Popen[str]) -> int:
    """The port a server answers on, once it does; 0 when it ended instead (it said why on standard error)."""
    line = server.stdout.readline() if server.stdout else ""
    return int(json.loads(line)["port"]) if line else 0


def _announce(given: argparse.Namespace, servers: Servers, ports: dict[Side, int]) -> None:
    wice, exchange = (f"http://127.0.0.1:{ports[side]}" for side, _ in _sides(given))
    where = {
        "wice": wice,
        "ews": exchange + EWS_PATH,
        "wice_pid": servers["wice"].pid,
        "ews_pid": servers["exchange"].pid,
    }
    lines = [
        json.dumps(where),
        "",
        f"Wice CRM      {wice}   (open it in a browser to see and change what it holds)",
        f"Exchange      {exchange}   (EWS: {EWS_PATH})",
        f"Wice mandant  {MANDANT}",
        f"Service user  {SERVICE.username} / {SERVICE.password}   (may impersonate every mailbox)",
    ]
    for person in people(given.people)[:_PEOPLE_SHOWN]:
        wice_login = f"Wice {person.username} / {person.password}"
        lines.append(f"{person.firstname:<12}  {wice_login}, mailbox {person.mailbox} / {person.mailbox_password}")
    if given.people > _PEOPLE_SHOWN:
        lines.append(f"... and {given.people - _PEOPLE_SHOWN} more: {wice}/_sandbox/people")
    lines.append("Ctrl-C stops both.")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

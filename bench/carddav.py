"""vdirsyncer between two CardDAV servers (Radicale) with as many cards, measured as the product is.

    python -m bench.carddav [--contacts N] [--rounds N] [--out FILE]

Both live in an environment of their own (`.venv-bench`, from `bench/requirements.txt`, made at first use): neither is a part of the product or of its
tests. First synchronisation, idle and 1 % changed on either side, without latency. Every run is a process; what a process takes to load, measured
by itself, is taken off, because the product's is not counted either.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter, sleep
from typing import Any, Final

import httpx

from app.domain.contact import Contact
from bench.cards import contact, contacts, edited
from bench.ports import free_port

ENVIRONMENT: Final = Path(__file__).parents[1] / ".venv-bench"
_REQUIREMENTS: Final = Path(__file__).with_name("requirements.txt")
_USER, _BOOK = "bench", "cards"
_PATIENCE_S: Final = 30.0
_IDLE_RUNS: Final = 3

Result = dict[str, Any]


def environment() -> Path:
    """The directory of its programs; made if it is not there."""
    programs = ENVIRONMENT / "bin"
    if not (programs / "vdirsyncer").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        subprocess.run([str(programs / "pip"), "install", "--quiet", "-r", str(_REQUIREMENTS)], check=True)
    return programs


def card(record: Contact, uid: str) -> str:
    """A contact as a vCard 3.0. Source: RFC 2426."""
    name = f"{record.last_name};{record.first_name};;{record.title};"
    lines = (
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"UID:{uid}",
        f"N:{name}",
        f"FN:{record.first_name} {record.last_name}",
        f"ORG:;{record.department}",
        f"TITLE:{record.position}",
        f"EMAIL;TYPE=WORK:{record.email}",
        f"TEL;TYPE=WORK:{record.phone}",
        f"TEL;TYPE=CELL:{record.mobile_phone}",
        f"ADR;TYPE=HOME:;;{record.private_street};{record.private_town};;{record.private_zip_code};",
        "END:VCARD",
    )
    return "\r\n".join(lines) + "\r\n"


class Book:
    """An address book of a server, by its files."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "collection-root" / _USER / _BOOK
        self._folder.mkdir(parents=True)
        (self._folder / ".Radicale.props").write_text(json.dumps({"tag": "VADDRESSBOOK"}), "utf-8")

    def write(self, number: int, record: Contact) -> None:
        """Create or change the card of this number."""
        (self._folder / f"card{number}.vcf").write_text(card(record, f"card{number}"), "utf-8", newline="")

    def fill(self, records: Iterable[Contact]) -> None:
        """Create all."""
        for number, record in enumerate(records):
            self.write(number, record)

    def names(self) -> list[str]:
        """The files of all cards."""
        return sorted(path.name for path in self._folder.glob("*.vcf"))

    def change(self, name: str, telephone: str) -> None:
        """Another telephone number on a card, whoever wrote it."""
        path = self._folder / name
        lines = path.read_text("utf-8").splitlines()
        lines = [f"TEL;TYPE=WORK:{telephone}" if line.startswith("TEL;TYPE=WORK") else line for line in lines]
        path.write_text("\r\n".join(lines) + "\r\n", "utf-8", newline="")


@contextmanager
def server(programs: Path, home: Path) -> Iterator[str]:
    """A Radicale in a process of its own, on loopback; its address."""
    port = free_port()
    options = {
        "server-hosts": f"127.0.0.1:{port}",
        "auth-type": "none",
        "storage-filesystem-folder": str(home),
        "logging-level": "error",
    }
    line = [str(programs / "python"), "-m", "radicale", *(f"--{name}={value}" for name, value in options.items())]
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/")
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str) -> None:
    until = monotonic() + _PATIENCE_S
    while monotonic() < until:
        try:
            httpx.get(address, timeout=2)
        except httpx.TransportError:
            sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing answers at {address}")


def timed(line: list[str]) -> Result:
    """Run a program; wall time and CPU in seconds. Raises: RuntimeError with what it said."""
    with tempfile.TemporaryFile() as said:
        begun = perf_counter()
        process = subprocess.Popen(line, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        wall = perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(said.read().decode(errors="replace")[-2000:])
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime}


def configuration(home: Path, servers: tuple[str, str]) -> Path:
    """vdirsyncer's, for one address book on both servers."""
    storages = "".join(
        f'[storage {name}]\ntype = "carddav"\nurl = "{url}"\nusername = "{_USER}"\npassword = "bench"\n'
        for name, url in zip(("one", "two"), servers, strict=True)
    )
    pair = f'[pair cards]\na = "one"\nb = "two"\ncollections = ["{_BOOK}"]\nconflict_resolution = "a wins"\n'
    path = home / "config"
    path.write_text(f'[general]\nstatus_path = "{home}/status/"\n{pair}{storages}', "utf-8")
    return path


def measure(count: int) -> list[Result]:
    """One round."""
    programs = environment()
    with tempfile.TemporaryDirectory() as directory, ExitStack() as running:
        home = Path(directory)
        books = [Book(home / name) for name in ("a", "b")]
        books[0].fill(contacts(count))
        one, two = (running.enter_context(server(programs, home / name)) for name in ("a", "b"))
        command = [str(programs / "vdirsyncer"), "--config", str(configuration(home, (one, two)))]
        loading = timed([str(programs / "vdirsyncer"), "--version"])
        timed([*command, "discover"])
        results = [_line("first", count, timed([*command, "sync"]), loading)]
        if len(books[1].names()) != count:
            raise RuntimeError(f"{len(books[1].names())} of {count} cards have arrived")
        idle = [timed([*command, "sync"]) for _ in range(_IDLE_RUNS)]
        middle = {name: median(run[name] for run in idle) for name in ("wall", "cpu")}
        results.append(_line("idle", count, middle, loading))
        some = max(count // 100, 1)
        for book, start in zip(books, (0, some), strict=True):
            for number, name in enumerate(book.names()[start : start + some]):
                book.change(name, edited(contact(number)).phone)
        return [*results, _line("changed", 2 * some, timed([*command, "sync"]), loading)]


def _line(scenario: str, items: int, taken: Result, loading: Result) -> Result:
    own = {name: max(taken[name] - loading[name], 0.0) for name in ("wall", "cpu")}
    return {"scenario": scenario, "who": "vdirsyncer", "items": items, **own, "loading": loading}


def main() -> None:
    """Measure; print and write the medians."""
    parser = argparse.ArgumentParser(prog="python -m bench.carddav")
    parser.add_argument("--contacts", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("bench/results/carddav.json"))
    given = parser.parse_args()
    rounds = [measure(given.contacts) for _ in range(given.rounds)]
    lines = [
        {**group[0], **{name: median(one[name] for one in group) for name in ("wall", "cpu")}, "rounds": len(group)}
        for group in zip(*rounds, strict=True)
    ]
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps({"lines": lines, "rounds": rounds}, indent=1) + "\n", "utf-8")
    for line in lines:
        print(f"{line['scenario']:8} {line['items']:6} {line['wall']:8.3f} s wall {line['cpu']:8.3f} s CPU")


if __name__ == "__main__":
    main()

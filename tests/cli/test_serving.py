"""`wice-sync up`: one command, several processes, and none of them left behind however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.services.command import Command
from tests.services.ports import free_port
from tests.services.workers import until


def of_installation(home: Path) -> list[int]:
    """Processes of this machine that work for this home directory."""
    mark = f"WICE_SYNC_HOME={home}\0".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                # The broker writes its title over its environment.
                mine = mark in (folder / "environ").read_bytes() or bytes(home) in (folder / "cmdline").read_bytes()
                dead = (folder / "stat").read_text().rpartition(")")[2].split()[0] in "ZX"
            except OSError:
                continue
            found += [int(folder.name)] if mine and not dead else []
    return found


@contextmanager
def running_up(command: Command) -> Iterator[subprocess.Popen[str]]:
    """Up, and its portal answers."""
    with command.start("up", stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert command.environment["WICE_SYNC_PORTAL_URL"] in line
            yield process
        finally:
            if process.poll() is None:
                process.kill()


@pytest.fixture
def installation(tmp_path: Path) -> Command:
    return Command(tmp_path / "home", WICE_SYNC_PORTAL_URL=f"http://127.0.0.1:{free_port()}")


def healthy(command: Command) -> bool:
    return httpx.get(f"{command.environment['WICE_SYNC_PORTAL_URL']}/healthz").status_code == 200


def ends_in_order(process: subprocess.Popen[str], sign: signal.Signals, home: Path) -> None:
    process.send_signal(sign)
    assert process.wait(60) == 0
    assert of_installation(home) == []


def test_up_starts_everything_refuses_a_second_one_and_ends_it_in_order(installation: Command) -> None:
    with running_up(installation) as process:
        assert healthy(installation)
        assert len(of_installation(installation.home)) >= 5
        assert "runs already" in installation("up", code=2).stderr
        assert healthy(installation)
        ends_in_order(process, signal.SIGINT, installation.home)


def test_up_that_is_killed_leaves_nobody_behind(installation: Command) -> None:
    with running_up(installation) as process:
        process.kill()
    until(lambda: of_installation(installation.home) == [], "the end of all its processes")


def test_what_dies_is_started_again_and_all_ends_in_order(installation: Command) -> None:
    with running_up(installation) as process:
        portal = [
            pid
            for pid in of_installation(installation.home)
            if b"\0serve\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        os.kill(portal[0], signal.SIGKILL)

        def back() -> bool:
            try:
                return healthy(installation)
            except httpx.TransportError:
                return False

        until(back, "the portal's return")
        ends_in_order(process, signal.SIGTERM, installation.home)


def test_a_worker_of_its_own_works_with_as_many_processes_as_were_asked_for(installation: Command) -> None:
    with installation.start("worker", "--processes", "3", stderr=subprocess.DEVNULL) as process:
        command = Path(f"/proc/{process.pid}/cmdline")
        try:
            until(lambda: b"-m\0workers\0--processes\x003\0" in command.read_bytes(), "the worker's start")
        finally:
            process.kill()


def test_a_home_too_long_for_the_broker_is_refused(tmp_path: Path) -> None:
    refused = Command(tmp_path / ("long" * 30))("up", code=2).stderr
    assert "WICE_SYNC_HOME" in refused

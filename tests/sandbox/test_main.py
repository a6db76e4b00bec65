"""`python -m sandbox`: both servers up, both gone afterwards."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

Start = Callable[..., subprocess.Popen[str]]
COMMAND = [sys.executable, "-m", "sandbox", "--wice-port", "0", "--ews-port", "0"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts `python -m sandbox` with further options; what is still there at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def run(*options: str) -> subprocess.Popen[str]:
        process = subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def _where(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout
    told: dict[str, Any] = json.loads(process.stdout.readline())
    return told


def _servers(where: dict[str, Any]) -> list[int]:
    return [where["wice_pid"], where["ews_pid"]]


def _end(*pids: int) -> bool:
    """Whether all of them end; the time is only there so that a failing test ends, too."""
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        if not any(_runs(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # ended; only nobody has asked for its exit code yet


def test_both_servers_answer_with_the_demo_world(start: Start) -> None:
    where = _where(start("--people", "2"))
    assert set(where) == {"wice", "ews", "wice_pid", "ews_pid"}
    with httpx.Client() as http:
        people = http.get(where["wice"] + "/_sandbox/people").json()["people"]
        assert [person["username"] for person in people] == ["anna", "bernd"]
        records = http.get(where["wice"] + "/_sandbox/records/persons").json()["records"]
        assert len(records) == 400
        for path in (where["wice"] + "/", where["ews"].removesuffix("EWS/Exchange.asmx")):
            assert http.get(path).status_code == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_stopping_it_leaves_no_process(start: Start, number: signal.Signals) -> None:
    process = start("--seed", "empty")
    servers = _servers(_where(process))
    process.send_signal(number)
    assert process.wait(20) == (-number if number == signal.SIGKILL else 0)
    assert _end(*servers)


def test_a_stalled_request_does_not_keep_it_alive(start: Start) -> None:
    process = start("--seed", "empty")
    where = _where(process)
    with httpx.Client(base_url=where["wice"]) as http:
        http.post("/_sandbox/faults", json={"kind": "stall", "seconds": 600})
        with pytest.raises(httpx.ReadTimeout):
            http.post("/pserv/base/json", data={"method": "login"}, timeout=httpx.Timeout(30, read=0.2))
        assert any(not http.get("/_sandbox/faults").json()["pending"] for _ in range(1000)), "it is under way"
        servers = _servers(where)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert _end(*servers)


def test_it_ends_with_its_parent() -> None:
    start_and_die = f"""
import subprocess, sys
process = subprocess.Popen({[*COMMAND, "--seed", "empty", "--with-parent"]!r}, stdout=subprocess.PIPE, text=True)
print(process.pid, process.stdout.readline(), flush=True)
"""
    told = subprocess.run([sys.executable, "-c", start_and_die], capture_output=True, text=True, check=True).stdout
    pid, _, where = told.partition(" ")
    assert _end(int(pid), *_servers(json.loads(where)))


def test_one_server_dying_stops_the_other(start: Start) -> None:
    process = start("--seed", "empty")
    where = _where(process)
    _, exchange = _servers(where)
    os.kill(where["wice_pid"], signal.SIGKILL)
    assert process.wait(20) == 1
    assert _end(exchange)


def test_a_taken_port_is_said_in_words(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start("--seed", "empty", "--wice-port", str(taken.getsockname()[1]))
        assert process.wait(20) == 1
        assert process.stderr
        assert "choose another port" in process.stderr.read()


@pytest.mark.parametrize(
    ("options", "text"),
    [(["--people", "0"], "--people"), (["--import", "no-such-file.vcf"], "no file"), (["--seed", "x"], "--seed")],
)
def test_wrong_usage_exits_with_2(start: Start, options: list[str], text: str) -> None:
    process = start(*options)
    assert process.wait(20) == 2
    assert process.stderr
    assert text in process.stderr.read()


def test_imported_entries_lie_in_annas_mailbox(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "own.vcf"
    file.write_text("BEGIN:VCARD\nVERSION:3.0\nN:Eigener;Kontakt\nEND:VCARD\nBEGIN:VCARD\nkaputt\nEND:VCARD\n")
    process = start("--seed", "empty", "--import", str(file))
    where = _where(process)
    process.terminate()
    assert process.wait(20) == 0
    assert where["ews"]
    assert process.stderr
    assert "own.vcf, entry 2" in process.stderr.read()

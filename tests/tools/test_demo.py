"""`make demo`: three accounts, people's changes on both sides, nothing left to do, no mail, no process left."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(300)
def test_the_demo_shows_both_directions_and_stays_up_with_the_portal_open_until_it_is_ended():
    with _demo() as demo:
        printed = _until(demo, "Ctrl-C ends everything.")
        _both_directions(printed)
        address, name, password = _login(printed)
        with httpx.Client(base_url=address, timeout=60) as browser:
            token = re.search(r'name="csrf" value="([^"]+)"', browser.get("/sign-in").text)
            assert token
            form = {"name": name, "password": password, "csrf": token[1]}
            assert browser.post("/sign-in", data=form).status_code == 303
            assert "clara" in browser.get("/").text, "her deletions wait for an administrator"
        _end(demo)
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def test_a_demo_that_shows_all_once_can_be_ended_before():
    with _demo("--once") as demo:
        address = re.search(r"The portal is at (http\S+)", _until(demo, "The portal is at"))
        _end(demo)
    assert address
    with pytest.raises(httpx.ConnectError):
        httpx.get(address[1])


def _demo(*options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tools.demo", *options]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def _until(demo: subprocess.Popen[str], words: str) -> str:
    assert demo.stdout
    printed = ""
    for line in demo.stdout:
        printed += line
        if words in line:
            return printed
    raise AssertionError(f"it ended:\n{printed}")


def _end(demo: subprocess.Popen[str]) -> None:
    """Ctrl-C."""
    assert demo.stdout
    demo.send_signal(signal.SIGINT)
    demo.stdout.read()
    assert demo.wait(60) == 0


def _both_directions(printed: str) -> None:
    for person in ("anna", "bernd", "clara"):
        assert f"Result of the last analysis - {person}" in printed
        assert f"Result of the last synchronisation - {person}" in printed
    people, travelled = printed.split("== Now people work")[1].split("== Synchronise again")
    assert people.count("Outlook, Anna:") == people.count("Wice, Bernd:") == 3
    travelled, afterwards = travelled.split("== And once more:")
    for words in (
        "-> Wice     add     Ahrens, Jette",
        "-> +49 40 555 0199",
        "-> Wice     delete ",
        "-> Zeller-Wendt",
        "-> Outlook  delete ",
        "-> Outlook  add     Mittagessen mit dem Betriebsrat",
    ):
        assert words in travelled
    assert afterwards.count("nothing to do, nothing written") == 3
    assert "0 mails sent." in afterwards
    assert "clara: needs_confirmation." in afterwards


def _login(printed: str) -> tuple[str, str, str]:
    address = re.search(r"  Portal: +(http\S+)", printed)
    login = re.search(r"  Login: +(\S+) +(\S+)", printed)
    assert address, printed
    assert login, printed
    return address[1], login[1], login[2]

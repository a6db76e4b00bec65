"""`make demo ONCE=1`: three accounts, people's changes on both sides, nothing left to do, no mail, no process left."""

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
def test_the_demo_shows_both_directions_and_ends():
    command = [sys.executable, "-m", "tools.demo", "--once"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for person in ("anna", "bernd", "clara"):
        assert f"Result of the last analysis - {person}" in done.stdout
        assert f"Result of the last synchronisation - {person}" in done.stdout
    people, travelled = done.stdout.split("== Now people work")[1].split("== Synchronise again")
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
    assert all(_login(done.stdout))


@pytest.mark.timeout(300)
def test_the_demo_stays_up_with_the_portal_open_and_leaves_no_process():
    command = [sys.executable, "-m", "tools.demo"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as demo:
        assert demo.stdout
        printed = ""
        for line in demo.stdout:
            printed += line
            if "Ctrl-C ends everything." in line:
                break
        address, name, password = _login(printed)
        with httpx.Client(base_url=address, timeout=60) as browser:
            token = re.search(r'name="csrf" value="([^"]+)"', browser.get("/sign-in").text)
            assert token
            form = {"name": name, "password": password, "csrf": token[1]}
            assert browser.post("/sign-in", data=form).status_code == 303
            assert "clara" in browser.get("/").text, "her deletions wait for an administrator"
        demo.send_signal(signal.SIGINT)
        demo.stdout.read()
        assert demo.wait(60) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def _login(printed: str) -> tuple[str, str, str]:
    address = re.search(r"  Portal: +(http\S+)", printed)
    login = re.search(r"  Login: +(\S+) +(\S+)", printed)
    assert address, printed
    assert login, printed
    return address[1], login[1], login[2]

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


@pytest.mark.timeout(300)
def test_the_demo_stays_up_shows_what_travels_and_leaves_no_process():
    command = [sys.executable, "-m", "tools.demo"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as demo:
        assert demo.stdout
        wice = ""
        for line in demo.stdout:
            if found := re.match(r"  Wice CRM:  (http\S+)", line):
                wice = found[1]
                break
        _edit_in_wice(wice)
        travelled = next(line for line in demo.stdout if "-> Outlook  change  Neumeister" in line)
        assert travelled.startswith("  anna")
        demo.send_signal(signal.SIGINT)
        demo.stdout.read()
        assert demo.wait(60) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(wice)


def _edit_in_wice(wice: str) -> None:
    persons = httpx.get(f"{wice}/_sandbox/records/persons").json()["records"]
    person = next(row for row in persons if "anna" in row["flags"] and row["deactivated"] in ("", "0"))
    edit = {"table": "persons", "rowid": person["rowid"], "values": {"name": "Neumeister"}}
    assert httpx.post(f"{wice}/_sandbox/edit", json=edit).status_code == 200

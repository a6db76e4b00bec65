"""`make demo ONCE=1`: three accounts, people's changes on both sides, nothing left to do, no mail, no process left."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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

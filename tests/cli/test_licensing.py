"""`wice-sync licence show`, `activate`, `demo`, `issue` (R38, R39), and what the other commands do without a licence."""

from __future__ import annotations

import sqlite3
import subprocess

import pytest

from tests.services.command import account, servers


@pytest.fixture
def trial_is_over(anna):
    """Anna's installation is 31 days old."""
    with sqlite3.connect(anna.home / "wice-sync.db") as database:
        database.execute("UPDATE installation SET installed_at = datetime(installed_at, '-31 days') || '.000000'")
    return anna


def demo(command):
    return command("licence", "demo").stdout.strip()


def test_R39_the_trial_is_shown(anna):
    shown = anna.json("licence", "show")
    assert {name: shown[name] for name in ("state", "valid", "edition", "licensee", "days_left", "accounts")} == {
        "state": "trial",
        "valid": True,
        "edition": "basic",
        "licensee": "",
        "days_left": 30,
        "accounts": {"used": 1, "allowed": 1},
    }
    text = anna("licence", "show").stdout
    for words in ("Version", "Edition", "Licensee", "Accounts", "1 of 1", "Days left", "Afterwards nothing is written"):
        assert words in text


def test_a_demo_key_is_one_line_for_a_thousand_accounts(command):
    printed = command("licence", "demo").stdout
    assert printed.count("\n") == 1
    shown = command.json("licence", "activate", printed)
    assert (shown["state"], shown["edition"], shown["accounts"]["allowed"]) == ("demo", "enterprise", 1000)


def test_a_key_comes_from_standard_input(command, tmp_path):
    file = tmp_path / "key.txt"
    file.write_text(f'\n  "{demo(command)}"\n', "utf-8")
    with file.open() as lines, command.start("licence", "activate", "-", stdin=lines) as process:
        out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "Demonstration licence" in out


def test_a_bad_key_is_a_usage_error_that_says_what_to_do(command):
    key = demo(command)
    assert "not complete" in command("licence", "activate", key[:-9], code=2).stderr
    assert "begins with WS1" in command("licence", "activate", "hello", code=2).stderr
    assert command.json("licence", "show")["state"] == "trial"


def test_a_demo_key_is_refused_while_an_account_uses_another_server(command, sandbox, write):
    text = servers(sandbox).replace(sandbox.wice, "https://wice.example.com") + account(sandbox.person("anna"))
    command("apply", write(text))
    assert "on this machine" in command("licence", "activate", demo(command), code=2).stderr


def test_the_vendors_tool_issues_keys_that_only_the_vendors_products_know(command, tmp_path):
    file = tmp_path / "vendor.key"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(file)], check=True, capture_output=True)
    options = ("--key-file", str(file), "--licensee", "Muster GmbH", "--accounts", "5", "--days", "30")
    key = command("licence", "issue", *options, "--edition", "enterprise").stdout.strip()
    assert key.startswith("WS1.")
    assert "does not know" in command("licence", "activate", key, code=2).stderr
    assert "one profile" in command("licence", "issue", *options, "--edition", "basic").stderr
    assert (
        "cannot be read"
        in command("licence", "issue", "--key-file", "nowhere", *options[2:], "--edition", "basic", code=2).stderr
    )
    command("licence", "issue", *options, "--edition", "gold", code=2)


def test_R38_without_a_licence_sync_fails_and_says_so_and_analyse_works(trial_is_over, sandbox, people):
    people.flagged("Arndt")
    analysis = trial_is_over.json("analyse", "anna")
    assert (analysis["status"], analysis["kinds"]["contacts"]["exchange"]["add"]) == ("done", 1)
    assert "The trial ended on" in analysis["message"]
    assert "licence activate" in trial_is_over("sync", "anna", code=1).stdout
    assert trial_is_over.json("licence", "show")["state"] == "trial_over"
    assert [sandbox.counters("ews")[name] for name in ("writes", "mails")] == [0, 0]
    assert "contacts/Wice" not in {
        folder["path"] for folder in sandbox.control("ews", "GET", "mailboxes/anna@example.com/folders")
    }
    assert '"history"' in trial_is_over("export").stdout
    [check] = [row for row in trial_is_over.json("doctor", code=1)["checks"] if row["what"] == "licence"]
    assert (check["result"], "The trial ended on" in check["advice"]) == ("broken", True)
    trial_is_over("licence", "activate", demo(trial_is_over))
    assert trial_is_over.json("sync", "anna")["status"] == "done"
    assert set(people.in_outlook()) == {"Arndt"}


def test_R38_a_second_account_is_not_covered_by_the_trial_and_stops_nobody_else(anna, sandbox, write):
    everybody = [account(sandbox.person(name)) for name in ("anna", "bernd")]
    anna("apply", write(servers(sandbox) + "".join(everybody)))
    assert anna.json("sync", "anna")["status"] == "nothing_to_do"
    refused = anna.json("sync", "bernd", code=1)
    assert (refused["status"], refused["requests"]) == ("failed", {"exchange": 0, "wice": 0})
    assert "for one profile" in refused["message"]

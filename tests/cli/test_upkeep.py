"""`wice-sync doctor`, `export`, `migrate`, `secrets rotate`, `sandbox`, and the help of every command."""

from __future__ import annotations

import base64
import json
import os
import signal

import httpx
import pytest

from tests.services.command import Command, account, servers

COMMANDS = (
    ["apply"], ["analyse"], ["sync"], ["confirm"], ["sandbox"], ["migrate"], ["doctor"], ["secrets", "rotate"], ["export"],
    ["up"], ["serve"], ["worker"], ["scheduler"],
    ["licence", "show"], ["licence", "activate"], ["licence", "demo"], ["licence", "issue"],
)  # fmt: skip


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_every_command_has_help(command, arguments):
    assert "usage:" in command(*arguments, "--help").stdout.lower()


def checks(command, code=0):
    found = command.json("doctor", code=code)
    assert found["ok"] is (code == 0)
    return {check["what"]: (check["result"], check["advice"]) for check in found["checks"]}


def test_the_doctor_finds_everything_in_order(anna):
    assert {what: result for what, (result, _) in checks(anna).items()} == {
        "database": "ok",
        "licence": "ok",
        "secret keys": "ok",
        "Wice server main": "ok",
        "Exchange server mail": "ok",
        "account anna, Wice": "ok",
        "account anna, mailbox": "ok",
        "profile anna/anna, contacts folder": "ok",
        "profile anna/anna, appointments folder": "ok",
    }
    assert "Found, or what to do" in anna("doctor").stdout


def test_the_doctor_tries_a_refused_login_once(command, sandbox, write):
    everybody = "".join(account(person) for person in sandbox.people)
    command("apply", write(servers(sandbox, password="falsch") + everybody))
    found = checks(command, code=1)
    assert [found[f"account {name}, mailbox"][0] for name in ("anna", "bernd", "clara")] == [
        "broken",
        "skipped",
        "skipped",
    ]
    assert sandbox.counters("ews")["failed_logins"] == {"svc@example.com": 1}


def test_R34_the_doctor_compares_the_default_e_mail(command, sandbox, write):
    command("apply", write(servers(sandbox) + account(sandbox.person("anna"), email="another@example.com")))
    result, advice = checks(command, code=1)["account anna, Wice"]
    assert result == "broken"
    assert "default e-mail address" in advice


def test_the_doctor_says_which_server_does_not_answer(command, sandbox, write):
    text = (servers(sandbox) + account(sandbox.person("anna"))).replace(sandbox.wice, "http://127.0.0.1:9")
    command("apply", write(text))
    found = checks(command, code=1)
    assert found["Wice server main"] == (
        "broken",
        "nothing listens at 127.0.0.1:9; check the port, and that the server runs",
    )
    assert found["account anna, Wice"][0] == "skipped"
    assert found["account anna, mailbox"][0] == "ok"


def test_the_doctor_sees_a_foreign_marker(anna, tmp_path, sandbox, write):
    anna("sync", "anna")
    other = Command(tmp_path / "other")
    other("apply", write(servers(sandbox) + account(sandbox.person("anna"))))
    result, advice = checks(other, code=1)["profile anna/anna, contacts folder"]
    assert result == "broken"
    assert "another installation" in advice
    assert "another installation" in other.json("sync", "anna", code=1)["message"]


def test_an_export_holds_everything_but_secrets(anna, sandbox, people, tmp_path):
    people.flagged("Arndt")
    anna("sync", "anna")
    file = tmp_path / "state.json"
    anna("export", str(file))
    assert file.stat().st_mode & 0o777 == 0o600
    text = file.read_text("utf-8")
    secrets = (sandbox.service["password"], *(person["password"] for person in sandbox.people))
    assert [secret for secret in secrets if secret in text] == []
    state = json.loads(text)
    tables = [row["table"] for row in state["history"]]
    assert (tables.count("link"), tables.count("run"), tables.count("entry")) == (1, 1, 1)
    [entry] = [row for row in state["history"] if row["table"] == "entry"]
    assert entry["intent"]["after"]["last_name"] == "Arndt"
    assert state == json.loads(anna("export").stdout) | {"exported_at": state["exported_at"]}


def key(name):
    return f"{name}:{base64.b64encode(os.urandom(32)).decode()}"


def test_secrets_are_rotated_to_the_first_key(tmp_path, sandbox, write):
    old, new = key("old"), key("new")
    file = write(servers(sandbox) + account(sandbox.person("anna")))
    Command(tmp_path / "home", WICE_SYNC_SECRET_KEYS=old)("apply", file)
    both = Command(tmp_path / "home", WICE_SYNC_SECRET_KEYS=f"{new},{old}")
    assert both.json("secrets", "rotate") == {"key": "new", "rotated": 2, "current": 0}
    assert both.json("secrets", "rotate") == {"key": "new", "rotated": 0, "current": 2}
    assert Command(tmp_path / "home", WICE_SYNC_SECRET_KEYS=new).json("sync", "anna")["status"] == "nothing_to_do"


def test_a_lost_key_is_named_and_applying_anew_is_the_way_out(tmp_path, sandbox, write):
    file = write(servers(sandbox) + account(sandbox.person("anna")))
    Command(tmp_path / "home", WICE_SYNC_SECRET_KEYS=key("lost"))("apply", file)
    command = Command(tmp_path / "home", WICE_SYNC_SECRET_KEYS=key("new"))
    result, advice = checks(command, code=1)["secret keys"]
    assert result == "broken"
    assert "'lost'" in advice
    command("apply", file)
    assert command.json("sync", "anna")["status"] == "nothing_to_do"


def test_postgresql_is_migrated_only_when_told(tmp_path, empty_postgres_url, sandbox, write):
    command = Command(tmp_path / "home", WICE_SYNC_DATABASE_URL=empty_postgres_url)
    file = write(servers(sandbox) + account(sandbox.person("anna")))
    assert "run `wice-sync migrate`" in command("apply", file, code=1).stderr
    assert checks(command, code=1)["database"][0] == "broken"
    command("migrate")
    command("migrate")
    command("apply", file)
    assert command.json("sync", "anna")["status"] == "nothing_to_do"


def test_bad_settings_are_a_usage_error(tmp_path):
    command = Command(tmp_path / "home", WICE_SYNC_REQUEST_TIMEOUT_S="soon")
    assert "WICE_SYNC_REQUEST_TIMEOUT_S" in command("doctor", code=2).stderr


def test_an_unreachable_database_is_a_row_of_the_doctor(tmp_path):
    command = Command(tmp_path / "home", WICE_SYNC_DATABASE_URL="postgresql://nobody@127.0.0.1:9/nothing")
    assert checks(command, code=1)["database"][0] == "broken"


def test_the_sandbox_is_started_with_its_own_options(command):
    with command.start("sandbox", "--wice-port", "0", "--ews-port", "0", "--seed", "empty", "--people", "2") as process:
        where = json.loads(process.stdout.readline())
        assert len(httpx.get(f"{where['wice']}/_sandbox/people").json()["people"]) == 2
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    for pid in (where["wice_pid"], where["ews_pid"]):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

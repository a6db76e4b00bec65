"""`wice-sync apply`: idempotent, strict, all problems at once; R34, R35, R37, R43."""

from __future__ import annotations

import json
import os
import pty
import subprocess

from tests.services.command import account, servers, toml


def entities(command):
    found = json.loads(command("export").stdout)
    return {
        name: [row["name"] for row in found[name]]
        for name in ("wice_servers", "exchange_servers", "accounts", "profiles")
    }


NOBODY: dict[str, list[str]] = {"wice_servers": [], "exchange_servers": [], "accounts": [], "profiles": []}


def test_a_file_is_applied_once(command, sandbox, write):
    file = write(servers(sandbox) + account(sandbox.person("anna")))
    assert "4 created, 0 changed, 0 unchanged, 0 removed" in command("apply", file).stdout
    assert "0 created, 0 changed, 4 unchanged, 0 removed" in command("apply", file).stdout
    assert entities(command) == {
        "wice_servers": ["main"],
        "exchange_servers": ["mail"],
        "accounts": ["anna"],
        "profiles": ["anna"],
    }


def test_a_changed_setting_changes_its_entity_only(anna, sandbox, write):
    file = write(servers(sandbox) + account(sandbox.person("anna"), [{"direction": "to_wice"}]))
    done = {(row["table"], row["name"]): row["outcome"] for row in anna.json("apply", file)["entities"]}
    assert done == {
        ("wice_server", "main"): "unchanged",
        ("exchange_server", "mail"): "unchanged",
        ("account", "anna"): "unchanged",
        ("profile", "anna/anna"): "changed",
    }


def test_all_problems_are_told_at_once_and_nothing_is_changed(command, sandbox, write):
    person = sandbox.person("anna")
    profiles: list[dict[str, object]] = [
        {"direction": "sideways", "kontakte": True},
        {"window_past_days": "many", "schedule": "sometimes"},
    ]
    text = (
        toml("wice_server", {"name": "main", "url": "http://wice.example.com", "mandant": ""})
        + toml("exchange_server", {"name": "mail", "kind": "graph", "username": "svc", "password": "env:NOT_SET"})
        + account(person, profiles, email="", wice_server="elsewhere", wice_password="file:not-there")
    )
    problems = command("apply", write(text), code=2).stderr
    for expected in (
        'wice_server "main": url must begin with https://',
        'wice_server "main": mandant must not be empty',
        'exchange_server "mail": kind must be ews',
        'account "anna": wice_server "elsewhere" does not exist (there is: main)',
        'account "anna": wice_password: the file ',
        'account "anna", profile "anna": direction must be both, to_wice or to_exchange',
        'account "anna", profile "anna": there is no setting "kontakte"; did you mean contacts?',
        'account "anna", profile "anna": window_past_days must be a whole number',
        'account "anna", profile "anna": schedule is not understood at \'sometimes\': write parts such as every 15 minutes',
    ):
        assert expected in problems
    assert entities(command) == NOBODY


def test_secrets_come_from_the_environment_and_from_files_beside_the_set_up_file(command, sandbox, write):
    person = sandbox.person("anna")
    write(person["password"] + "\n", "anna.secret")
    command.environment["EXCHANGE_PASSWORD"] = sandbox.service["password"]
    text = servers(sandbox, password="env:EXCHANGE_PASSWORD") + account(person, wice_password="file:anna.secret")
    command("apply", write(text))
    assert command.json("sync", "anna")["status"] == "nothing_to_do"


def test_pruning_asks_before_it_removes(anna, sandbox, write):
    file = write(servers(sandbox))
    refused = anna("apply", file, "--prune", code=2).stderr
    assert "--prune would remove profile anna/anna, account anna: say --yes" in refused
    assert _on_a_terminal(anna, "n\n", "apply", file, "--prune") == 1
    assert entities(anna)["accounts"] == ["anna"]
    assert _on_a_terminal(anna, "y\n", "apply", file, "--prune") == 0
    assert entities(anna) == NOBODY | {"wice_servers": ["main"], "exchange_servers": ["mail"]}


def _on_a_terminal(command, answer, *arguments):
    mine, theirs = pty.openpty()
    with command.start(*arguments, stdin=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        os.write(mine, answer.encode())
        code = process.wait(60)
    os.close(mine)
    os.close(theirs)
    return code


def test_R37_R43_what_was_removed_and_comes_back_is_linked_again_not_doubled(anna, sandbox, write, people):
    people.flagged("Arndt", "Beyer")
    anna("sync", "anna")
    anna("apply", write(servers(sandbox)), "--prune", "--yes")
    assert set(people.in_outlook()) == {"Arndt", "Beyer"}
    anna("apply", write(servers(sandbox) + account(sandbox.person("anna"))))
    contacts = anna.json("sync", "anna")["kinds"]["contacts"]
    assert (contacts["linked"], contacts["exchange"]["add"], contacts["wice"]["add"]) == (2, 0, 0)


def test_R35_another_folder_needs_full_editing_once_something_is_linked(anna, sandbox, write, people):
    person = sandbox.person("anna")
    elsewhere = write(servers(sandbox) + account(person, [{"contacts_folder": "default"}]), "elsewhere.toml")
    anna("apply", elsewhere)  # nothing is linked yet
    anna("apply", write(servers(sandbox) + account(person)))
    people.flagged("Arndt")
    anna("sync", "anna")
    refused = anna("apply", elsewhere, code=2).stderr
    assert "profile anna/anna: contacts_folder cannot be changed after the first sync" in refused
    assert "--full-editing" in refused
    anna("apply", elsewhere, "--full-editing")
    assert anna.json("sync", "anna", "--scheduled", code=3)["status"] == "needs_confirmation"
    assert anna.json("sync", "anna")["kinds"]["contacts"]["linked"] == 1
    assert set(people.in_outlook("contacts")) == {"Arndt"}
    assert set(people.in_outlook()) == {"Arndt"}, "what lies in the former folder stays there"
    assert anna.json("sync", "anna")["status"] == "nothing_to_do"


def test_R35_another_wice_user_needs_full_editing_too(anna, sandbox, write, people):
    people.flagged("Arndt")
    anna("sync", "anna")
    bernd = {key: sandbox.person("bernd")[key] for key in ("username", "password")}
    other = account(sandbox.person("anna"), wice_username=bernd["username"], wice_password=bernd["password"])
    assert "wice_username cannot be changed" in anna("apply", write(servers(sandbox) + other), code=2).stderr


def test_a_file_that_is_no_toml_is_a_usage_error(command, write):
    assert "is no valid TOML" in command("apply", write("[[account"), code=2).stderr
    assert "cannot be read" in command("apply", "not-there.toml", code=2).stderr


def test_R35_a_template_is_followed_by_the_profiles_that_name_it(anna, sandbox, write, people):
    def file(folder, **template):
        text = toml("template", {"name": "office", "contacts_folder": folder, **template})
        return write(servers(sandbox) + text + account(sandbox.person("anna"), [{"template": "office"}]))

    assert {row["name"]: row["outcome"] for row in anna.json("apply", file("Wice"))["entities"]} == {
        "main": "unchanged", "mail": "unchanged", "office": "created", "anna": "unchanged", "anna/anna": "changed",
    }  # fmt: skip
    people.flagged("Arndt")
    anna.json("sync", "anna")
    anna("apply", file("Wice", window_past_days=20))
    [profile] = json.loads(anna("export").stdout)["profiles"]
    assert (profile["template"], profile["window_past_days"]) == ("office", 20)
    refused = anna("apply", file("Contacts/Kunden"), code=2).stderr
    assert "profile anna/anna: contacts_folder cannot be changed after the first sync" in refused
    anna("apply", file("Contacts/Kunden"), "--full-editing")
    [profile] = json.loads(anna("export").stdout)["profiles"]
    assert profile["contacts_folder"] == "Contacts/Kunden"

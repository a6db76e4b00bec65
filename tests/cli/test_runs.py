"""`wice-sync analyse`, `sync`, `confirm`: the contract's JSON and exit codes; R26, R27, R28, R29, R32, R36."""

from __future__ import annotations

import json
import re
import signal

import pytest

from app.adapters.db import open_database
from app.cli.operator import operator
from app.domain.contact import Contact
from app.domain.ids import ItemId
from app.domain.people import AuditQuery
from app.settings import Settings
from tests.services.command import Command, account, servers
from tests.services.workers import until

COUNTS = {"add": int, "change": int, "delete": int}
KIND = {
    "in_exchange": int,
    "in_wice": int,
    "linked": int,
    "exchange": COUNTS,
    "wice": COUNTS,
    "conflicts": int,
    "hints": list,
    "failed": list,
}
REPORT = {
    "profile": str,
    "run": str,
    "status": str,
    "kinds": {"contacts": KIND, "appointments": KIND},
    "requests": {"exchange": int, "wice": int},
    "seconds": float,
}


def shape(value):
    return {name: shape(part) for name, part in value.items()} if isinstance(value, dict) else type(value)


def test_R27_an_analysis_writes_nothing_and_R28_its_plan_is_carried_out(anna, sandbox, people):
    people.flagged("Arndt", "Beyer")
    report = anna.json("analyse", "anna")
    assert shape(report) == REPORT
    assert report["kinds"]["contacts"]["exchange"] == {"add": 2, "change": 0, "delete": 0}
    assert people.in_outlook() == {}
    people.flagged("Conrad")
    report = anna.json("sync", "anna")
    assert (report["status"], report["kinds"]["contacts"]["exchange"]["add"]) == ("done", 2)
    assert set(people.in_outlook()) == {"Arndt", "Beyer"}, "what the person saw, and nothing else"
    assert anna.json("sync", "anna")["kinds"]["contacts"]["exchange"]["add"] == 1
    assert anna.json("sync", "anna")["status"] == "nothing_to_do"
    assert anna.json("analyse", "anna", "--thoroughly")["thorough"] is True
    assert [sandbox.counters(server)["mails"] for server in ("wice", "ews")] == [0, 0]


def test_the_table_says_the_handbooks_words(anna, people):
    people.flagged("Arndt")
    analysis = anna("analyse", "anna").stdout
    for words in ("Result of the last analysis - anna", "In Exchange", "Exchange: add / change / delete", "1 / 0 / 0"):
        assert words in analysis
    assert "Contacts, add to Exchange: Arndt, Jo - new in Wice" in analysis
    assert "Result of the last synchronisation - anna" in anna("sync", "anna").stdout


def test_more_than_twenty_items_are_shown_when_asked_for_only(anna, people):
    people.flagged(*(f"Nummer{number:02}" for number in range(22)))
    assert "... and 2 more (--verbose shows all)" in anna("analyse", "anna").stdout
    everything = anna("analyse", "anna", "--verbose").stdout
    assert all(f"Nummer{number:02}" in everything for number in range(22))
    assert "Nummer" not in anna("analyse", "anna", "--quiet").stdout


def test_a_change_is_shown_with_its_old_and_new_value(anna, people):
    [item] = people.flagged("Arndt")
    anna("sync", "anna")
    people.wice.edit(item, mobile_phone="0171 555")
    assert "mobile phone: (empty) -> 0171 555" in anna("analyse", "anna", "--verbose").stdout
    [action] = anna.json("sync", "anna", "--verbose")["kinds"]["contacts"]["actions"]
    assert action["fields"] == {"mobile_phone": {"old": "", "new": "0171 555"}}
    assert (action["side"], action["op"], action["item"]) == ("exchange", "change", "Arndt, Jo")


def test_R27_a_scheduled_run_waits_for_the_first_plans_approval(anna, people):
    people.flagged("Arndt")
    waiting = anna.json("sync", "anna", "--scheduled", code=3)
    assert waiting["status"] == "needs_confirmation"
    assert people.in_outlook() == {}
    assert anna.json("confirm", waiting["run"])["status"] == "done"
    assert set(people.in_outlook()) == {"Arndt"}
    assert anna.json("sync", "anna", "--scheduled")["status"] == "nothing_to_do"


def test_R27_a_first_plan_may_be_approved_in_the_file(command, sandbox, write, people):
    people.flagged("Arndt")
    command("apply", write(servers(sandbox) + account(sandbox.person("anna"), [{"first_plan": "approved"}])))
    assert command.json("sync", "anna", "--scheduled")["status"] == "done"


@pytest.fixture
def mass_deletion(anna, people):
    """Anna has deleted 12 of 14 contacts in Outlook; the run that stopped because of it."""
    people.flagged(*(f"Nummer{number:02}" for number in range(14)))
    anna("sync", "anna")
    for item in list(people.in_outlook().values())[:12]:
        people.outlook.delete(ItemId(item))
    return anna.json("sync", "anna", code=3)["run"]


def test_R29_many_deletions_wait_for_confirmation(anna, mass_deletion):
    analysis = anna("analyse", "anna", "--quiet", code=3).stdout
    assert "12 of 14 linked items would be deleted in Wice" in analysis
    assert "To carry it out: wice-sync confirm " in analysis


def audited(command: Command) -> list[tuple[str, str, str]]:
    """Actor, action and run of everything that was asked of a profile, the latest first."""
    with open_database(Settings(home=command.home)) as database:
        entries = database.audit_log.page(AuditQuery(entity="anna/anna")).entries
    return [(entry.actor, entry.action, str(entry.after["run"])) for entry in entries if "run" in entry.after]


def test_what_is_typed_is_in_the_audit_log_and_what_a_timer_starts_is_not(anna, mass_deletion):
    confirmed = anna.json("confirm", mass_deletion)["run"]
    anna.json("sync", "anna", "--scheduled")
    me = operator().name
    assert audited(anna)[:2] == [(me, "confirm", confirmed), (me, "sync", mass_deletion)]


def test_R29_a_confirmed_plan_is_carried_out_once(anna, mass_deletion):
    assert anna.json("confirm", mass_deletion)["kinds"]["contacts"]["wice"]["delete"] == 12
    assert anna.json("sync", "anna")["status"] == "nothing_to_do"
    assert "executed: there is nothing to confirm" in anna("confirm", mass_deletion, code=2).stderr


def test_R29_a_discarded_plan_writes_nothing(anna, mass_deletion):
    anna("confirm", mass_deletion, "--discard")
    assert "discarded: there is nothing to confirm" in anna("confirm", mass_deletion, code=2).stderr
    assert anna.json("sync", "anna", code=3)["kinds"]["contacts"]["wice"]["delete"] == 12


def test_R32_a_refused_item_is_exit_code_4(anna, sandbox, people):
    people.flagged("Arndt", "Beyer")
    sandbox.fault("ews", "item_error", operation="CreateItem")
    report = anna.json("sync", "anna", code=4)
    assert report["status"] == "partial"
    [failed] = report["kinds"]["contacts"]["failed"]
    assert "ErrorItemSave" in failed["error"]
    assert anna.json("sync", "anna")["kinds"]["contacts"]["linked"] == 2


def test_a_busy_server_is_waited_for_a_moment(anna, sandbox, people):
    people.flagged("Arndt")
    sandbox.fault("ews", "throttled", operation="CreateItem", retry_after_s=1)
    done = anna("sync", "anna", "--json")
    assert json.loads(done.stdout)["status"] == "done"
    assert "Going on in 1 seconds" in done.stderr


def test_a_server_that_stays_busy_ends_the_command(anna, sandbox):
    sandbox.fault("wice", "throttled", retry_after_s=90)
    report = anna.json("sync", "anna", code=1)
    assert (report["status"], report["retry_after_s"]) == ("failed", 90)
    before = sandbox.counters("wice")["requests"]["total"]
    assert re.search(r"Try again in (90|[78]\d) seconds", anna("sync", "anna", code=1).stdout)
    assert sandbox.counters("wice")["requests"]["total"] == before, "it is left alone"


def test_R26_a_vanished_folder_fails_and_says_so(anna, sandbox, people):
    people.flagged("Arndt")
    anna("sync", "anna")
    [folder] = [
        folder["id"]
        for folder in sandbox.control("ews", "GET", "mailboxes/anna@example.com/folders")
        if folder["path"] == "contacts/Wice"
    ]
    people.outlook.destroy_folder(folder)
    report = anna.json("sync", "anna", code=1)
    assert report["status"] == "failed"
    assert report["kinds"]["contacts"]["error"]


def test_a_refused_login_fails_says_so_and_is_tried_once(command, sandbox, write):
    command("apply", write(servers(sandbox, password="falsch") + account(sandbox.person("anna"))))
    report = command.json("sync", "anna", code=1)
    assert report["status"] == "failed"
    assert "password" in report["message"]
    assert sandbox.counters("ews")["failed_logins"] == {"svc@example.com": 1}


def test_an_unknown_profile_is_a_usage_error_that_names_the_known_ones(anna):
    report = anna.json("sync", "nobody", code=2)
    assert report["status"] == "failed"
    assert "there are: anna/anna" in report["message"]
    anna("sync", code=2)
    anna("sync", "anna", "--all", code=2)
    anna("confirm", "nothing", code=2)


def test_all_active_profiles_one_after_another(licensed, sandbox, write):
    accounts = [account(person, [{"active": person["username"] != "clara"}]) for person in sandbox.people]
    licensed("apply", write(servers(sandbox) + "".join(accounts)))
    reports = [json.loads(line) for line in licensed("sync", "--all", "--json").stdout.splitlines()]
    assert [report["profile"] for report in reports] == ["anna", "bernd"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_R36_an_interrupted_run_frees_its_profile(anna, sandbox, people, number):
    people.wice.add_person(Contact(last_name="Arndt"), ["anna"])
    sandbox.fault("ews", "stall", operation="CreateItem", seconds=30)
    with anna.start("sync", "anna") as process:
        until(lambda: process.poll() or sandbox.counters("ews")["requests"].get("CreateItem"), "the first write")
        process.send_signal(number)
        stderr = process.stderr.read()
        assert process.wait(30) == 1
    assert "Interrupted" in stderr
    report = anna.json("sync", "anna")
    assert report["kinds"]["contacts"]["linked"] == 1
    assert list(people.in_outlook()) == ["Arndt"]


def test_an_accounts_own_login_opens_its_mailbox(command, sandbox, write, people):
    people.flagged("Arndt")
    person = sandbox.person("anna")
    own = account(person, exchange_password=person["mailbox_password"])
    command("apply", write(servers(sandbox, access="delegate", username="", password="") + own))
    assert command.json("sync", "anna")["kinds"]["contacts"]["linked"] == 1


def test_a_log_line_names_the_run_and_nobody(anna, people):
    people.flagged("Arndt")
    anna.environment["WICE_SYNC_LOG_LEVEL"] = "info"
    done = anna("sync", "anna", "--json")
    [line] = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert (line["event"], line["run"], line["status"]) == ("run_finished", json.loads(done.stdout)["run"], "done")
    assert {"profile", "account"} <= line.keys()
    assert "Arndt" not in done.stderr

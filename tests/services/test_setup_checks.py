"""What a set-up file must not say, sentence by sentence; R34, R43."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.account import FirstPlan, Template
from app.errors import BadInput
from app.services.setup_checks import Setup, checked
from app.services.setup_file import read_setup_file
from tests.services.command import account, toml

ANNA = {"username": "anna", "password": "geheim", "email": "anna@example.com", "mailbox": "anna@example.com"}
BERND = {"username": "bernd", "password": "geheim", "email": "bernd@example.com", "mailbox": "bernd@example.com"}
WICE = {"name": "main", "url": "https://wice.example.com", "mandant": "example"}
MAIL = {"name": "mail", "url": "https://mail.example.com/EWS/Exchange.asmx", "username": "svc", "password": "geheim"}


def setup(folder: Path, text: str) -> Setup:
    file = folder / "setup.toml"
    file.write_text(text, "utf-8")
    return checked(read_setup_file(file), folder, {}, lambda server: None)


def problems(folder: Path, text: str) -> str:
    with pytest.raises(BadInput) as refused:
        setup(folder, text)
    return "\n".join(refused.value.problems)


def test_defaults_are_the_contracts(tmp_path):
    read = setup(tmp_path, toml("wice_server", WICE) + toml("exchange_server", MAIL) + account(ANNA))
    [profile] = read.profiles
    assert (profile.contacts_folder, profile.direction, profile.conflict, profile.window_past_days) == (
        "Wice",
        "both",
        "wice",
        180,
    )
    assert (profile.first_plan, profile.approved) == (FirstPlan.ASK, False)
    assert read.wice_servers[0].time_zone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"profiles": [{"contacts": False, "appointments": False}]}, "contacts or appointments must be true"),
        ({"email": ""}, "email is missing; appointments need"),
        ({"mailbox": "anna"}, "mailbox is no e-mail address"),
        ({"profiles": [{}, {}]}, 'profile "anna" is there 2 times'),
        ({"profiles": [{}, {"name": "other"}]}, 'folder "Wice" is used by anna/anna and anna/other'),
        ({"profiles": [{"contacts": "yes"}]}, "contacts must be true or false, without quotes"),
        ({"profiles": [{"contacts_folder": "Contacts//A"}]}, 'contacts_folder must be "Wice", "default" or a path'),
        ({"profiles": [{"schedule": "every 0 minutes"}]}, "schedule must repeat after 1 to 99999 minutes"),
        ({"profiles": [{"schedule": "every 15 o'clock"}]}, 'schedule is not understood at "o\'clock"'),
        ({"profiles": [{"direction": "up"}]}, "direction must be both, to_wice or to_exchange"),
        ({"profiles": [{"window_past_days": -1}]}, "window_past_days must be at least 0"),
        ({"profiles": [{"name": "a/b"}]}, "name must not hold a slash"),
        ({"name": ""}, "account number 1: name must not be empty"),
        ({"wice_password": "env:NOT_SET_ANYWHERE"}, "the environment variable NOT_SET_ANYWHERE is not set"),
        ({"exchange_server": "nowhere"}, 'exchange_server "nowhere" does not exist (there is: mail)'),
    ],
    ids=lambda value: None if isinstance(value, dict) else str(value)[:30],
)
def test_an_account_that_cannot_work_is_refused(tmp_path, change, problem):
    assert problem in problems(
        tmp_path, toml("wice_server", WICE) + toml("exchange_server", MAIL) + account(ANNA, **change)
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"url": "http://mail.example.com"}, "url must begin with https://"),
        ({"username": ""}, "needs the service account's username and password"),
        ({"password": ""}, "password is missing"),
        ({"auth": "oauth2", "access": "delegate"}, 'needs access = "impersonation"'),
        ({"auth": "oauth2"}, "needs tenant_id (or token_url)"),
        ({"access": "delegate"}, "exchange_password is missing"),
        ({"auth": "digest"}, "auth must be basic, ntlm or oauth2"),
        ({"ca_file": "none.pem"}, "ca_file: there is no file"),
    ],
    ids=lambda value: None if isinstance(value, dict) else str(value)[:30],
)
def test_an_exchange_server_that_cannot_work_is_refused(tmp_path, change, problem):
    text = toml("wice_server", WICE) + toml("exchange_server", {**MAIL, **change}) + account(ANNA)
    assert problem in problems(tmp_path, text)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"time_zone": "Berlin"}, "time_zone is no IANA time zone"),
        ({"url": "wice.example.com"}, "url must begin with https://"),
        ({"mandat": "x"}, 'there is no setting "mandat"; did you mean mandant?'),
        ({"name": 7}, "wice_server number 1: name must be text in quotes"),
    ],
    ids=lambda value: None if isinstance(value, dict) else str(value)[:30],
)
def test_a_wice_server_that_cannot_work_is_refused(tmp_path, change, problem):
    assert problem in problems(tmp_path, toml("wice_server", {**WICE, **change}))


def test_what_only_the_adapter_can_judge_is_reported_with_its_place(tmp_path):
    def judge(server):
        raise BadInput("dialect.methods.persn: there is no such name")

    file = tmp_path / "setup.toml"
    file.write_text(toml("wice_server", WICE), "utf-8")
    with pytest.raises(BadInput) as refused:
        checked(read_setup_file(file), tmp_path, {}, judge)
    assert refused.value.problems == ('wice_server "main": dialect.methods.persn: there is no such name',)


def test_R43_two_accounts_must_not_share_a_folder(tmp_path):
    shared = account(ANNA) + account(BERND, mailbox="Anna@example.com")
    text = toml("wice_server", WICE) + toml("exchange_server", MAIL) + shared
    assert 'the contacts folder "Wice" is used by anna/anna and bernd/bernd' in problems(tmp_path, text)


def test_plain_http_is_for_this_machine_only(tmp_path):
    text = toml("wice_server", {**WICE, "url": "http://127.0.0.1:8091"})
    assert setup(tmp_path, text).wice_servers[0].url == "http://127.0.0.1:8091"


def test_servers_that_are_stored_and_stay_may_be_referred_to(tmp_path):
    file = tmp_path / "setup.toml"
    file.write_text(account(ANNA), "utf-8")
    stored = {"wice_server": ["main"], "exchange_server": ["mail"]}
    assert checked(read_setup_file(file), tmp_path, stored, lambda server: None).accounts[0].name == "anna"


def test_single_brackets_and_unknown_tables_are_explained(tmp_path):
    found = problems(tmp_path, '[wice_server]\nname = "main"\n[[acount]]\nname = "anna"\n')
    assert "write [[wice_server]] with two brackets" in found
    assert 'there is no setting "acount"; did you mean account?' in found


OFFICE = {"name": "office", "contacts_folder": "default", "window_past_days": 30}


def test_a_profile_takes_its_settings_from_its_template(tmp_path):
    text = toml("wice_server", WICE) + toml("exchange_server", MAIL) + toml("template", OFFICE)
    read = setup(tmp_path, text + account(ANNA, [{"template": "office", "active": False}]))
    [template], [profile] = read.templates, read.profiles
    assert (profile.template, profile.contacts_folder, profile.window_past_days, profile.active) == (
        "office",
        "default",
        30,
        False,
    )
    assert profile == profile.following(template)


@pytest.mark.parametrize(
    ("templates", "profiles", "problem"),
    [
        (
            [OFFICE],
            [{"template": "office", "conflict": "wice"}],
            'template "office" decides on conflict: leave out these, or the',
        ),
        ([OFFICE], [{"template": "other"}], 'template "other" does not exist (there is: office)'),
        ([], [{"template": "other"}], 'template "other" does not exist (there is: none)'),
        ([OFFICE, OFFICE], [], 'template "office" is there 2 times'),
        (
            [OFFICE | {"contacts": False, "appointments": False}],
            [{}],
            'template "office": contacts or appointments must be',
        ),
        ([OFFICE | {"active": True}], [{"template": "office"}], 'template "office": there is no setting "active"'),
        (
            [OFFICE],
            [{"template": "office"}, {"name": "b", "template": "office"}],
            'folder "default" is used by anna/anna and',
        ),
    ],
)
def test_what_must_not_be_said_of_templates(tmp_path, templates, profiles, problem):
    text = (
        toml("wice_server", WICE) + toml("exchange_server", MAIL) + "".join(toml("template", one) for one in templates)
    )
    assert problem in problems(tmp_path, text + account(ANNA, profiles))


def test_a_template_with_a_problem_is_not_called_missing_as_well(tmp_path):
    text = toml("wice_server", WICE) + toml("exchange_server", MAIL) + toml("template", OFFICE | {"direction": "up"})
    assert "does not exist" not in problems(tmp_path, text + account(ANNA, [{"template": "office"}]))


def test_a_stored_template_may_be_named(tmp_path):
    file = tmp_path / "setup.toml"
    file.write_text(
        toml("wice_server", WICE) + toml("exchange_server", MAIL) + account(ANNA, [{"template": "old"}]), "utf-8"
    )
    read = checked(
        read_setup_file(file), tmp_path, {}, lambda server: None, {"old": Template(name="old", window_past_days=5)}
    )
    assert (read.templates, read.profiles[0].window_past_days) == ((), 5)

"""Settings come from the environment only, are checked at once, and are documented in one table."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.errors import BadInput
from app.settings import Settings


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch, tmp_path):
    for variable, _, _ in Settings.table():
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_any_variable_everything_lives_below_the_working_directory(monkeypatch, tmp_path):
    settings = Settings.load()
    monkeypatch.chdir("/")
    assert settings.home == tmp_path / "var"
    assert settings.database_file.parent == settings.key_file.parent == settings.home


def test_variables_are_read(monkeypatch):
    given = {
        "HOME": "~/data",
        "LEASE": "90",
        "LOG_LEVEL": "debug",
        "REQUEST_TIMEOUT_S": "2.5",
        "PORTAL_URL": "https://sync.example:1/",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"WICE_SYNC_{name}", value)
    settings = Settings.load()
    assert settings.home == Path.home() / "data"
    assert (settings.lease, settings.log_level, settings.request_timeout_s) == (timedelta(seconds=90), "DEBUG", 2.5)


@pytest.mark.parametrize("text", ["90", "PT1M30S", "00:01:30"])
def test_a_lease_is_given_in_seconds_or_as_a_duration(monkeypatch, text):
    monkeypatch.setenv("WICE_SYNC_LEASE", text)
    assert Settings.load().lease == timedelta(seconds=90)


def test_all_wrong_values_are_named_at_once_with_what_to_give(monkeypatch):
    wrong = {"LEASE": "soon", "LOG_LEVEL": "LOUD", "PORTAL_URL": "here", "REQUEST_TIMEOUT_S": "0"}
    for name, value in wrong.items():
        monkeypatch.setenv(f"WICE_SYNC_{name}", value)
    with pytest.raises(BadInput) as refusal:
        Settings.load()
    descriptions = {variable: description for variable, _, description in Settings.table()}
    problems = dict(problem.split(": ", 1) for problem in refusal.value.problems)
    assert problems.keys() == {f"WICE_SYNC_{name}" for name in wrong}
    assert all(descriptions[variable] in problem for variable, problem in problems.items())


def test_R36_a_lease_outlasts_a_request(monkeypatch):
    monkeypatch.setenv("WICE_SYNC_LEASE", "60")
    with pytest.raises(BadInput, match="WICE_SYNC_LEASE must be longer than WICE_SYNC_REQUEST_TIMEOUT_S"):
        Settings.load()


def test_secrets_do_not_show_in_print(monkeypatch):
    monkeypatch.setenv("WICE_SYNC_DATABASE_URL", "postgresql://u:hush-hush@h/n")
    monkeypatch.setenv("WICE_SYNC_SECRET_KEYS", "k:hush-hush")
    assert "hush-hush" not in repr(Settings.load())


def test_the_table_names_every_setting_with_its_default():
    rows = {variable: default for variable, default, description in Settings.table() if description}
    assert rows.keys() == {f"WICE_SYNC_{name.upper()}" for name in Settings.model_fields}
    assert rows["WICE_SYNC_HOME"] == "./var"
    assert rows["WICE_SYNC_LEASE"] == "300"


@pytest.mark.parametrize(
    ("setting", "given", "shown"),
    [
        ("database_url", "postgresql://sync:hunter2@db:5432/sync?password=hunter2", "postgresql://***@db:5432/sync"),
        ("database_url", "sqlite:////srv/sync.db", "sqlite:////srv/sync.db"),
        ("broker_url", "redis://:hunter2@broker:6379/0", "redis://***@broker:6379/0"),
        ("secret_keys", "k1:hunter2", "***"),
        ("secret_keys", "file:/srv/keys", "file:/srv/keys"),
        ("secret_keys", "", ""),
    ],
)
def test_what_is_shown_of_settings_holds_no_secret(setting, given, shown):
    in_force = {name: value for name, value, _given in Settings(**{setting: given}).in_force()}
    assert in_force[setting] == shown


def test_it_is_told_which_settings_the_environment_gives(monkeypatch):
    monkeypatch.setenv("WICE_SYNC_LOG_LEVEL", "debug")
    given = {name: given for name, _value, given in Settings.load().in_force()}
    assert (given["log_level"], given["lease"]) == (True, False)


@pytest.mark.parametrize(
    ("name", "url", "expected"),
    [
        ("database", "postgresql://sync@db:5432/sync", "postgresql://sync:p%40ss%2Fw%3Ard@db:5432/sync"),
        ("database", "postgresql://sync:old@db/sync", "postgresql://sync:p%40ss%2Fw%3Ard@db/sync"),
        ("broker", "redis://broker:6379/0", "redis://:p%40ss%2Fw%3Ard@broker:6379/0"),
    ],
)
def test_a_password_may_lie_in_a_file(monkeypatch, tmp_path, name, url, expected):
    file = tmp_path / "password"
    file.write_text("p@ss/w:rd\n")
    monkeypatch.setenv(f"WICE_SYNC_{name.upper()}_URL", url)
    monkeypatch.setenv(f"WICE_SYNC_{name.upper()}_PASSWORD_FILE", str(file))
    settings = Settings.load()
    assert getattr(settings, f"{name}_url").get_secret_value() == expected
    assert "w:rd" not in repr(settings)
    assert "ss%2F" not in {one: value for one, value, _given in settings.in_force()}[f"{name}_url"]


def test_a_password_file_that_cannot_be_read_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("WICE_SYNC_BROKER_URL", "redis://broker:6379/0")
    monkeypatch.setenv("WICE_SYNC_BROKER_PASSWORD_FILE", str(tmp_path / "missing"))
    with pytest.raises(BadInput, match="WICE_SYNC_BROKER_PASSWORD_FILE"):
        Settings.load()

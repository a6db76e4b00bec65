"""docker-compose.yml: valid by the Compose Specification, and as guarded as it says. There is no container engine here that would tell."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from typer.main import get_command

from app.cli.entry import app
from app.settings import Settings, variable

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "tests/data/compose-spec/compose-spec.json").read_text("utf-8"))
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if service["image"] == "wice-sync")


def test_it_is_valid_by_the_compose_specification():
    validator = jsonschema_rs.Draft201909Validator(SCHEMA)
    assert [f"{list(fault.instance_path)}: {fault.message}" for fault in validator.iter_errors(COMPOSE)] == []
    wrong = {**COMPOSE, "services": {"portal": {"imag": "x"}}}
    assert not validator.is_valid(wrong), "or nothing is proven"


@pytest.mark.parametrize("name", SERVICES)
def test_every_part_is_unprivileged_read_only_and_looked_after(name):
    service = SERVICES[name]
    assert str(service["user"]).partition(":")[0] not in {"root", "0"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert name == "migrate" or service["healthcheck"]["test"][0].startswith("CMD")
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
    assert set(service.get("depends_on", ())) <= set(SERVICES)
    assert not [value for value in service.get("environment", {}).values() if "password=" in value.lower()]


@pytest.mark.parametrize("name", OURS)
def test_every_part_of_ours_runs_a_command_that_exists_with_settings_that_exist(name):
    service = SERVICES[name]
    commands = get_command(app).commands  # type: ignore[attr-defined] # a group has commands
    assert service["command"][0] in commands
    assert set(service["environment"]) <= {variable(setting) for setting in Settings.model_fields}
    check = service.get("healthcheck", {}).get("test", [])
    assert "wice-sync" not in check or check[check.index("wice-sync") + 1] in commands


def test_database_and_broker_are_reached_by_nobody_else_and_have_their_secrets_in_files():
    for name in ("database", "broker"):
        assert SERVICES[name]["networks"] == ["inside"]
        assert "ports" not in SERVICES[name]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert SERVICES["database"]["environment"]["POSTGRES_PASSWORD_FILE"] == "/run/secrets/postgres_password"
    assert {name: file["file"] for name, file in COMPOSE["secrets"].items()} == {
        name: f"./secrets/{name}" for name in ("postgres_password", "broker_password", "secret_keys")
    }


def test_the_image_holds_what_the_product_needs_and_belongs_to_nobody_privileged():
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    copied = {part for line in lines if line.startswith("COPY ") for part in line.split()[1:-1]}
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert copied == allowed
    assert all((ROOT / part).exists() for part in copied)
    assert {"app", "workers", "migrations", "templates", "constraints.txt"} <= copied
    assert "USER 10001:10001" in lines
    assert lines.index("USER 10001:10001") > max(index for index, line in enumerate(lines) if line.startswith("RUN"))
    assert "--constraint constraints.txt" in "\n".join(lines)


def test_secrets_never_come_into_the_repository():
    ignored = subprocess.run(
        ["git", "-c", "safe.directory=*", "check-ignore", "secrets/secret_keys"],
        cwd=ROOT,
        check=False,
        stdout=subprocess.PIPE,
    )
    assert ignored.returncode == 0
    assert re.search(r"^FROM python:3\.\d+-slim", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)

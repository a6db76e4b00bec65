"""The API keeps what its OpenAPI document says: made-up requests to every operation, valid and invalid, with a token of each role.

Also: the document is complete enough to make a client from. `make proof` makes up more (PROOF_EXAMPLES).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from http import HTTPStatus
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Err
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation, BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from app.domain.people import Role
from app.settings import Settings
from tests.services.portal import RunningPortal, running_portal
from tests.services.workers import Crew

EXAMPLES = int(os.environ.get("PROOF_EXAMPLES", "80")) // 80 or 1
"""Per operation and role."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
"""All of the tool's but those that suppose that whatever fits the schema is accepted: names must exist, versions be present, keys genuine."""

SECRET = "hunter2-not-to-be-seen"
ACCOUNT = {"name": "anna", "wice_server": "main", "wice_username": "anna", "wice_password": SECRET}
SEED = {
    "/wice-servers": {"name": "main", "url": "https://127.0.0.1:9", "mandant": "m", "api_key": SECRET},
    "/exchange-servers": {
        "name": "mail",
        "url": "https://127.0.0.1:9/EWS/Exchange.asmx",
        "username": "svc",
        "password": SECRET,
    },
    "/templates": {"name": "office"},
    "/accounts": {**ACCOUNT, "email": "a@example.org", "exchange_server": "mail", "mailbox": "a@example.org"},
    "/accounts/anna/profiles": {"name": "wice"},
    "/users": {"name": "bernd", "role": "operator"},
    "/runs": {"verb": "analyse", "profile": "anna/wice"},
}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    settings = Settings(home=tmp_path_factory.mktemp("contract"))
    # Nobody carries out the runs; without a broker, asking for each would take as long as giving up on it.
    with running_portal(settings) as portal, closing(Crew(settings)) as crew:
        crew.start_broker()
        yield portal


@pytest.fixture(scope="module")
def document(portal: RunningPortal) -> dict[str, Any]:
    read: dict[str, Any] = portal.anybody().get("/api/v1/openapi.json").json()
    return read


@pytest.fixture(scope="module")
def schema(portal: RunningPortal) -> BaseSchema:
    found = schemathesis.openapi.from_url(f"{portal.address}/api/v1/openapi.json")
    found.validate()
    return found


class Known:
    """What exists. The requests remove and rename it, so it is set up again after each that was not refused."""

    def __init__(self, portal: RunningPortal) -> None:
        self._portal = portal
        self._api = portal.api()
        self._run = ""
        self.touched = True

    def set_up(self) -> None:
        if not self.touched:
            return
        self.touched = False
        for path, body in SEED.items():
            reply = self._api.post(path, json=body)
            if reply.status_code == 401:
                self._api = self._portal.api()
                reply = self._api.post(path, json=body)
            assert reply.status_code in (201, 202, 409), f"{path}: {reply.text}"
            if path == "/runs" and reply.status_code == 202:
                self._run = reply.json()["id"]

    def parameters(self, path: str) -> dict[str, str]:
        """Path parameters that lead somewhere."""
        names = {
            "wice-servers": "main",
            "exchange-servers": "mail",
            "templates": "office",
            "accounts": "anna",
            "users": "bernd",
        }
        first = path.split("/")[1]
        known = {"account": "anna", "profile": "wice", "run": self._run, "name": names.get(first, "")}
        return {name: value for name, value in known.items() if value and f"{{{name}}}" in path}


def _checks(status: int, *, exists: bool) -> list[Any]:
    left_out: list[Any] = []
    if exists:  # what was put in its place is no longer what was generated as wrong
        left_out.append(negative_data_rejection)
    if (
        status == HTTPStatus.SERVICE_UNAVAILABLE
    ):  # the servers of the seed are out of reach; whether it is documented is checked
        left_out.append(not_a_server_error)
    return [check for check in CHECKS if check not in left_out]


def keeps_its_word(operation: APIOperation[Any, Any, Any, Any], known: Known, session: requests.Session) -> list[str]:
    """What of its answers the document does not allow."""
    wrong: Counter[str] = Counter()
    fits = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    fits_not = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @settings(settings.default, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), database=None)
    @given(case=some.one_of(fits, fits, fits_not), exists=some.booleans())
    def ask(case: Any, exists: Any) -> None:
        if exists:
            case.path_parameters = {**(case.path_parameters or {}), **known.parameters(operation.path)}
            case.headers = {**dict(case.headers or {}), "If-Match": "*"}
        reply = case.call(session=session)
        known.touched |= operation.method != "get" and not 400 <= reply.status_code < 500
        if SECRET in reply.text:
            wrong[f"{operation.label} shows a secret"] += 1
        try:
            case.validate_response(reply, checks=_checks(reply.status_code, exists=exists))
        except (Failure, FailureGroup) as failure:
            wrong[f"{operation.label}: {failure}\n{getattr(failure, 'exceptions', '')}"] += 1

    ask()
    return list(wrong)


@pytest.mark.proof
@pytest.mark.timeout(0 if EXAMPLES > 10 else 300)
@pytest.mark.parametrize("role", Role)
def test_every_answer_is_as_documented(portal: RunningPortal, schema: BaseSchema, role: Role) -> None:
    known = Known(portal)
    wrong: list[str] = []
    known.set_up()
    for found in schema.get_all_operations():
        if isinstance(found, Err):
            raise found.err()
        operation = found.ok()
        with requests.Session() as session:
            session.headers["Authorization"] = portal.api(role).headers["Authorization"]
            if operation.path == "/runs/{run}/events" and operation.method == "get":
                # A stream stays open as long as there may be news; see tests/http/test_events.py.
                continue
            wrong += keeps_its_word(operation, known, session)
        known.set_up()
    assert not wrong, "\n\n".join(wrong)


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_names_of_operations_are_unique_and_each_says_what_it_does(document: dict[str, Any]) -> None:
    ids = Counter(operation["operationId"] for _, operation in operations(document))
    assert [name for name, count in ids.items() if count > 1] == []
    assert [name for name, operation in operations(document) if not operation.get("description")] == []


def test_every_parameter_is_described(document: dict[str, Any]) -> None:
    silent = [
        f"{name} {parameter['name']}"
        for name, operation in operations(document)
        for parameter in operation.get("parameters", [])
        if not parameter.get("description")
    ]
    assert not silent


def test_every_schema_and_every_field_is_described_with_an_example(document: dict[str, Any]) -> None:
    silent = []
    for name, schema in document["components"]["schemas"].items():
        if not schema.get("description"):
            silent.append(name)
        for field, about in schema.get("properties", {}).items():
            # A field that is a schema of its own has its examples there.
            shown = about.get("examples") or schema.get("examples") or "$ref" in str(about)
            if not (about.get("description") and shown):
                silent.append(f"{name}.{field}")
    assert not silent


def test_names_of_schemas_are_fit_for_a_client(document: dict[str, Any]) -> None:
    assert [name for name in document["components"]["schemas"] if "__" in name or name.endswith("_")] == []


def test_the_document_needs_no_sign_in(portal: RunningPortal) -> None:
    assert httpx.get(f"{portal.address}/api/v1/openapi.json").status_code == 200

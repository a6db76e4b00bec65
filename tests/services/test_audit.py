"""The audit log as CSV and JSON lines."""

import csv
import json
from datetime import UTC, datetime

from app.domain.people import AuditEntry, Via
from app.services.audit import COLUMNS, csv_rows, json_lines

ENTRY = AuditEntry(
    at=datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
    actor='Ada "the first", Müller',
    via=Via.API,
    action="changed",
    entity_kind="account",
    entity="=1+1",
    before={"email": "a"},
    after={"email": "ü"},
    address="192.0.2.1",
    request="r1",
    seq=7,
)


def test_csv_has_a_heading_and_survives_quotes_and_line_ends():
    rows = list(csv.reader("".join(csv_rows([ENTRY, ENTRY])).splitlines()))
    assert rows[0] == list(COLUMNS)
    assert len(rows) == 3
    assert rows[1][:5] == ["7", "2026-03-02T08:00:00+00:00", 'Ada "the first", Müller', "api", "changed"]
    assert json.loads(rows[1][8]) == {"email": "ü"}


def test_a_spreadsheet_finds_no_formulas():
    assert "'=1+1" in next(iter(list(csv_rows([ENTRY]))[1:]))


def test_json_lines_are_one_object_each():
    [line] = json_lines([ENTRY])
    assert line.endswith("\n")
    assert json.loads(line)["after"] == {"email": "ü"}
    assert list(json.loads(line)) == list(COLUMNS)

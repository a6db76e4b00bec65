"""Requests and replies are checked against the schema that EWS_SCHEMA_DIR names. A small schema of our own stands in for Microsoft's here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.exchange.conftest import Exchange, exchange_with, impersonating

SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"
    targetNamespace="http://schemas.microsoft.com/exchange/services/2006/messages">
  <xs:element name="GetFolder"><xs:complexType><xs:sequence>
    <xs:any processContents="skip" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element>
  <xs:element name="FindFolder"><xs:complexType><xs:sequence>
    <xs:any processContents="skip" maxOccurs="unbounded"/></xs:sequence><xs:attribute name="Traversal"/></xs:complexType></xs:element>
  <xs:element name="GetFolderResponse"><xs:complexType><xs:sequence>
    <xs:any processContents="skip"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>"""
SHAPE = "<m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
CONTACTS = '<t:DistinguishedFolderId Id="contacts"/>'


@pytest.fixture
def strict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Exchange]:
    (tmp_path / "messages.xsd").write_text(SCHEMA)
    monkeypatch.setenv("EWS_SCHEMA_DIR", str(tmp_path))
    with exchange_with() as server:
        yield server


def test_a_valid_request_passes(strict: Exchange) -> None:
    request = f"<m:GetFolder>{SHAPE}<m:FolderIds>{CONTACTS}</m:FolderIds></m:GetFolder>"
    assert strict.soap(request, impersonating("anna@example.com")).status_code == 200
    assert strict.counters["rejected_by_schema"] == 0


def test_an_invalid_request_is_refused_and_counted(strict: Exchange) -> None:
    answer = strict.soap("<m:GetFolder/>", impersonating("anna@example.com"))
    assert (answer.status_code, "a:ErrorSchemaValidation" in answer.text) == (500, True)
    assert strict.counters["rejected_by_schema"] == 1


def test_an_invalid_reply_is_loud(strict: Exchange) -> None:
    request = f'<m:FindFolder Traversal="Deep">{SHAPE}<m:ParentFolderIds>{CONTACTS}</m:ParentFolderIds></m:FindFolder>'
    answer = strict.soap(request, impersonating("anna@example.com"))
    assert (answer.status_code, "ErrorResponseSchemaValidation" in answer.text) == (500, True)
    assert strict.counters["invalid_replies"] == 1


def test_without_a_schema_everything_works_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EWS_SCHEMA_DIR", raising=False)
    with exchange_with() as exchange:
        assert exchange.account().contacts.name == "Kontakte"
        assert exchange.soap("<m:GetFolder/>", impersonating("anna@example.com")).status_code == 200

"""Windows zones, their rules, and ids nobody knows."""

import pytest
from lxml import etree

from sandbox.exchange import timezones
from sandbox.exchange.errors import EwsError
from sandbox.exchange.fragments import local
from sandbox.exchange.xmlnames import TYPES


def test_berlin_has_its_windows_name() -> None:
    assert timezones.windows_name("Europe/Berlin") == "W. Europe Standard Time"
    assert timezones.zone("W. Europe Standard Time").key == "Europe/Berlin"


def test_an_unknown_id_is_refused() -> None:
    with pytest.raises(EwsError, match="ErrorTimeZone"):
        timezones.zone("Europe/Berlin")


def test_each_definition_is_well_formed_and_consistent() -> None:
    for name in timezones.names():
        assert_consistent(name)


def assert_consistent(name: str) -> None:
    definition = etree.fromstring(f'<x xmlns:t="{TYPES}">{timezones.definition("StartTimeZone", name)}</x>')[0]
    periods = {node.get("Id") for node in definition.iter() if local(node) == "Period"}
    targets = {node.text for node in definition.iter() if local(node) == "To" and node.get("Kind") == "Period"}
    assert definition.get("Id") == name
    assert targets <= periods


def test_a_foreign_zone_comes_back_without_rules() -> None:
    assert timezones.definition("StartTimeZone", "tzone://Microsoft/Custom").endswith("/>")

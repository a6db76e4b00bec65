"""ResolveNames, ConvertId, GetServerTimeZones through exchangelib."""

from exchangelib import Account
from exchangelib.errors import ErrorInvalidIdMalformed
from exchangelib.properties import AlternateId

from tests.sandbox.exchange.conftest import BERLIN, Exchange, impersonating


def test_names_are_resolved(anna: Account) -> None:
    (found,) = anna.protocol.resolve_names(["Albrecht"])
    assert found.email_address == "anna@example.com"
    assert len(anna.protocol.resolve_names(["example.com"])) == 3
    assert [str(one) for one in anna.protocol.resolve_names(["Niemand"])] != []


def test_known_ids_are_converted_and_others_refused(anna: Account) -> None:
    given = AlternateId(id=anna.contacts.id, format="EwsId", mailbox="anna@example.com")
    (converted,) = anna.protocol.convert_ids([given], destination_format="OwaId")
    assert (converted.format, converted.mailbox) == ("OwaId", "anna@example.com")
    malformed = AlternateId(id="x", format="EwsId", mailbox="anna@example.com")
    (refused,) = anna.protocol.convert_ids([malformed], destination_format="OwaId")
    assert isinstance(refused, ErrorInvalidIdMalformed)


def test_time_zones_come_with_their_rules(anna: Account) -> None:
    (berlin,) = anna.protocol.get_timezones([BERLIN], return_full_timezone_data=True)
    assert sorted(period.bias_in_minutes for period in berlin.periods) == [-120, -60]
    (transition, _) = berlin.transitions_groups[0].transitions
    assert (transition.month, transition.occurrence) == (3, 5)  # exchangelib's spelling of "last"


def test_all_time_zones_are_listed_by_name(exchange: Exchange) -> None:
    answer = exchange.soap('<m:GetServerTimeZones ReturnFullTimeZoneData="false"/>', impersonating("anna@example.com"))
    assert answer.text.count("<t:TimeZoneDefinition ") > 100

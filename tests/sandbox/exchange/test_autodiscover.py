"""Autodiscover tells the EWS address, by SOAP and by POX."""

from exchangelib.autodiscover.protocol import AutodiscoverProtocol
from exchangelib.configuration import Configuration
from exchangelib.credentials import Credentials

from sandbox.people import SERVICE
from tests.sandbox.exchange.conftest import Exchange

LOGIN = (SERVICE.username, SERVICE.password)
POX = (
    '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"><Request>'
    "<EMailAddress>{}</EMailAddress></Request></Autodiscover>"
)


def protocol(exchange: Exchange) -> AutodiscoverProtocol:
    url = f"{exchange.url}/autodiscover/autodiscover.svc"
    return AutodiscoverProtocol(Configuration(service_endpoint=url, credentials=Credentials(*LOGIN), auth_type="basic"))


def test_exchangelib_learns_the_address(exchange: Exchange) -> None:
    settings = protocol(exchange).get_user_settings(
        "anna@example.com", settings=["external_ews_url", "user_display_name"]
    )
    assert settings.ews_url == exchange.ews
    assert settings.user_settings["user_display_name"] == "Anna Albrecht"


def test_exchangelib_learns_that_a_user_is_unknown(exchange: Exchange) -> None:
    assert (
        protocol(exchange).get_user_settings("nobody@example.com", settings=["external_ews_url"]).error_code
        == "InvalidUser"
    )


def test_pox(exchange: Exchange) -> None:
    url = f"{exchange.url}/autodiscover/autodiscover.xml"
    assert (
        f"<EwsUrl>{exchange.ews}</EwsUrl>"
        in exchange.http.post(url, content=POX.format("anna@example.com"), auth=LOGIN).text
    )
    assert "<ErrorCode>500" in exchange.http.post(url, content=POX.format("nobody@example.com"), auth=LOGIN).text
    assert exchange.http.post(url, content=POX, auth=("anna", "falsch")).status_code == 401
    assert exchange.http.post(url, content="no xml", auth=LOGIN).status_code == 400

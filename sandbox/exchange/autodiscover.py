"""Autodiscover, SOAP (GetUserSettings) and POX: both tell where EWS is (MS-OXWSADISC, MS-OXDSCLI)."""

from lxml import etree

from sandbox.exchange.fragments import escape, local, text_of
from sandbox.exchange.world import World
from sandbox.exchange.xmlnames import SOAP

_NAMESPACE = "http://schemas.microsoft.com/exchange/2010/Autodiscover"
_POX = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
_OUTLOOK = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


def _asked(raw: bytes, name: str) -> list[str]:
    root = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True))
    return [text_of(node).strip() for node in root.iter() if local(node) == name]


def user_settings(raw: bytes, world: World, ews_url: str) -> bytes:
    """The answer to GetUserSettings for each mailbox asked for. Raises: lxml.etree.XMLSyntaxError."""
    wanted = _asked(raw, "Setting")
    users = "".join(_user(address, wanted, world, ews_url) for address in _asked(raw, "Mailbox"))
    version = "".join(
        f"<a:{name}>{number}</a:{name}>"
        for name, number in (
            ("MajorVersion", 15),
            ("MinorVersion", 1),
            ("MajorBuildNumber", 2507),
            ("MinorBuildNumber", 39),
        )
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP}" xmlns:a="{_NAMESPACE}"><s:Header><a:ServerVersionInfo>{version}'
        "<a:Version>Exchange2016</a:Version></a:ServerVersionInfo></s:Header><s:Body>"
        f'<a:GetUserSettingsResponseMessage xmlns:i="{_XSI}"><a:Response><a:ErrorCode>NoError</a:ErrorCode><a:ErrorMessage/>'
        f"<a:UserResponses>{users}</a:UserResponses></a:Response></a:GetUserSettingsResponseMessage></s:Body></s:Envelope>"
    ).encode()


def _user(address: str, wanted: list[str], world: World, ews_url: str) -> str:
    mailbox = world.mailboxes.get(address.casefold())
    if mailbox is None:
        return (
            "<a:UserResponse><a:ErrorCode>InvalidUser</a:ErrorCode><a:ErrorMessage>The e-mail address is not known here.</a:ErrorMessage>"
            '<a:RedirectTarget i:nil="true"/><a:UserSettingErrors/><a:UserSettings/></a:UserResponse>'
        )
    known = {
        "ExternalEwsUrl": ews_url,
        "InternalEwsUrl": ews_url,
        "UserDisplayName": mailbox.owner,
        "AutoDiscoverSMTPAddress": mailbox.address,
    }
    settings = "".join(
        f'<a:UserSetting i:type="a:StringSetting"><a:Name>{name}</a:Name><a:Value>{escape(known[name])}</a:Value></a:UserSetting>'
        for name in wanted
        if name in known
    )
    return (
        "<a:UserResponse><a:ErrorCode>NoError</a:ErrorCode><a:ErrorMessage>No error.</a:ErrorMessage>"
        f'<a:RedirectTarget i:nil="true"/><a:UserSettingErrors/><a:UserSettings>{settings}</a:UserSettings></a:UserResponse>'
    )


def pox(raw: bytes, world: World, ews_url: str) -> bytes:
    """The plain XML answer. Raises: lxml.etree.XMLSyntaxError."""
    address = next(iter(_asked(raw, "EMailAddress")), "")
    mailbox = world.mailboxes.get(address.casefold())
    head = f'<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="{_POX}">'
    if mailbox is None:
        error = "<ErrorCode>500</ErrorCode><Message>The e-mail address cannot be found.</Message>"
        return f'{head}<Response><Error Time="00:00:00" Id="0">{error}</Error></Response></Autodiscover>'.encode()
    protocols = "".join(
        f"<Protocol><Type>{kind}</Type><EwsUrl>{escape(ews_url)}</EwsUrl></Protocol>" for kind in ("EXCH", "EXPR")
    )
    return (
        f'{head}<Response xmlns="{_OUTLOOK}"><User><DisplayName>{escape(mailbox.owner)}</DisplayName>'
        f"<AutoDiscoverSMTPAddress>{escape(mailbox.address)}</AutoDiscoverSMTPAddress></User>"
        f"<Account><AccountType>email</AccountType><Action>settings</Action>{protocols}</Account></Response></Autodiscover>"
    ).encode()

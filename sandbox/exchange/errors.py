"""The two ways EWS says no: an error for one item of a batch, a SOAP fault for the whole request (ResponseCodeType in messages.xsd)."""

from dataclasses import dataclass


class EwsError(Exception):
    """One item failed. `code` is a ResponseCode of the schema; `text` is meant for a person."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


class SoapFault(EwsError):
    """The whole request failed; `values` go into MessageXml, for example BackOffMilliseconds of ErrorServerBusy."""

    def __init__(self, code: str, text: str, values: dict[str, str] | None = None) -> None:
        super().__init__(code, text)
        self.values = values or {}


@dataclass(frozen=True)
class NotAuthorised(Exception):
    """HTTP 401. `challenge` is the NTLM token to go on with, where a handshake is under way."""

    challenge: str | None = None

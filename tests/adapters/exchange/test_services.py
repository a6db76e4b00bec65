"""exchangelib is pinned because private hooks of it are overridden or relied on; when one changes, this fails first."""

import inspect
from collections.abc import Callable
from typing import NoReturn

import exchangelib
import pytest
import requests
from exchangelib import util
from exchangelib.protocol import BaseProtocol, FailFast
from exchangelib.services.common import EWSAccountService, EWSService

from app.adapters.exchange.services import API_VERSION, OPERATIONS, Operation
from app.adapters.exchange.transport import Connection, FailAtOnce
from tests.adapters.exchange.canned import soap


def test_the_version_is_the_one_that_was_read() -> None:
    assert exchangelib.__version__ == "5.6.0"


@pytest.mark.parametrize(
    ("hook", "parameters"),
    [
        (EWSService.__init__, ["self", "protocol", "chunk_size", "timeout"]),
        (EWSAccountService.__init__, ["self", "args", "kwargs"]),
        (EWSService.wrap, ["self", "content", "api_version"]),
        (EWSService._api_versions_to_try, ["self"]),
        (EWSService._get_response_xml, ["self", "payload"]),
        (EWSService._get_response, ["self", "payload", "api_version"]),
        (EWSService._get_soap_parts, ["response"]),
        (EWSService._get_soap_messages, ["self", "body"]),
        (EWSService._response_tag, []),
        (EWSService._response_message_tag, []),
        (BaseProtocol.__init__, ["self", "config"]),
        (BaseProtocol.create_session, ["self"]),
        (BaseProtocol.get_session, ["self"]),
        (BaseProtocol.close, ["self"]),
        (FailFast.raise_response_errors, ["self", "response"]),
        (util.post_ratelimited, ["protocol", "session", "url", "headers", "data", "stream", "timeout"]),
    ],
)
def test_a_hook_has_the_shape_that_we_rely_on(hook: Callable[..., object], parameters: list[str]) -> None:
    assert list(inspect.signature(hook).parameters) == parameters


@pytest.mark.parametrize(
    ("caller", "calls"),
    [
        (
            EWSService._get_response_xml,
            ["_api_versions_to_try", "_get_response(", "_get_soap_parts(", "_get_soap_messages("],
        ),
        (EWSService._get_response, ["self.wrap(", "post_ratelimited(", "self.timeout or", "release_session("]),
        (util.post_ratelimited, ["retry_policy.raise_response_errors(", "session.post(", "allow_redirects=False"]),
        (BaseProtocol.get_session, ["increase_poolsize("]),
        (BaseProtocol.increase_poolsize, ["create_session("]),
    ],
)
def test_the_library_still_calls_what_we_override(caller: Callable[..., object], calls: list[str]) -> None:
    source = inspect.getsource(caller)
    assert [call for call in calls if call not in source] == []


def test_nothing_is_sent_twice_for_another_schema_version() -> None:
    """The library tries six versions in turn, which is six creations when a server refuses oddly."""
    assert Operation._api_versions_to_try(Operation.__new__(Operation)) == (API_VERSION,)


def test_the_library_s_own_classes_are_left_as_they_are() -> None:
    assert EWSService.ERRORS_TO_CATCH_IN_RESPONSE is not None
    assert BaseProtocol.TIMEOUT == 120
    assert "exchangelib" in str(BaseProtocol.USERAGENT)
    assert BaseProtocol.HTTP_ADAPTER_CLS.__name__ == "HTTPAdapter"
    assert all(issubclass(operation, EWSAccountService) for operation in OPERATIONS.values())
    assert issubclass(FailAtOnce, FailFast)
    assert not isinstance(Connection, exchangelib.protocol.CachingProtocol)


def test_reading_is_not_byte_by_byte() -> None:
    """2 MB take exchangelib's default 2 million calls; the iterator over bytes must not be used at all."""

    class Whole(requests.Response):
        def iter_content(self, *args: object, **kwargs: object) -> NoReturn:
            raise AssertionError("read byte by byte")

    response = Whole()
    response._content = soap("<m:GetItemResponse/>")
    header, body = OPERATIONS["GetItem"]._get_soap_parts(response)
    assert header is None
    assert len(body) == 1

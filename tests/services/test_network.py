"""No test leaves this machine."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.services.network import NetworkForbiddenError

ELSEWHERE = "192.0.2.1"  # RFC 5737: documentation only


@pytest.mark.parametrize("host", ["example.com", b"example.com", "mail.localhost.example", ELSEWHERE])
def test_names_and_addresses_elsewhere_are_not_even_looked_up(host):
    with pytest.raises(NetworkForbiddenError, match="loopback only"):
        socket.getaddrinfo(host, 443)


def test_a_connection_elsewhere_is_refused():
    with socket.socket() as connection, pytest.raises(NetworkForbiddenError):
        connection.connect((ELSEWHERE, 80))
    with socket.socket() as connection, pytest.raises(NetworkForbiddenError):
        connection.connect_ex((ELSEWHERE, 80))


def test_a_datagram_elsewhere_is_refused():
    with socket.socket(type=socket.SOCK_DGRAM) as sender, pytest.raises(NetworkForbiddenError):
        sender.sendto(b"", (ELSEWHERE, 53))


def test_no_library_takes_the_refusal_for_a_server_out_of_reach():
    with pytest.raises(NetworkForbiddenError):
        httpx.get(f"https://{ELSEWHERE}/")


def test_asyncio_is_no_way_out():
    # In a thread: in this one, the browser of other tests may have an event loop running.
    with ThreadPoolExecutor() as thread, pytest.raises(NetworkForbiddenError):
        thread.submit(lambda: asyncio.run(asyncio.open_connection(ELSEWHERE, 80))).result()


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_loopback_is_open(family, address):
    with socket.create_server((address, 0), family=family) as server:
        port = server.getsockname()[1]
        with socket.create_connection((address, port)) as connection:
            assert connection.getpeername()[:2] == (address, port)


def test_a_unix_socket_is_open(tmp_path):
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(path)
        server.listen()
        client.connect(path)
        assert client.getpeername() == path

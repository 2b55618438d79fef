"""The bad network does what it says, so that a storm is one."""

import http.client
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from threading import Thread
from typing import ClassVar

import pytest

from tests.chaos.client import post
from tests.chaos.proxy import Fate, Proxy


class Echo(BaseHTTPRequestHandler):
    taken: ClassVar[Counter[int]] = Counter()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.taken[self.server.server_port] += 1
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def replicas() -> Iterator[list[int]]:
    """The ports of two replicas."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Echo) for _ in range(2)]
    for server in servers:
        server.handle_error = lambda *_: None
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield [server.server_port for server in servers]
    for server in servers:
        server.shutdown()
        server.server_close()


BODY = b'{"text":"' + b"a" * 3000 + b'"}'


def test_in_a_calm_every_replica_has_its_turn_and_nothing_is_lost(replicas):
    with Proxy(replicas, Random(1)) as proxy:
        answers = [post(proxy.port, "/", BODY) for _ in range(10)]

    assert [status for status, _ in answers if answers] == [200] * 10
    assert [Echo.taken[port] for port in replicas] == [5, 5]
    assert proxy.fates == {Fate.PASSED: 10}


@pytest.mark.parametrize("fate", [Fate.REQUEST_CUT, Fate.ANSWER_CUT])
def test_what_is_cut_gives_no_answer(replicas, fate, monkeypatch):
    with Proxy(replicas, Random(1), wild=True) as proxy:
        monkeypatch.setattr(proxy, "_draw", lambda: fate)
        answers = [post(proxy.port, "/", BODY) for _ in range(5)]

    assert answers == [None] * 5


def test_what_is_swallowed_is_never_answered(replicas, monkeypatch):
    with Proxy(replicas, Random(1), wild=True) as proxy:
        monkeypatch.setattr(proxy, "_draw", lambda: Fate.SWALLOWED)
        connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=0.5)
        connection.request("POST", "/", BODY)
        with pytest.raises(TimeoutError):
            connection.getresponse()
        connection.close()

    assert proxy.fates == {Fate.SWALLOWED: 1}

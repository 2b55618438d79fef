"""Where a service listens: loopback, unless the operator says that its network is private."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from services.runtime.server import CannotListen, require_loopback, require_private
from tests.integration.service import wait_for
from tests.machine import free_port

SERVICES = ("ingest", "benchmark", "alerts", "gateway")
OPEN = ("0.0.0.0", "192.0.2.7", "10.1.2.3", "tartan.example.org", "::", "")
CLOSED = ("127.0.0.1", "127.8.8.8", "::1", "localhost")


def run(*call: str, **settings: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "services.embedded.command", *call],
        env={**os.environ, "TARTAN_KAFKA_SERVERS": "127.0.0.1:1", **settings},
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )


@pytest.mark.parametrize("host", OPEN)
def test_an_address_that_others_can_reach_needs_the_operators_word(host):
    with pytest.raises(CannotListen, match="TARTAN_PRIVATE_NETWORK=yes"):
        require_private(host, stated=False)

    require_private(host, stated=True)


@pytest.mark.parametrize("host", CLOSED)
def test_loopback_needs_no_word(host):
    require_private(host, stated=False)
    require_loopback(host)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_refuses_in_words_that_name_the_setting(name):
    refused = run(name, "--host", "0.0.0.0")

    _, words = refused.communicate(timeout=60)

    assert refused.returncode == 2
    assert "0.0.0.0 can be reached from other machines" in words
    assert "TARTAN_PRIVATE_NETWORK=yes" in words


def test_the_embedded_product_listens_on_loopback_whatever_is_said(tmp_path):
    call = ("serve", "--host", "0.0.0.0", "--data", str(tmp_path))
    refused = run(*call, TARTAN_PRIVATE_NETWORK="yes")

    _, words = refused.communicate(timeout=60)

    assert refused.returncode == 2
    assert "Use 127.0.0.1." in words
    assert "TARTAN_PRIVATE_NETWORK" not in words


@pytest.fixture(params=["ingest", "alerts", "gateway"])
def open_service(request, tmp_path) -> Iterator[int]:
    """The port of a service that listens on every address, by the operator's word."""
    port = free_port()
    call = (request.param, "--host", "0.0.0.0", "--port", str(port))
    process = run(*call, TARTAN_PRIVATE_NETWORK="yes", TARTAN_DATA=str(tmp_path))
    yield port
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_a_service_listens_everywhere_by_the_operators_word_and_waits_there_for_kafka(open_service):
    def answer(path: str) -> tuple[int, dict]:
        try:
            with urlopen(f"http://127.0.0.2:{open_service}{path}", timeout=10) as said:
                return said.status, json.load(said)
        except HTTPError as refusal:
            return refusal.code, json.load(refusal)
        except OSError:
            return 0, {}

    wait_for(lambda: answer("/live")[0] == 200)
    wait_for(lambda: "127.0.0.1:1" in answer("/ready")[1]["kafka"]["detail"])
    assert answer("/ready")[0] == 503
    assert answer("/live")[0] == 200

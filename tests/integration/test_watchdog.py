"""A consumer that gets nothing more ends its process, so that a supervisor starts another."""

import subprocess
import sys

import pytest

from services.runtime.watchdog import STOPPED
from tests.integration.service import environment
from tests.machine import free_port

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
STUCK = """
import sys

from services.embedded.command import main
from services.runtime import watchdog
from services.runtime.kafka import lease

watchdog._PAUSE_SECONDS, watchdog._MOST_LOOKS = 0.2, 10
make = lease.make_candidate


class Stuck:
    def __init__(self, consumer):
        self._consumer = consumer

    def __getattr__(self, name):
        return getattr(self._consumer, name)

    def poll(self, **_):
        return {}


lease.make_candidate = lambda *args, **options: Stuck(make(*args, **options))
sys.exit(main(sys.argv[1:]))
"""
"""The service as it is, but that its consumer is never given anything."""


@pytest.mark.parametrize("service", ["alerts", "gateway"])
def test_a_service_that_never_gets_into_its_group_ends_itself_and_says_why(
    service, kafka_settings, redis_settings, tmp_path
):
    done = subprocess.run(
        [sys.executable, "-c", STUCK, service, "--port", str(free_port())],
        env={
            **environment(kafka_settings),
            "TARTAN_DATA": str(tmp_path),
            "TARTAN_REDIS_URL": redis_settings.url,
            "TARTAN_REDIS_PREFIX": redis_settings.prefix,
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == STOPPED, done.stderr
    assert "lease stands still although Kafka answers" in done.stderr

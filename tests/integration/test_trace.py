"""The trace of a request stands on everything that follows from it, through either shell."""

import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from schemas.codec import decode
from schemas.published import shipped_figures
from schemas.reference import DEMONSTRATION, load_library
from schemas.topics import Topic
from services.embedded import wiring
from services.embedded.app import create_app
from services.ingest.desk import Desk
from services.runtime.clock import now
from services.runtime.kafka.log import KafkaLog
from services.runtime.log import Log
from services.runtime.memory_log import MemoryLog
from services.runtime.settings import Settings
from tests.faults.history import CODES, COLLECTION, FIRST, write_return
from tests.faults.receiver import Receiver, listening
from tests.integration.service import Service, wait_for

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
FIGURES = tuple(
    each for each in shipped_figures() if each.indicator in {"population:0-17", "FD04", "LA01"}
)
TRACE, ANSWERED = (f"00-{digit * 32}-00000000000000aa-01" for digit in "ab")
HEADERS = {"content-type": "application/json"}
OPEN = f"/v1/periods/{COLLECTION}/{FIRST}/open?due=2027-06-30"
FOLLOWS = {
    "return.accepted.v1",
    "standings.updated.v1",
    "signature.raised.v1",
    "notice.planned.v1",
    "notice.started.v1",
    "notice.sent.v1",
}
FOLLOWS_AN_ANSWER = {"text.set.v1", "answer.given.v1", "notice.planned.v1", "notice.sent.v1"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as receiver:
        yield receiver


def told(log: Log, trace: str) -> set[str]:
    """Return the types of the events that bear a trace."""
    events = [decode(s.record) for topic in Topic for s in log.read(topic, limit=5000)]
    return {event.type for event in events if event.traceparent == trace}


def test_the_trace_of_a_post_reaches_mail_and_webhook_in_one_process(receiver, tmp_path):
    log = MemoryLog()
    product = wiring.assemble(
        log,
        directory=tmp_path,
        nation=DEMONSTRATION,
        library=load_library(),
        settings=Settings(
            audiences=receiver.audiences(tmp_path / "audiences.toml", codes=CODES),
            smtp_url=SecretStr(receiver.smtp_url),
        ),
        now=now,
    )
    product.prepare(FIGURES)
    log.listen(product.wake)
    with TestClient(create_app(product)) as client:
        client.post(OPEN)
        body = write_return("D01", FIRST, families=430)
        taken = client.post("/v1/returns", content=body, headers={**HEADERS, "traceparent": TRACE})
        assert taken.status_code == 202, taken.text
        wait_for(lambda: bool(receiver.hooks and receiver.mails))
        wait_for(lambda: told(log, TRACE) >= FOLLOWS)

        alert = receiver.hooks[0][1]["data"]["alert"]
        wait_for(lambda: client.get(f"/alerts/{alert}").status_code == 200)
        client.post(
            f"/alerts/{alert}",
            data={"kind": "answer", "text": "We counted twice."},
            headers={"sec-fetch-site": "same-origin", "traceparent": ANSWERED},
        )
        wait_for(lambda: told(log, ANSWERED) >= FOLLOWS_AN_ANSWER)
        wait_for(lambda: ANSWERED in receiver.traces.values())

    assert set(receiver.traces.values()) == {TRACE, ANSWERED}
    assert {mail["Traceparent"] for mail in receiver.mails} == {TRACE}


def test_the_trace_of_a_post_reaches_the_webhook_through_every_process(
    kafka_settings, redis_settings, receiver, tmp_path
):
    log = KafkaLog.of(DEMONSTRATION, kafka_settings)
    started: list[Service] = []

    def start(name: str, **more: str) -> Service:
        variables = {
            "TARTAN_NATION": DEMONSTRATION,
            "TARTAN_AUDIENCES": str(audiences),
            "TARTAN_REDIS_URL": redis_settings.url,
            "TARTAN_REDIS_PREFIX": redis_settings.prefix,
            **more,
        }
        started.append(Service(name, kafka_settings, tmp_path / name, more=variables))
        return started[-1]

    audiences: Path = receiver.audiences(tmp_path / "audiences.toml", codes=CODES)
    Desk(log, library=load_library(), nation=DEMONSTRATION, now=now).stock(FIGURES)
    try:
        door, office, _ = start("ingest"), start("alerts"), start("benchmark")
        alerts_url = f"http://127.0.0.1:{office.port}"
        gateway = start("gateway", TARTAN_ALERTS_URL=alerts_url)
        for service in started:
            service.wait_until_ready()
        door.send(OPEN, b"{}")
        body = write_return("D01", FIRST, families=430)
        door.send("/v1/returns", body, headers={"traceparent": TRACE})
        wait_for(lambda: bool(receiver.hooks) and told(log, TRACE) >= FOLLOWS)

        alert = receiver.hooks[0][1]["data"]["alert"]
        wait_for(lambda: alert in gateway.get("/alerts"))
        fill_in(gateway, alert)
        wait_for(lambda: told(log, ANSWERED) >= FOLLOWS_AN_ANSWER)
        wait_for(lambda: ANSWERED in receiver.traces.values())
    finally:
        for service in started:
            service.end(signal.SIGKILL)
        log.close()

    assert set(receiver.traces.values()) == {TRACE, ANSWERED}


def fill_in(gateway: Service, alert: str) -> None:
    """Send the form under an alert as a browser does."""
    page = f"http://127.0.0.1:{gateway.port}/alerts/{alert}"
    form = Request(page, data=b"kind=answer&text=We+counted+twice.")
    form.add_header("Sec-Fetch-Site", "same-origin")
    form.add_header("traceparent", ANSWERED)
    with urlopen(form, timeout=30) as answer:
        answer.read()

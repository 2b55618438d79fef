"""The sandbox: a sender can try everything in it, and nothing of it counts anywhere."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from schemas.events import Observation, ReturnAccepted, ReturnWithdrawn
from schemas.receipt import SANDBOX
from schemas.reference import DEMONSTRATION, load_library
from schemas.topics import Topic
from services.benchmark.core.step import CORE
from services.embedded import wiring
from services.embedded.app import create_app
from services.gateway.feed import is_told
from services.gateway.sample.history import make_event
from services.runtime.memory_log import MemoryLog
from services.runtime.settings import Settings
from tests.contract.way import COLLECTION, PERIOD, as_json

FIRST, SECOND = "2000-01-Q1", "2000-01-Q2"
JSON = {"content-type": "application/json"}
HTML = {"accept": "text/html"}
PAGES = ("/v1/rug", "/v1/collections", "/v1/alerts", "/v1/notices", "/v1/returns")


@dataclass
class Shop:
    """The embedded product over a log in memory, turned by hand."""

    product: wiring.Product
    client: TestClient

    def send(self, period: str, **changes: float):
        body = as_json(**changes).replace(PERIOD, period)
        answer = self.client.post("/v1/returns", content=body, headers=JSON)
        self.product.settle()
        return answer

    def derived(self) -> dict[Topic, int]:
        """Return how much benchmark and alerts have said."""
        return {t: len(self.product.log.read(t)) for t in (Topic.STANDINGS, Topic.ALERTS)}

    def shown(self) -> dict[str, str]:
        """Return what readers see of figures, without the moment that it is of."""
        found = {}
        for path in PAGES:
            said = self.client.get(path).json()
            found[path] = json.dumps({k: v for k, v in said.items() if k != "as_at"})
        return found


@pytest.fixture
def shop(tmp_path) -> Shop:
    product = wiring.assemble(
        MemoryLog(),
        directory=tmp_path,
        nation=DEMONSTRATION,
        library=load_library(),
        settings=Settings(),
        now=lambda: datetime(2026, 10, 20, 9, tzinfo=UTC),
    )
    product.prepare(())
    shop = Shop(product, TestClient(create_app(product), follow_redirects=False))
    assert shop.client.post(f"/v1/periods/{COLLECTION}/{PERIOD}/open").status_code == 200
    assert shop.send(PERIOD).status_code == 202
    return shop


def test_a_sender_can_try_everything_and_nothing_of_it_counts(shop):
    said, shown = shop.derived(), shop.shown()

    first = shop.send(FIRST)
    corrected = shop.send(FIRST, FD01=5200)
    later = shop.send(SECOND, FD01=400)
    assert [answer.status_code for answer in (first, corrected, later)] == [202, 202, 202]
    assert (corrected.json()["version"], corrected.json()["changed"]) == (2, 1)
    assert later.json()["counts"]["query"]
    place = f"/v1/returns/{later.json()['return_id']}"
    explained = shop.client.post(
        f"{place}/explanations",
        json={"explanations": [{"indicator": "FD01", "text": "To see what happens."}]},
    )
    withdrawn = shop.client.post(f"{place}/withdrawal", json={"reason": "To see what happens."})
    assert (explained.status_code, withdrawn.status_code) == (202, 202)
    shop.product.settle()

    assert shop.derived() == said
    assert shop.shown() == shown
    assert shop.client.get(f"/v1/returns?period={FIRST}").json()["items"][0]["version"] == 2
    assert shop.client.get(f"/v1/collections/{COLLECTION}/{FIRST}").status_code == 404


def test_its_receipt_and_its_pages_say_loudly_that_it_counts_for_nothing(shop, faults_of_html):
    receipt = shop.send(FIRST).json()
    place = f"/returns/{receipt['return_id']}"

    assert (receipt["outcome"], receipt["late"], receipt["due"]) == ("sandbox", False, None)
    assert "counts for nothing" in receipt["next_step"]
    text = shop.client.get(f"/v1{place}/receipt", headers={"accept": "text/plain"}).text
    assert text.startswith(f"{SANDBOX}\n")
    paths = (place, f"{place}/receipt", f"/receipts/{receipt['return_id']}")
    pages = {path: shop.client.get(path, headers=HTML).text for path in paths}
    for page in pages.values():
        assert "Sandbox: nothing of this counts." in page
        assert "It counts." not in page
    assert "Sandbox quarter 1" in pages[place]
    assert faults_of_html(pages) == []


def test_a_return_that_counts_has_the_receipt_that_it_always_had(shop):
    (known,) = shop.product.desk.versions()
    receipt = shop.client.get(f"/v1/returns/{known.return_id}/receipt").json()

    assert receipt["outcome"] == "accepted"
    assert (
        SANDBOX
        not in shop.client.get(
            f"/v1/returns/{known.return_id}/receipt", headers={"accept": "text/plain"}
        ).text
    )


@pytest.mark.parametrize("what", ["open", "close"])
def test_it_is_neither_opened_nor_closed(shop, what):
    answer = shop.client.post(f"/v1/periods/{COLLECTION}/{FIRST}/{what}")

    assert answer.status_code == 409
    assert "sandbox" in answer.json()["detail"]


def test_it_has_a_template_and_a_form(shop):
    assert shop.client.get(f"/v1/templates/D01/{FIRST}.csv").status_code == 200
    page = shop.client.get(f"/returns/new/D01/{COLLECTION}/{FIRST}", headers=HTML).text

    assert "Sandbox: nothing of this counts." in page
    assert "not being taken yet" not in page


def test_benchmark_is_as_if_nothing_of_it_had_come():
    sent = ReturnAccepted(
        return_id="try-1", authority="D01", collection=COLLECTION, period=FIRST, sha256="00",
        size=1, media_type="text/csv", channel="api", rules="1",
        observations=(Observation(indicator="FD01", numerator=5),),
    )  # fmt: skip
    gone = ReturnWithdrawn(
        return_id="try-1", authority="D01", collection=COLLECTION, period=FIRST, reason=None
    )
    state = CORE.empty(DEMONSTRATION)
    for payload in (sent, gone):
        assert CORE.step(state, make_event(payload, time="2026-10-20T09:00:00Z")) == []
        CORE.take(state, make_event(payload, time="2026-10-20T09:00:00Z"))

    assert state == CORE.empty(DEMONSTRATION)


def test_open_pages_do_not_hear_of_it():
    sent = ReturnWithdrawn(
        return_id="try-1", authority="D01", collection=COLLECTION, period=FIRST, reason=None
    )
    real = sent.model_copy(update={"period": PERIOD})

    assert not is_told(make_event(sent, time="2026-10-20T09:00:00Z"))
    assert is_told(make_event(real, time="2026-10-20T09:00:00Z"))

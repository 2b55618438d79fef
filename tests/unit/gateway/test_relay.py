"""The relay hands a person's words over, and loses none silently."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from schemas.reference import load_library
from services.gateway.relay import Relay
from services.gateway.views import Views
from services.runtime.multipart import Form, read_form, write_form
from services.runtime.problem import Problem
from services.runtime.store import MemoryStore


class Office(ThreadingHTTPServer):
    """Answers as the alerts service does, and shows what it took in the views."""

    def __init__(self, views: Views, store: MemoryStore) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.views, self.store = views, store
        self.taken: list[tuple[str, dict]] = []
        self.trace: str | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


SHOWN = {"sign-off": "signed_off", "refusal": "refused", "unlock": "unlocked"}
"""What a return's document holds once the views show what was said at the door of that name."""


class Desk(BaseHTTPRequestHandler):
    server: Office

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.startswith("/v1/returns?"):
            self._take_return(body)
            return
        said = json.loads(body)
        self.server.taken.append((self.path, said))
        self.server.trace = self.headers["traceparent"]
        if said.get("text") == "too long":
            problem = {
                "type": "/problems/answer-unfit",
                "title": "Too long",
                "detail": "Shorten it.",
            }
            self._answer(422, problem)
            return
        if said.get("text") == "garbled":
            self._answer(502, {"message": "bad gateway"})
            return
        if (shown := SHOWN.get(self.path.rsplit("/", 1)[-1])) is not None:
            key = self.server.views.keys.submission("return-1")
            self.server.store.put({key: {shown: {"at": "then"}}}, positions={})
            self._answer(202, {"return_id": "return-1", "at": "then"})
            return
        if "reason" in said:
            key = self.server.views.keys.submission("return-1")
            self.server.store.put({key: {"state": "withdrawn"}}, positions={})
            self._answer(202, {"return_id": "return-1"})
            return
        if "explanations" in said:
            self._show_explained()
            return
        key = self.server.views.keys.alert("alert-1")
        self.server.store.put({key: {"answers": [{"id": "answer-1"}]}}, positions={})
        self._answer(202, {"answer": "answer-1", "alert": "alert-1", "kind": said["kind"]})

    def do_GET(self) -> None:
        self.server.taken.append((self.path, {}))
        self._answer(200, {"return_id": "return-1"})

    def _take_return(self, body: bytes) -> None:
        form = read_form(body, content_type=self.headers["Content-Type"])
        self.server.taken.append((self.path, {"content": form.content, **form.fields}))
        if form.content == b"sent before":
            problem = {"type": "/problems/version-conflict", "title": "No", "detail": "See.",
                       "stands": "return-0", "instance": "/v1/returns"}  # fmt: skip
            self._answer(409, problem)
            return
        self.server.store.put(
            {self.server.views.keys.submission("return-1"): {"state": "current"}}, positions={}
        )
        self._answer(202, {"return_id": "return-1"})

    def _show_explained(self) -> None:
        key = self.server.views.keys.submission("return-1")
        shown = {"explained": {"CP01": {"text": "text-1"}, "": {"text": "text-2"}}}
        self.server.store.put({key: shown}, positions={})
        self._answer(202, {"return_id": "return-1"})

    def _answer(self, status: int, body: dict) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def office() -> Iterator[Office]:
    store = MemoryStore()
    views = Views(store, library=load_library(), nation="england")
    with Office(views, store) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_an_answer_is_handed_over_and_stands_in_the_views_when_the_form_comes_back(office):
    Relay(office.url, office.views).answer("alert-1", kind="answer", text="We counted twice.")

    said = {"kind": "answer", "text": "We counted twice."}
    assert office.taken == [("/v1/alerts/alert-1/answers", said)]
    assert office.views.store.get(office.views.keys.alert("alert-1")) is not None


def test_the_trace_of_the_form_goes_on_to_alerts(office):
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    said = {"kind": "answer", "text": "We counted twice.", "traceparent": trace}
    Relay(office.url, office.views).answer("alert-1", **said)

    assert office.trace == trace


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ({"indicator": "CP01", "text": "A police operation.", "confirm": False},
         {"indicator": "CP01", "text": "A police operation."}),
        ({"indicator": "CP01", "text": "", "confirm": True},
         {"indicator": "CP01", "confirm": True}),
        ({"indicator": None, "text": "The system was down.", "confirm": False},
         {"text": "The system was down."}),
    ],
)  # fmt: skip
def test_an_explanation_is_handed_over_to_ingest(office, said, sent):
    Relay(office.url, office.views).explain("return-1", **said)

    path = "/v1/returns/return-1/explanations"
    assert office.taken == [(path, {"explanations": [sent]})]


def test_a_withdrawal_is_handed_over_to_ingest_and_stands_when_the_form_comes_back(office):
    views, trace = office.views, f"00-{'1' * 32}-{'2' * 16}-01"
    Relay(office.url, views).withdraw("return-1", reason="The wrong quarter.", traceparent=trace)

    assert office.taken == [("/v1/returns/return-1/withdrawal", {"reason": "The wrong quarter."})]
    assert office.trace == trace
    assert views.store.get(views.keys.submission("return-1"))["state"] == "withdrawn"


def test_a_return_is_handed_over_to_ingest_as_it_came_and_is_shown_when_its_sender_comes_back(
    office,
):
    body, content_type = write_form(Form(b"\x00a,b\r\n", {"explanations": b"{}"}))
    send = Relay(office.url, office.views).send

    sent = send(body, content_type=content_type, channel="file", supersedes="return-0")

    assert sent == "return-1"
    said = {"content": b"\x00a,b\r\n", "explanations": b"{}"}
    assert office.taken == [("/v1/returns?channel=file&supersedes=return-0", said)]
    assert office.views.store.get(office.views.keys.submission("return-1"))


def test_a_refusal_of_ingest_keeps_all_that_it_says(office):
    body, content_type = write_form(Form(b"sent before", {}))

    with pytest.raises(Problem) as refused:
        Relay(office.url, office.views).send(
            body, content_type=content_type, channel="form", supersedes=None
        )

    assert refused.value.status == 409
    assert refused.value.document["stands"] == "return-0"
    assert "instance" not in refused.value.document


def test_what_is_said_of_a_return_is_handed_over_and_shown_when_the_form_comes_back(office):
    relay = Relay(office.url, office.views)
    relay.sign_off("return-1", statement="2026.1")
    relay.refuse("return-1", reason="Not yet.")
    relay.unlock("return-1", reason="One was left out.", traceparent=f"00-{'1' * 32}-{'2' * 16}-01")

    assert office.taken == [
        ("/v1/returns/return-1/sign-off", {"statement": "2026.1"}),
        ("/v1/returns/return-1/refusal", {"reason": "Not yet."}),
        ("/v1/returns/return-1/unlock", {"reason": "One was left out."}),
    ]
    assert office.views.store.get(office.views.keys.submission("return-1")) == {
        "unlocked": {"at": "then"}
    }


def test_a_receipt_and_what_a_copy_of_it_says_are_asked_of_ingest(office):
    relay = Relay(office.url, office.views)

    assert relay.receipt("a/1") == {"return_id": "return-1"}
    relay.verification("a/1", sha256="", signature="")
    relay.verification("a/1", sha256="ab cd", signature="ef")

    assert [path for path, _ in office.taken] == [
        "/v1/returns/a%2F1/receipt",
        "/v1/receipts/a%2F1/verify?",
        "/v1/receipts/a%2F1/verify?sha256=ab+cd&signature=ef",
    ]


def test_where_ingest_is_away_whoever_wants_a_receipt_hears_that_nothing_is_lost(office):
    office.shutdown()
    office.server_close()

    with pytest.raises(Problem) as away:
        Relay(office.url, office.views).receipt("return-1")

    assert away.value.status == 503
    assert "Nothing is lost" in away.value.document["detail"]


def test_where_ingest_does_not_answer_the_person_is_told_to_keep_the_words(office):
    office.shutdown()
    office.server_close()

    with pytest.raises(Problem) as refused:
        Relay(office.url, office.views).explain(
            "return-1", indicator="CP01", text="A police operation.", confirm=False
        )

    assert refused.value.document["type"].endswith("/ingest-away")
    assert "Keep them" in refused.value.document["detail"]


def test_what_alerts_refuses_is_refused_in_its_words(office):
    with pytest.raises(Problem) as refused:
        Relay(office.url, office.views).answer("alert-1", kind="answer", text="too long")

    assert (refused.value.status, refused.value.document["title"]) == (422, "Too long")


def test_where_nobody_answers_the_person_is_told_to_keep_the_words(office):
    office.shutdown()
    office.server_close()

    with pytest.raises(Problem) as refused:
        Relay(office.url, office.views).answer("alert-1", kind="answer", text="We counted twice.")

    assert refused.value.status == 503
    assert "Keep them" in refused.value.document["detail"]


def test_an_answer_that_says_nothing_of_what_became_of_the_words_is_not_taken_for_a_refusal(office):
    with pytest.raises(Problem) as unknown:
        Relay(office.url, office.views).answer("alert-1", kind="answer", text="garbled")

    assert unknown.value.status == 503
    assert "not known" in unknown.value.document["detail"]

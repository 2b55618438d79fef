"""The door of ingest: what every answer promises, over a log in memory."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry

from schemas.codec import decode, encode
from schemas.events import Event, ReturnAccepted, ReturnWithdrawn, TextSet
from schemas.reference import load_library
from schemas.topics import Producer, Topic
from services.ingest.core.document import Format
from services.ingest.desk import Desk
from services.ingest.example import example_csv, example_json
from services.ingest.http import router
from services.runtime.http import Observed
from services.runtime.log import LogUnavailable, LogUncertain
from services.runtime.memory_log import MemoryLog
from services.runtime.metric import Metrics
from services.runtime.problem import install

COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q2"
JSON, CSV = {"content-type": "application/json"}, {"content-type": "text/csv"}


@dataclass
class Clock:
    """A clock that tests move."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 10, 20, 9, tzinfo=UTC))

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


class Stubborn(MemoryLog):
    """A log that fails at the next append, after or before it has kept the records."""

    def __init__(self) -> None:
        super().__init__()
        self.fails: type[Exception] | None = None

    def append(self, records, *, commit=None):
        fails, self.fails = self.fails, None
        if fails is LogUnavailable:
            raise fails
        offsets = super().append(records, commit=commit)
        if fails is not None:
            raise fails
        return offsets


@pytest.fixture
def log() -> Stubborn:
    return Stubborn()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(log, clock) -> FastAPI:
    app = FastAPI()
    install(app)
    app.include_router(router(Desk(log, library=load_library(), nation="demo", now=clock)))
    return app


@pytest.fixture
def client(app) -> TestClient:
    return TestClient(app)


@pytest.fixture
def is_open(client) -> None:
    assert client.post(f"/v1/periods/{COLLECTION}/{PERIOD}/open").status_code == 200


@pytest.fixture
def logged(log) -> Callable[[Topic], list[Event]]:
    return lambda topic=Topic.RETURNS: [decode(stored.record) for stored in log.read(topic)]


def body(**changes) -> bytes:
    """The example with other numerators."""
    example = example_json()
    for observation in example["observations"]:
        if observation["indicator"] in changes:
            observation["numerator"] = changes[observation["indicator"]]
    return json.dumps(example).encode()


def send(client, content=None, headers=JSON, **params):
    return client.post("/v1/returns", content=content or body(), headers=headers, params=params)


def is_problem(response, status: int, slug: str) -> dict:
    document = response.json()
    assert (response.status_code, document["type"]) == (status, f"/problems/{slug}")
    assert response.headers["content-type"] == "application/problem+json"
    assert document["status"] == status
    assert document["title"]
    assert document["detail"].endswith(".")
    assert "invalid" not in response.text.lower()
    return document


def test_a_return_is_accepted_with_its_place_and_a_receipt(client, is_open, logged):
    response = send(client)

    receipt = response.json()
    assert response.status_code == 202
    assert response.headers["location"] == f"/v1/returns/{receipt['return_id']}"
    assert receipt["outcome"] == "accepted"
    assert (receipt["version"], receipt["supersedes"]) == (1, None)
    assert (receipt["observations"], receipt["figures"], receipt["symbols"]) == (31, 30, 1)
    assert receipt["authority_name"] == "Averndale"
    assert receipt["due"] == "2026-11-11"
    assert receipt["counts"] == {"error": 0, "query": 0, "notice": 0}
    accepted = logged()[-1]
    assert isinstance(accepted.data, ReturnAccepted)
    assert accepted.data.return_id == accepted.id == receipt["return_id"]
    assert accepted.data.sha256 == receipt["sha256"]


def test_the_receipt_and_the_report_can_be_read_again_and_stay_the_same(client, is_open):
    receipt = send(client).json()

    send(client, body(FD01=2400))

    assert client.get(receipt["links"]["receipt"]).json() == receipt
    report = client.get(receipt["links"]["report"]).json()
    assert report["valid"]
    assert report["observations"] == 31


def test_a_corrected_return_says_what_it_changed_and_where_that_stands(client, is_open):
    first = send(client).json()
    second = send(client, body(FD01=2400, CP04=78)).json()

    assert (first["changed"], second["changed"]) == (None, 2)
    changes = client.get(second["links"]["changes"]).json()
    assert (changes["title"], changes["count"]) == ("2 values changed", 2)
    assert (changes["version"], changes["compared_with"]) == (2, first["return_id"])
    assert sorted(changes["changes"], key=lambda change: change["indicator"]) == [
        {
            "indicator": "CP04",
            "from": {"numerator": 77, "denominator": 94, "symbol": None},
            "to": {"numerator": 78, "denominator": 94, "symbol": None},
        },
        {
            "indicator": "FD01",
            "from": {"numerator": 2310, "denominator": None, "symbol": None},
            "to": {"numerator": 2400, "denominator": None, "symbol": None},
        },
    ]


def test_a_first_version_has_nothing_to_be_compared_with(client, is_open):
    changes = client.get(send(client).json()["links"]["changes"]).json()

    assert (changes["compared_with"], changes["count"], changes["changes"]) == (None, 0, [])
    assert changes["title"].startswith("Nothing stood before this version")
    is_problem(client.get("/v1/returns/none/changes"), 404, "not-found")


def test_words_of_a_note_stand_in_texts_alone_and_come_before_the_return(client, is_open, logged):
    send(client)

    accepted = logged()[-1].data
    noted = next(o for o in accepted.observations if o.note)
    texts = [event.data for event in logged(Topic.TEXTS)]
    assert texts == [TextSet(id=noted.note, kind="note", text="the new HR system cannot say yet")]
    assert "HR system" not in accepted.model_dump_json()


def test_the_same_bytes_again_give_the_same_receipt_and_no_event(client, is_open, log, clock):
    first = send(client)
    ends = len(log.read(Topic.RETURNS))
    clock.moment += timedelta(days=40)

    again = send(client)

    assert again.status_code == 200
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert len(log.read(Topic.RETURNS)) == ends


def test_a_corrected_return_is_the_next_version(client, is_open):
    first = send(client).json()

    second = send(client, body(FD01=2400))

    assert second.status_code == 202
    assert second.json()["version"] == 2
    assert second.json()["supersedes"] == first["return_id"]


def test_an_earlier_file_is_refused_until_its_sender_names_what_it_replaces(client, is_open):
    send(client)
    second = send(client, body(FD01=2400)).json()

    refused = is_problem(send(client), 409, "version-conflict")
    taken = send(client, supersedes=second["return_id"])

    assert refused["stands"] == second["return_id"]
    assert taken.status_code == 202
    assert taken.json()["version"] == 3
    assert taken.json()["supersedes"] == second["return_id"]


def test_nothing_supersedes_what_does_not_stand(client, is_open):
    first = send(client).json()
    second = send(client, body(FD01=2400), supersedes=first["return_id"]).json()

    refused = send(client, body(FD01=2500), supersedes=first["return_id"])

    assert is_problem(refused, 409, "version-conflict")["stands"] == second["return_id"]
    assert is_problem(send(client, body(FD01=2600), supersedes="x"), 409, "version-conflict")


def test_a_repeat_of_what_stands_is_answered_whatever_it_would_supersede(client, is_open):
    first = send(client).json()
    second = send(client, body(FD01=2400), supersedes=first["return_id"]).json()

    again = send(client, body(FD01=2400), supersedes=first["return_id"])

    assert (again.status_code, again.json()) == (200, second)


def test_after_a_withdrawal_its_bytes_need_to_name_it(client, is_open, log):
    first = send(client).json()
    withdrawn = Event(
        id="withdrawal-1",
        nation="demo",
        producer=Producer.INGEST,
        time="2026-10-21T09:00:00.000Z",
        data=ReturnWithdrawn(
            return_id=first["return_id"], authority="D01", collection=COLLECTION, period=PERIOD
        ),
    )
    log.append([encode(withdrawn)])

    refused = is_problem(send(client), 409, "version-conflict")
    taken = send(client, supersedes="withdrawal-1")

    assert refused["stands"] == "withdrawal-1"
    assert taken.status_code == 202
    assert taken.json()["return_id"] != first["return_id"]
    assert taken.json()["supersedes"] is None


def test_a_return_with_errors_is_answered_with_the_whole_report_and_not_stored(
    client, is_open, log
):
    rows = example_csv().replace("CP03,94,", "CP03,-4,").replace("FD01,2310,", "FD01,n/a,")
    ends = [len(log.read(topic)) for topic in Topic]

    problem = is_problem(send(client, rows.encode(), CSV), 422, "validation-failed")

    assert problem["title"] == "Your return has 2 errors"
    assert problem["counts"] == {"error": 2, "query": 0, "notice": 0}
    assert [(e["code"], e["row"], e["column"], e["cell"]) for e in problem["errors"]] == [
        ("C050", 2, "numerator", "E2"),
        ("C054", 12, "numerator", "E12"),
    ]
    assert all(e["detail"] and e["fix"] for e in problem["errors"])
    assert client.get(f"/v1{problem['errors'][0]['link']}").status_code == 200
    assert [len(log.read(topic)) for topic in Topic] == ends


def test_faults_in_json_are_placed_by_pointers(client, is_open):
    problem = is_problem(send(client, body(FD03=-1)), 422, "validation-failed")

    assert problem["errors"][0]["pointer"] == "/observations/1/numerator"


def test_data_on_single_children_are_refused_and_nothing_of_them_is_told(client, is_open, log):
    secret = b"upn,surname,dob\nA123456789012,Featherstone,2015-01-01\n"

    response = send(client, secret, CSV)

    is_problem(response, 422, "child-level-data")
    assert "Featherstone" not in response.text
    assert "A123456789012" not in response.text
    assert not any(
        b"Featherstone" in stored.record.value for topic in Topic for stored in log.read(topic)
    )


def test_a_period_that_was_not_opened_takes_no_returns(client):
    problem = is_problem(send(client), 409, "collection-closed")

    assert PERIOD in problem["detail"]


def test_a_closed_period_takes_returns_as_late(client, is_open):
    client.post(f"/v1/periods/{COLLECTION}/{PERIOD}/close")

    receipt = send(client).json()

    assert (receipt["outcome"], receipt["late"]) == ("accepted_late", True)
    assert receipt["counts"]["notice"] == 1


def test_a_return_after_the_due_day_is_late(client, is_open, clock):
    clock.moment = datetime(2026, 11, 12, 0, 1, tzinfo=UTC)

    assert send(client).json()["late"]


def test_checking_stores_nothing_and_answers_with_errors_too(client, is_open, log):
    ends = [len(log.read(topic)) for topic in Topic]

    sound = client.post("/v1/validations", content=body(), headers=JSON)
    faulty = client.post("/v1/validations", content=body(FD01=-1), headers=JSON)

    assert (sound.status_code, sound.json()["valid"]) == (200, True)
    assert (faulty.status_code, faulty.json()["valid"]) == (200, False)
    assert faulty.json()["findings"][0]["code"] == "C054"
    assert [len(log.read(topic)) for topic in Topic] == ends


def test_a_check_says_what_sending_would_say(client, is_open):
    checked = client.post("/v1/validations", content=body(FD01=-1), headers=JSON).json()
    sent = send(client, body(FD01=-1)).json()

    assert [f["code"] for f in checked["findings"]] == [e["code"] for e in sent["errors"]]
    assert checked["title"] == sent["title"]


@pytest.mark.parametrize(
    "media", ["", "text/plain", "application/x-www-form-urlencoded", "application/vnd.ms-excel"]
)
def test_another_media_type_is_answered_with_those_that_are_taken(client, media):
    response = send(client, headers={"content-type": media})

    problem = is_problem(response, 415, "unsupported-media-type")
    assert problem["accepted"] == [*Format, "multipart/form-data"]


@pytest.mark.parametrize("media", ["Application/JSON; charset=utf-8", "application/json;v=1"])
def test_parameters_and_case_of_a_media_type_do_not_matter(client, is_open, media):
    assert send(client, headers={"content-type": media}).status_code == 202


def test_an_empty_body_is_one_fault(client):
    problem = is_problem(client.post("/v1/returns", headers=CSV), 422, "validation-failed")

    assert [e["code"] for e in problem["errors"]] == ["F001"]


def test_nothing_is_accepted_while_the_log_cannot_be_written(client, is_open, log, logged):
    log.fails = LogUnavailable

    response = send(client)

    is_problem(response, 503, "log-unavailable")
    assert response.headers["retry-after"]
    assert len(logged()) == 1


def test_after_an_unknown_outcome_the_same_bytes_give_the_receipt(client, is_open, log, logged):
    log.fails = LogUncertain

    is_problem(send(client), 503, "outcome-unknown")
    again = send(client)

    assert again.status_code == 200
    assert again.json()["version"] == 1
    assert len(logged()) == 2


def test_fifty_senders_of_the_same_bytes_make_one_version(app, is_open, logged):
    def once(_: int):
        with TestClient(app) as client:
            return send(client)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(once, range(50)))

    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [202]
    assert len({answer.json()["return_id"] for answer in answers}) == 1
    assert sum(isinstance(event.data, ReturnAccepted) for event in logged()) == 1


def test_fifty_senders_of_corrections_make_a_chain_in_which_each_knows_the_one_before(
    app, client, is_open
):
    def once(figure: int):
        with TestClient(app) as sender:
            return send(sender, body(FD01=figure))

    with ThreadPoolExecutor(10) as pool:
        answers = [answer.json() for answer in pool.map(once, range(2300, 2350))]

    chain = sorted(answers, key=lambda receipt: receipt["version"])
    assert [receipt["version"] for receipt in chain] == list(range(1, 51))
    assert [receipt["supersedes"] for receipt in chain] == [
        None, *(receipt["return_id"] for receipt in chain[:-1])
    ]  # fmt: skip
    overtaken = 2300 + next(n for n, each in enumerate(answers) if each["version"] == 1)
    is_problem(send(client, body(FD01=overtaken)), 409, "version-conflict")


def test_two_desks_over_one_log_see_each_others_returns(log, clock, client, is_open):
    first = send(client).json()
    other = FastAPI()
    install(other)
    other.include_router(router(Desk(log, library=load_library(), nation="demo", now=clock)))

    again = send(TestClient(other))

    assert (again.status_code, again.json()) == (200, first)


def test_returns_of_another_nation_are_none_of_this_desks(client, is_open, log):
    theirs = Event(
        id="theirs",
        nation="england",
        producer=Producer.INGEST,
        time="2026-10-20T09:00:00.000Z",
        data=ReturnWithdrawn(return_id="x", authority="D01", collection=COLLECTION, period=PERIOD),
    )
    log.append([encode(theirs)])

    assert send(client).status_code == 202


def test_a_period_is_opened_once_with_its_thirtieth_working_day(client, logged):
    first = client.post(f"/v1/periods/{COLLECTION}/{PERIOD}/open")
    again = client.post(f"/v1/periods/{COLLECTION}/2026Q2/open")

    assert first.json() == again.json()
    assert first.json() == {
        "collection": COLLECTION,
        "period": PERIOD,
        "due": "2026-11-11",
        "state": "open",
    }
    assert len(logged()) == 1


def test_the_due_day_of_an_open_period_can_be_moved_to_and_fro(client, logged):
    days = ["2026-11-04", "2026-11-18", "2026-11-04"]

    answers = [
        client.post(f"/v1/periods/{COLLECTION}/{PERIOD}/open", params={"due": day}).json()["due"]
        for day in days
    ]

    assert answers == days
    assert len({event.id for event in logged()}) == 3


def test_a_bank_holiday_is_no_day_of_those_that_a_collection_gives(client):
    answer = client.post(f"/v1/periods/{COLLECTION}/2026-27-Q4/open").json()

    assert answer["due"] == "2027-05-13"  # without the Early May bank holiday it were the 12th


def test_a_due_day_is_not_guessed_beyond_the_bank_holidays_that_are_known(client, logged):
    path = f"/v1/periods/{COLLECTION}/2028-29-Q3/open"

    refused = client.post(path)
    given = client.post(path, params={"due": "2029-02-12"})

    is_problem(refused, 409, "period")
    assert refused.json()["detail"] == (
        "The bank holidays of England and Wales are known here from 2018 to 2028, so working days "
        "cannot be counted as far as 2029-01-01. Give the day by which returns for 2028-29-Q3 are "
        "due."
    )
    assert given.json()["due"] == "2029-02-12"
    assert len(logged()) == 1


def test_an_opening_says_the_working_days_on_which_people_are_told(client, logged):
    place = f"/v1/periods/{COLLECTION}/{PERIOD}/open"
    days = []
    for due in (None, "2026-12-29", "2040-01-09"):
        client.post(place, params={"due": due} if due else None)
        days.append((logged()[-1].data.due, logged()[-1].data.remind, logged()[-1].data.chase))

    assert days == [
        ("2026-11-11", "2026-11-04", "2026-11-12"),
        ("2026-12-29", "2026-12-18", "2026-12-30"),
        ("2040-01-09", None, None),
    ]


def test_a_period_is_closed_once(client, is_open, logged):
    first = client.post(f"/v1/periods/{COLLECTION}/{PERIOD}/close")
    again = client.post(f"/v1/periods/{COLLECTION}/{PERIOD}/close")

    assert first.json()["state"] == again.json()["state"] == "closed"
    assert len(logged()) == 2


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("nothing-quarterly/2026-27-Q2/open", {}, 404),
        ("riia-quarterly/last-summer/open", {}, 404),
        ("riia-quarterly/2026-27/open", {}, 404),
        ("riia-quarterly/2026-27-Q2/open", {"due": "2026-08-01"}, 409),
        ("riia-quarterly/2026-27-Q2/open", {"due": "soon"}, 422),
        ("riia-quarterly/2026-27-Q2/open", {"due": "2026-13-41"}, 422),
        ("riia-quarterly/2026-27-Q2/close", {}, 409),
    ],
)
def test_a_period_that_cannot_be_changed_so_is_a_problem(client, logged, path, params, status):
    response = client.post(f"/v1/periods/{path}", params=params)

    assert response.status_code == status
    assert response.json()["detail"].endswith(".")
    assert logged() == []


def test_a_closed_period_is_not_opened_again(client, is_open):
    client.post(f"/v1/periods/{COLLECTION}/{PERIOD}/close")

    assert client.post(f"/v1/periods/{COLLECTION}/{PERIOD}/open").status_code == 409


def test_every_rule_can_be_read_alone_and_in_the_list(client):
    rules = client.get("/v1/rules").json()

    assert rules["next"] is None
    assert all(client.get(f"/v1/rules/{rule['code']}").json() == rule for rule in rules["items"])
    is_problem(client.get("/v1/rules/Z999"), 404, "not-found")


def test_a_receipt_that_does_not_exist_is_a_problem(client):
    is_problem(client.get("/v1/returns/none/receipt"), 404, "not-found")
    is_problem(client.get("/v1/returns/none/report"), 404, "not-found")


def test_what_holds_figures_or_proof_is_not_kept_by_caches(client, is_open):
    receipt = send(client)

    assert receipt.headers["cache-control"] == "no-store"


def test_the_trace_of_a_request_is_carried_on_by_its_events(app, logged):
    app.add_middleware(Observed, metrics=Metrics(CollectorRegistry()))
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    client = TestClient(app)
    client.post(f"/v1/periods/{COLLECTION}/{PERIOD}/open")

    send(client, headers={**JSON, "traceparent": trace})

    assert logged()[-1].traceparent == trace


BEFORE = "2026-27-Q1"
WHY = "A police operation in August."


@pytest.fixture
def asked(client, is_open) -> str:
    """The place of a return with one query, on CP01."""
    client.post(f"/v1/periods/{COLLECTION}/{BEFORE}/open")
    moved = {"FD01": 2300, "AS01": 780, "CN01": 2050, "CN02": 1010, "CL05": 300, "CL06": 50}
    before = json.loads(body(**moved, SE01=210, SE06=149, ME02=650)) | {"period": BEFORE}
    assert send(client, json.dumps(before).encode()).status_code == 202
    return send(client, body(CP01=470)).headers["location"]


def explain(client, place, *given):
    return client.post(f"{place}/explanations", json={"explanations": list(given)})


def test_an_explanation_is_taken_and_the_report_says_what_is_still_asked(client, asked, logged):
    report = client.get(f"{asked}/report").json()
    (query,) = [each for each in report["findings"] if each["severity"] == "query"]
    assert query["detail"] == "CP01: 470 in this quarter, 300 in quarter 1 of 2026-27."
    assert report["title"] == "Your return has 1 query"

    taken = explain(client, asked, {"indicator": "CP01", "text": WHY})

    assert (taken.status_code, taken.headers["location"]) == (202, asked)
    (said,) = taken.json()["explained"]
    assert (said["indicator"], said["codes"], said["confirmed"]) == ("CP01", ["Q200"], False)
    assert taken.json()["report"]["title"] == "Your return has no errors"
    report = client.get(f"{asked}/report").json()
    assert [f["explained"] for f in report["findings"] if f["code"] == "Q200"] == [True]
    assert logged()[-1].data.text == said["text"]


def test_the_same_explanation_again_is_answered_and_not_stored(client, asked, log):
    explain(client, asked, {"indicator": "CP01", "text": WHY})
    ends = [len(log.read(topic)) for topic in Topic]

    again = explain(client, asked, {"indicator": "CP01", "text": WHY})

    assert (again.status_code, again.json()["explained"]) == (200, [])
    assert [len(log.read(topic)) for topic in Topic] == ends


def test_explanations_that_cannot_be_taken_are_a_problem_with_a_place_for_each(client, asked):
    refused = explain(client, asked, {"indicator": "CP01"}, {"indicator": "CP09", "text": WHY})

    problem = is_problem(refused, 422, "explanation-unfit")
    assert problem["title"] == "2 explanations cannot be taken"
    assert [each["pointer"] for each in problem["errors"]] == [
        "/explanations/0/text",
        "/explanations/1/indicator",
    ]


def test_an_explanation_of_a_return_that_does_not_stand_is_a_problem(client, asked):
    later = send(client, body(CP01=480)).json()["return_id"]

    problem = is_problem(
        explain(client, asked, {"indicator": "CP01", "text": WHY}), 409, "version-conflict"
    )
    assert problem["stands"] == later
    is_problem(explain(client, "/v1/returns/none", {"text": WHY}), 404, "not-found")


def test_the_report_is_a_table_for_who_asks_for_one(client, is_open):
    rows = example_csv().replace("CP03,94,", "CP03,-4,").replace("FD01,2310,", "FD01,n/a,")
    headers = {**CSV, "accept": "text/csv"}

    report = client.post("/v1/validations", content=rows, headers=headers)

    assert report.headers["content-type"].startswith("text/csv")
    assert [line.split(",")[:6] for line in report.text.splitlines()[1:]] == [
        ["C050", "error", "", "2", "numerator", "E2"],
        ["C054", "error", "", "12", "numerator", "E12"],
    ]


def test_the_report_of_an_accepted_return_is_a_table_too(client, asked):
    report = client.get(f"{asked}/report", headers={"accept": "text/csv"})

    assert "Q200,query" in report.text
    assert "CP01: 470 in this quarter" in report.text

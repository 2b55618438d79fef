"""Explanations: given once, kept with the figure, offered when the same query comes back."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from schemas.codec import decode
from schemas.events import QueryExplained, ReturnAccepted, Severity, TextSet
from schemas.topics import Topic
from services.ingest.core.document import Format
from services.ingest.core.explanation import ExplanationUnfit, Given
from services.ingest.core.standing import NoLongerStands
from services.ingest.desk import Desk
from services.ingest.example import example_json
from services.ingest.outcome import Accepted, NoSuchReturn
from services.runtime.memory_log import MemoryLog

COLLECTION = "riia-quarterly"
QUARTERS = ("2026-27-Q1", "2026-27-Q2", "2026-27-Q3")
MOVED = {
    **{"FD01": 2310, "AS01": 790, "CN01": 2065, "CN02": 1020, "CL05": 312, "CL06": 48},
    **{"SE01": 212, "SE06": 151, "ME02": 655, "LA02": 41},
}
WHY = "A police operation in August brought enquiries on 150 children."


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def make_desk(log, library) -> Callable[[], Desk]:
    return lambda: Desk(
        log, library=library, nation="demo", now=lambda: datetime(2027, 1, 4, tzinfo=UTC)
    )


@pytest.fixture
def desk(make_desk) -> Desk:
    desk = make_desk()
    for quarter in QUARTERS:
        desk.open_period(COLLECTION, quarter)
    return desk


@pytest.fixture
def send(desk) -> Callable[..., Accepted]:
    """Sends the example with other numerators for a quarter."""

    def send(quarter: int, notes: dict[str, str] | None = None, **numerators: int) -> Accepted:
        document = example_json() | {"period": QUARTERS[quarter]}
        for observation in document["observations"]:
            code = observation["indicator"]
            observation.pop("note", None)
            # So that it is not the file of the quarter before.
            observation |= {"numerator": MOVED[code] + quarter} if code in MOVED else {}
            observation |= {"numerator": numerators[code]} if code in numerators else {}
            observation |= {"note": notes[code]} if notes and code in notes else {}
        return desk.submit(json.dumps(document).encode(), format=Format.JSON)

    return send


@pytest.fixture
def asked(send) -> str:
    """The id of a return with one query, on CP01."""
    send(0)
    accepted = send(1, CP01=470)
    assert [f.code for f in accepted.version.findings if f.severity == "query"] == ["Q200"]
    return accepted.version.return_id


@pytest.fixture
def said(log) -> Callable[[type], list]:
    def said(kind: type) -> list:
        return list(of(log, kind))

    return said


def of(log: MemoryLog, kind: type) -> Iterator[object]:
    for stored in log.read(kind.topic):
        event = decode(stored.record)
        if isinstance(event.data, kind):
            yield event.data


def is_open(desk: Desk, return_id: str) -> list[str | None]:
    return [each.finding.indicator for each in desk.queries(return_id).queries if each.is_open]


def test_a_query_says_in_the_log_what_it_said_to_the_sender(asked, said):
    (*_, accepted) = said(ReturnAccepted)

    (query,) = [found for found in accepted.findings if found.severity is Severity.QUERY]
    assert query.detail == "CP01: 470 in this quarter, 300 in quarter 1 of 2026-27."
    assert query.explanation is None


def test_an_explanation_closes_the_query_and_its_words_stand_apart_from_the_figures(
    desk, asked, said, log
):
    assert is_open(desk, asked) == ["CP01"]

    explained = desk.explain(asked, [Given("CP01", f"  {WHY} ")])

    assert is_open(desk, asked) == []
    (event,) = said(QueryExplained)
    (words,) = said(TextSet)
    assert explained.new == (event,)
    assert (event.indicator, event.codes, event.text) == ("CP01", ("Q200",), words.id)
    assert words.text == WHY
    assert all(WHY.encode() not in stored.record.value for stored in log.read(Topic.RETURNS))


def test_the_same_words_again_are_no_event_and_other_words_replace_them(desk, asked, said):
    for words in (WHY, WHY, "Counted twice.", WHY):
        desk.explain(asked, [Given("CP01", words)])

    texts = [event.text for event in said(QueryExplained)]
    assert len(texts) == 3
    assert texts[0] == texts[2] != texts[1]


def test_an_explanation_stays_when_the_same_figure_is_sent_again(desk, asked, send):
    desk.explain(asked, [Given("CP01", WHY)])

    corrected = send(1, CP01=470, ME02=700).version

    (found,) = [f for f in corrected.findings if f.code == "Q200"]
    assert found.severity is Severity.NOTICE
    assert found.explanation is not None
    assert is_open(desk, corrected.return_id) == []


def test_another_figure_is_asked_about_anew(desk, asked, send):
    desk.explain(asked, [Given("CP01", WHY)])

    corrected = send(1, CP01=490).version

    assert is_open(desk, corrected.return_id) == ["CP01"]


def test_the_same_query_in_the_next_quarter_is_offered_its_explanation(desk, asked, send, said):
    desk.explain(asked, [Given("CP01", WHY)])
    first = said(QueryExplained)[0].text

    following = send(2, CP01=900).version

    (query,) = [f for f in following.findings if f.code == "Q200"]
    assert query.severity is Severity.QUERY
    assert query.offered == first
    assert is_open(desk, following.return_id) == ["CP01"]

    desk.explain(following.return_id, [Given("CP01", confirm=True)])

    last = said(QueryExplained)[-1]
    assert (last.text, last.confirmed) == (first, True)
    assert is_open(desk, following.return_id) == []
    assert len(said(TextSet)) == 1


def test_a_note_with_the_return_is_offered_in_the_next_quarter_too(desk, send):
    send(0)
    noted = send(1, {"CP01": WHY}, CP01=470).version

    (found,) = [f for f in noted.findings if f.code == "Q200"]
    assert found.severity is Severity.NOTICE
    assert found.explanation is not None

    (query,) = [f for f in send(2, CP01=900).version.findings if f.code == "Q200"]
    assert query.offered == found.explanation


def test_another_query_on_the_figure_is_not_offered_what_answered_the_first(desk, send):
    send(0)
    desk.explain(send(1, CP01=470).version.return_id, [Given("CP01", WHY)])
    following = send(2, CP01=470, CP04=5).version

    assert {(f.code, f.indicator, f.offered) for f in following.findings if f.code == "Q200"} == {
        ("Q200", "CP04", None)
    }


def test_a_query_on_the_return_as_a_whole_can_be_explained(desk, send):
    send(0)
    document = example_json() | {"period": QUARTERS[1]}
    copied = desk.submit(json.dumps(document).encode(), format=Format.JSON).version
    assert is_open(desk, copied.return_id) == [None]

    desk.explain(copied.return_id, [Given(None, "The system was down all quarter.")])

    assert is_open(desk, copied.return_id) == []


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_stored(desk, asked, said):
    given = [
        Given("CP01", "  "),
        Given("CP01", WHY),
        Given("CP09", WHY),
        Given(None, WHY),
    ]

    with pytest.raises(ExplanationUnfit) as unfit:
        desk.explain(asked, given)

    assert [(each.place, each.member, each.detail) for each in unfit.value.problems] == [
        (0, "text", "CP01: there are no words. Say why the figure is right."),
        (1, "indicator", "CP01 is there more than once. Keep one explanation."),
        (2, "indicator", "Nothing was asked about CP09. See the return's report."),
        (3, "indicator", "Nothing was asked about the return as a whole. See the return's report."),
    ]
    assert said(QueryExplained) == said(TextSet) == []


@pytest.mark.parametrize(
    ("given", "word"),
    [
        (Given("CP01", confirm=True), "nothing was explained in the quarter before"),
        (Given("CP01", WHY, confirm=True), "either confirm, or send words"),
        (Given("CP01", "x" * 2_001), "2,001 characters; 2,000 are kept"),
        (Given("CP01", "It is about 943 476 5919."), "belongs to a single child"),
    ],
)
def test_an_explanation_that_cannot_be_taken_says_what_to_do(desk, asked, given, word):
    with pytest.raises(ExplanationUnfit, match=word) as unfit:
        desk.explain(asked, [given])

    assert str(unfit.value).endswith(".")
    assert "943" not in str(unfit.value)


def test_only_the_return_that_stands_is_explained(desk, asked, send):
    later = send(1, CP01=480).version.return_id

    with pytest.raises(NoLongerStands, match=later):
        desk.explain(asked, [Given("CP01", WHY)])
    with pytest.raises(NoSuchReturn):
        desk.explain("none", [Given("CP01", WHY)])


def test_another_replica_knows_what_was_explained(desk, asked, make_desk):
    desk.explain(asked, [Given("CP01", WHY)])

    assert is_open(make_desk(), asked) == []

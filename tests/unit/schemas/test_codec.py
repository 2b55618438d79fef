"""One codec: the same event, the same bytes; what is no event is refused in one word."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import Record, canonical, decode, encode
from schemas.errors import Undecodable
from schemas.events import Event, Observation, PeriodOpened, ReturnAccepted, TextSet
from schemas.topics import Producer, Topic


def make_event(**changes: object) -> Event:
    return replace(
        Event(
            id="6c1c7f1e-0000-5000-8000-000000000001",
            nation="england",
            producer=Producer.INGEST,
            time="2026-10-05T09:30:00.000Z",
            data=PeriodOpened(collection="riia-quarterly", period="2026-27-Q2", due="2026-11-11"),
        ),
        **changes,
    )


def test_canonical_json_has_sorted_keys_no_spaces_and_numbers_as_given():
    assert canonical({"b": 1, "a": [2.50, 1e-7, "é"]}) == '{"a":[2.5,1e-07,"é"],"b":1}'.encode()


def test_a_number_that_json_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        canonical({"a": float("nan")})


def test_whole_numbers_stay_whole_and_parts_stay_parts():
    observations = (
        Observation(indicator="CP04", numerator=70, denominator=86),
        Observation(indicator="WF02", numerator=12.5, denominator=240.0),
        Observation(indicator="WF03", symbol="x"),
    )
    event = make_event(
        data=ReturnAccepted(
            return_id="r",
            authority="383",
            collection="riia-quarterly",
            period="2026-27-Q2",
            sha256="0" * 64,
            size=10,
            media_type="text/csv",
            channel="api",
            rules="2026.1",
            observations=observations,
        )
    )

    record = encode(event)

    assert b'"numerator":70}' in record.value
    assert b'"denominator":240.0' in record.value
    assert b"null" not in record.value
    assert decode(record) == event


def test_attributes_travel_as_cloudevents_headers():
    record = encode(make_event(traceparent="00-1-2-01"))

    assert record.headers["ce_type"] == "period.opened.v1"
    assert record.headers["ce_source"] == "/tartan/ingest"
    assert record.headers["ce_subject"] == "riia-quarterly/2026-27-Q2"
    assert record.headers["ce_traceparent"] == "00-1-2-01"
    assert record.key == "england"


def test_a_text_is_keyed_by_its_id_so_that_it_can_be_erased():
    record = encode(make_event(data=TextSet(id="t-1", kind="note", text="new system")))

    assert (record.topic, record.key) == (Topic.TEXTS, "t-1")


def test_a_reader_ignores_what_it_does_not_know():
    record = encode(make_event())
    newer = replace(record, value=record.value[:-1] + b',"hint":"added later"}')

    assert decode(newer) == make_event()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"headers": {}}, "unknown_type"),
        ({"topic": Topic.ALERTS}, "wrong_topic"),
        ({"value": b"{"}, "contract"),
        ({"value": b'{"collection":"secret words"}'}, "contract"),
        ({"headers": {"ce_type": "period.opened.v1"}}, "attributes"),
        ({"headers": {**encode(make_event()).headers, "ce_time": "yesterday"}}, "attributes"),
        (
            {"headers": {**encode(make_event()).headers, "ce_time": "2026-10-05"}},
            "attributes",
        ),
    ],
)
def test_what_is_no_event_is_refused_in_one_word_and_never_quoted(change, reason):
    with pytest.raises(Undecodable) as refused:
        decode(replace(encode(make_event()), **change))

    assert refused.value.reason == reason
    assert "secret" not in str(refused.value)


@given(
    st.builds(
        Record,
        st.sampled_from(Topic),
        st.text(max_size=5),
        st.dictionaries(st.sampled_from(["ce_type", "ce_id", "ce_cause", "ce_source"]), st.text()),
        st.binary(max_size=40),
    )
)
def test_no_record_raises_anything_but_undecodable(record):
    with pytest.raises(Undecodable):
        decode(record)

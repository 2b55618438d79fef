"""The committed contracts say what the models say, and every example of an event is still read."""

import json
from pathlib import Path

import jsonschema
import pytest

from schemas.codec import Record, canonical, decode, encode
from schemas.documents import COMMAND, CONTRACTS, asyncapi, documents
from schemas.events import EVENT_TYPES
from schemas.topics import TOPICS, Producer, Topic

EXAMPLES = sorted((Path(CONTRACTS).parent / "examples").glob("*.json"))


def read_example(path: Path) -> Record:
    example = json.loads(path.read_text(encoding="utf-8"))
    return Record(
        Topic(example["topic"]), example["key"], example["headers"], canonical(example["value"])
    )


def test_the_committed_contracts_are_what_the_models_say():
    committed = {path.name: path.read_text(encoding="utf-8") for path in CONTRACTS.glob("*.json")}

    assert committed == documents(), f"the contracts differ from the models: run {COMMAND}"


def test_every_event_type_has_an_example():
    shown = {path.name.removesuffix(".json").split("~")[0] for path in EXAMPLES}

    assert shown == set(EVENT_TYPES)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_read_and_written_again_to_the_same_bytes(path):
    record = read_example(path)

    assert encode(decode(record)) == record


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_fits_its_published_schema(path):
    record = read_example(path)
    name = record.headers["ce_dataschema"].removeprefix("/contracts/")
    schema = json.loads((CONTRACTS / name).read_text(encoding="utf-8"))

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(record.value), schema)


def test_every_topic_has_events_writers_and_readers():
    for topic, spec in TOPICS.items():
        assert any(model.topic is topic for model in EVENT_TYPES.values()), topic
        assert spec.writers, topic
        assert spec.readers, topic


def test_every_producer_writes_somewhere():
    assert {writer for spec in TOPICS.values() for writer in spec.writers} == set(Producer)


def test_the_asyncapi_document_names_every_event_once():
    named = [name for channel in asyncapi()["channels"].values() for name in channel["messages"]]

    assert len(named) == len(set(named)) == len(EVENT_TYPES)


def test_no_event_has_a_field_in_which_a_child_could_be_sent():
    words = {"upn", "dob", "birth", "child_id", "nhs_number", "forename", "surname", "postcode"}
    fields = {
        field
        for model in EVENT_TYPES.values()
        for field in json.dumps(model.model_json_schema()).replace('"', " ").split()
    }

    assert not fields & words

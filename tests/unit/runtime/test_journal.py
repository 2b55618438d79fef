"""Log lines are JSON with constant messages; an exception's words never reach them."""

import json
import logging
import sys

from services.runtime.journal import JsonFormatter


def make_record(**extra: object) -> logging.LogRecord:
    try:
        int("numerator 4 of a named child")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f.py", 1, "core failed", (), sys.exc_info())
    vars(record).update(extra)
    return record


def test_facts_are_fields_beside_a_constant_message():
    line = json.loads(JsonFormatter().format(make_record(core="benchmark", offset=7)))

    assert (line["event"], line["core"], line["offset"]) == ("core failed", "benchmark", 7)


def test_of_an_exception_only_type_and_place_are_said():
    text = JsonFormatter().format(make_record())

    assert json.loads(text)["fault"] == "ValueError"
    assert "test_journal.py" in json.loads(text)["at"][0]
    assert "child" not in text

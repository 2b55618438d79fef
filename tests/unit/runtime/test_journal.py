"""Log lines are JSON with constant messages; an exception's words never reach them."""

import json
import logging
import subprocess
import sys

from services.runtime import journal
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

    assert (line["message"], line["core"], line["offset"]) == ("core failed", "benchmark", 7)


def test_of_an_exception_only_type_and_place_are_said():
    text = JsonFormatter().format(make_record())

    assert json.loads(text)["fault"] == "ValueError"
    assert "test_journal.py" in json.loads(text)["at"][0]
    assert "child" not in text


def test_every_line_says_which_service_and_nation_and_the_request_that_is_answered():
    formatter = JsonFormatter(service="gateway", nation="demo")
    answering = journal.trace.set("4bf92f3577b34da6a3ce929d0e0e4736")
    asked = json.loads(formatter.format(make_record()))
    journal.trace.reset(answering)
    alone = json.loads(formatter.format(make_record()))

    named = ("time", "level", "logger", "message", "service", "nation")
    assert [*asked][:6] == [*alone][:6] == list(named)
    assert (asked["service"], asked["nation"]) == ("gateway", "demo")
    assert asked["trace"] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert "trace" not in alone


SCRIPT = """
import threading
from services.runtime import journal

journal.configure("INFO", service="test")

def fail() -> None:
    raise ValueError("numerator 4 of a named child")

thread = threading.Thread(target=fail, name="sender")
thread.start()
thread.join()
fail()
"""


def test_what_nobody_caught_is_a_line_like_any_other(root):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=root, capture_output=True, text=True, check=False
    )

    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["message"] for line in lines] == ["thread ended", "not caught"]
    assert lines[0]["ended"] == "sender"
    assert {line["fault"] for line in lines} == {"ValueError"}
    assert "child" not in done.stderr
    assert done.returncode == 1

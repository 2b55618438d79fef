"""Commands that read a log beside its owner: ``events`` and ``verify``."""

import json
from collections.abc import Iterator
from typing import Any

from schemas.codec import canonical
from schemas.core import Core
from schemas.events import MethodSet
from schemas.topics import Topic
from services.benchmark.core.state import ENGINE
from services.runtime.clock import Clock
from services.runtime.log import Log
from services.runtime.reader import Reader
from services.runtime.verification import verify

EXIT_SAME = 0
EXIT_DIFFERENT = 1
EXIT_CANNOT_JUDGE = 2
_BATCH = 500


def event_lines(log: Log, topics: tuple[Topic, ...]) -> Iterator[str]:
    """Give every record as canonical JSON: its topic, offset, attributes and data."""
    for topic in topics:
        after = 0
        while batch := log.read(topic, after=after, limit=_BATCH):
            for stored in batch:
                after = stored.offset
                attributes = {
                    name.removeprefix("ce_"): value for name, value in stored.record.headers.items()
                }
                line = {
                    "topic": topic,
                    "offset": stored.offset,
                    **attributes,
                    "data": _data(stored.record.value),
                }
                yield canonical(line).decode()


def verification(log: Log, cores: tuple[Core[Any], ...], *, now: Clock) -> tuple[int, list[str]]:
    """Replay every core and compare; return the exit code and the lines to print."""
    foreign = _foreign_engines(log, now=now)
    if foreign:
        return EXIT_CANNOT_JUDGE, [
            f"Cannot judge: {nation} has stretches made by engine {engine}; this release has "
            f"engine {ENGINE}. Verify them with the release that made them."
            for nation, engine in foreign
        ]
    lines, code = [], EXIT_SAME
    for core in cores:
        verdict = verify(core, log, now=now)
        if verdict.difference is not None:
            code = EXIT_DIFFERENT
            lines.append(str(verdict.difference))
        else:
            lines.append(f"{core.name}: {verdict.compared} events, the same to the last byte")
    return code, lines


def _foreign_engines(log: Log, *, now: Clock) -> list[tuple[str, int]]:
    return [
        (event.nation, event.data.engine)
        for event in Reader(log, now=now).events(Topic.RETURNS)
        if isinstance(event.data, MethodSet) and event.data.engine != ENGINE
    ]


def _data(value: bytes) -> Any:  # noqa: ANN401 - any JSON; what is none is shown as text
    try:
        return json.loads(value)
    except ValueError:
        return value.decode("utf-8", errors="replace")

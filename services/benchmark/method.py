"""Which versions count: the shell's one event on ``returns.v1``.

A worker newer than the log first appends ``method.set``; an older one refuses to start.
"""

from schemas.events import Event, MethodSet, derived_id
from schemas.topics import Producer, Topic
from services.benchmark.core.state import ENGINE, FIRST_METHOD
from services.runtime.clock import Clock, rfc3339
from services.runtime.log import Log
from services.runtime.reader import Reader


class OlderThanLog(Exception):
    """The log was written by newer arithmetic than this release has."""


def read_methods(log: Log, *, now: Clock) -> dict[str, MethodSet | None]:
    """Return the nations of a log in the order in which they came, each with its latest method."""
    reader, found = Reader(log, now=now), dict[str, MethodSet | None]()
    for stretch in reader.stretches(Topic.RETURNS):
        for stored in stretch:
            found.setdefault(stored.record.key, None)
            if stored.record.headers.get("ce_type") == MethodSet.versioned_type():
                event = reader.place(Topic.RETURNS, stored).event
                if event is not None and isinstance(event.data, MethodSet):
                    found[event.nation] = event.data
    return found


def missing_method(log: Log, nation: str, *, now: Clock) -> Event | None:
    """Return the event that the nation's log needs before this release may step it, or None.

    Raises OlderThanLog if the log names a newer engine.
    """
    return method_behind(read_methods(log, now=now).get(nation), nation=nation, now=now)


def method_behind(latest: MethodSet | None, *, nation: str, now: Clock) -> Event | None:
    """Return the event that is missing behind the latest method of a nation's log, or None.

    Raises OlderThanLog if that is of a newer engine.
    """
    if latest is not None and latest.engine > ENGINE:
        raise OlderThanLog(
            f"The log was written by engine {latest.engine} and this release has engine {ENGINE}. "
            "Install the newer release; nothing was changed."
        )
    if latest is not None and latest.engine == ENGINE:
        return None
    return Event(
        id=derived_id("method", nation, ENGINE),
        nation=nation,
        producer=Producer.BENCHMARK_SHELL,
        time=rfc3339(now()),
        data=FIRST_METHOD,
    )

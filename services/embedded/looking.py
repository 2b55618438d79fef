"""The commands that look at a data directory or mend it: events, verify, parked, erase."""

import argparse
import json
from pathlib import Path

from schemas.topics import Topic
from services.embedded import data, erasure, parking
from services.embedded.inspection import event_lines, verification
from services.embedded.wiring import cores
from services.runtime.clock import now
from services.runtime.settings import Settings


def events(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print every event, or those of one topic, as canonical JSON."""
    topics = (arguments.topic,) if arguments.topic else tuple(Topic)
    with data.beside(_directory(arguments, settings)) as log:
        for line in event_lines(log, topics):
            print(line)
    return 0


def verify(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print what the verification found; its exit code says whether all is the same."""
    with data.beside(_directory(arguments, settings)) as log:
        code, lines = verification(log, cores(), now=now)
    print("\n".join(lines))
    return code


def parked_list(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the parked records, a line each."""
    with data.beside(_directory(arguments, settings)) as log:
        records = parking.listed(log, now=now)
    for record in records:
        state = f"dealt with: {record.replaced}" if record.replaced else "waits"
        print(f"{record.record_topic} {record.offset}  {record.reason}  {record.detail}  {state}")
    if not records:
        print("Nothing is parked.")
    return 0


def parked_show(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print a parked record whole: it may hold figures, so it goes to the screen alone."""
    with data.beside(_directory(arguments, settings)) as log:
        record = parking.find(log, arguments.topic, arguments.offset, now=now)
    print(json.dumps(record.model_dump(), indent=1))
    return 0


def parked_replay(arguments: argparse.Namespace, settings: Settings) -> int:
    """Append a parked record again."""
    with data.owned(_directory(arguments, settings)) as log:
        print(parking.replay(log, arguments.topic, arguments.offset, now=now))
    return 0


def parked_park(arguments: argparse.Namespace, settings: Settings) -> int:
    """Park a record on which a core has stopped."""
    with data.owned(_directory(arguments, settings)) as log:
        parking.park(
            log,
            arguments.topic,
            arguments.offset,
            reason=arguments.reason,
            now=now,
            cores=cores(),
        )
    print(f"Parked {arguments.topic} offset {arguments.offset}; every fold skips it from now on.")
    return 0


def erase_text(arguments: argparse.Namespace, settings: Settings) -> int:
    """Erase a text for good."""
    with data.owned(_directory(arguments, settings)) as log:
        erasure.erase(log, arguments.text, now=now)
    print("Erased. The words are gone from the log; the place where they stood says so.")
    return 0


def _directory(arguments: argparse.Namespace, settings: Settings) -> Path:
    directory: Path = arguments.data or settings.data
    return directory

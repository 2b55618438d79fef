"""The commands that look at a log or mend it, in a directory or on Kafka."""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from schemas.topics import Topic
from services.embedded import data, erasure, parking
from services.embedded.inspection import event_lines, verification
from services.embedded.wiring import cores
from services.runtime.clock import now
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.log import Log
from services.runtime.settings import Settings, SettingsError


def events(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print every event, or those of one topic, as canonical JSON."""
    topics = (arguments.topic,) if arguments.topic else tuple(Topic)
    with _beside(arguments, settings) as log:
        for line in event_lines(log, topics):
            print(line)
    return 0


def verify(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print what the verification found; its exit code says whether all is the same."""
    with _beside(arguments, settings) as log:
        code, lines = verification(log, cores(), now=now)
    print("\n".join(lines))
    return code


def parked_list(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the parked records, a line each."""
    with _beside(arguments, settings) as log:
        records = parking.listed(log, now=now)
    for record in records:
        state = f"dealt with: {record.replaced}" if record.replaced else "waits"
        print(f"{record.record_topic} {record.offset}  {record.reason}  {record.detail}  {state}")
    if not records:
        print("Nothing is parked.")
    return 0


def parked_show(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print a parked record whole: it may hold figures, so it goes to the screen alone."""
    with _beside(arguments, settings) as log:
        record = parking.find(log, arguments.topic, arguments.offset, now=now)
    print(json.dumps(record.model_dump(), indent=1))
    return 0


def parked_replay(arguments: argparse.Namespace, settings: Settings) -> int:
    """Append a parked record again."""
    with _owned(arguments, settings) as log:
        print(parking.replay(log, arguments.topic, arguments.offset, now=now))
    return 0


def parked_park(arguments: argparse.Namespace, settings: Settings) -> int:
    """Park a record on which a core has stopped."""
    with _owned(arguments, settings) as log:
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
    if arguments.kafka:
        with _kafka(arguments, settings) as kafka:
            erasure.set_empty(kafka, arguments.text, now=now)
        print("Erased. Kafka drops the words from its disks within two days.")
        return 0
    with data.owned(_directory(arguments, settings)) as log:
        erasure.erase(log, arguments.text, now=now)
    print("Erased. The words are gone from the log; the place where they stood says so.")
    return 0


@contextmanager
def _beside(arguments: argparse.Namespace, settings: Settings) -> Iterator[Log]:
    """Give the log to read: that on Kafka if the call names one, else the directory's."""
    source = data.beside(_directory(arguments, settings))
    with _kafka(arguments, settings) if arguments.kafka else source as log:
        yield log


@contextmanager
def _owned(arguments: argparse.Namespace, settings: Settings) -> Iterator[Log]:
    """Give the log to write to; a directory must be free, Kafka takes many writers."""
    source = data.owned(_directory(arguments, settings))
    with _kafka(arguments, settings) if arguments.kafka else source as log:
        yield log


@contextmanager
def _kafka(arguments: argparse.Namespace, settings: Settings) -> Iterator[KafkaLog]:
    place = {**settings.kafka.model_dump(), "servers": arguments.kafka}
    try:
        kafka = KafkaSettings.model_validate(place)
    except ValidationError as error:
        raise SettingsError(f"--kafka {arguments.kafka}: {error.errors()[0]['msg']}") from error
    log = KafkaLog.of(settings.nation, kafka)
    try:
        yield log
    finally:
        log.close()


def _directory(arguments: argparse.Namespace, settings: Settings) -> Path:
    directory: Path = arguments.data or settings.data
    return directory

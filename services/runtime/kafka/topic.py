"""Makes the topics as ``schemas.topics`` describes them, and says all that is wrong with others."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code

from schemas.topics import TOPICS, Topic
from services.runtime.kafka.client import LARGEST, make_admin, milliseconds
from services.runtime.kafka.diagnosis import diagnose
from services.runtime.kafka.fault import is_denial, reason_of
from services.runtime.kafka.partition import name_of, partitions_of
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.log import LogError, LogUnavailable

_DAY_MS = 86_400_000


class UnfitTopics(LogError):
    """Topics are missing or not laid out as the log needs them; the message names all faults."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("The topics on Kafka do not fit:\n" + "\n".join(f"- {f}" for f in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class _Rule:
    """What an option is set to, and which other values will do; without a test, any will."""

    value: str
    fits: Callable[[str, str], bool] | None = None


def _is_same(found: str, wanted: str) -> bool:
    return found == wanted


def _is_least(found: str, wanted: str) -> bool:
    return int(found) >= int(wanted)


def _is_most(found: str, wanted: str) -> bool:
    return int(found) <= int(wanted)


_OF_EVERY_TOPIC = {
    "compression.type": _Rule("zstd"),
    "max.message.bytes": _Rule(str(LARGEST + 64 * 1024), _is_least),
    # The broker's clock: records of a client that is an hour fast would otherwise be refused.
    "message.timestamp.type": _Rule("LogAppendTime"),
    "unclean.leader.election.enable": _Rule("false", _is_same),
}
_KEPT_FOR_EVER = {
    "cleanup.policy": _Rule("delete", _is_same),
    "retention.ms": _Rule("-1", _is_same),
    "retention.bytes": _Rule("-1", _is_same),
}
# An erased text is gone from the brokers' disks within days: what is being written is closed once
# a day, and cleaned at the latest a day after.
_COMPACTED = {
    "cleanup.policy": _Rule("compact", _is_same),
    "segment.ms": _Rule(str(_DAY_MS), _is_most),
    "max.compaction.lag.ms": _Rule(str(_DAY_MS), _is_most),
    "delete.retention.ms": _Rule(str(_DAY_MS)),
    "min.cleanable.dirty.ratio": _Rule("0.01"),
}


def _rules(topic: Topic, settings: KafkaSettings) -> dict[str, _Rule]:
    return {
        **_OF_EVERY_TOPIC,
        **(_COMPACTED if TOPICS[topic].compacted else _KEPT_FOR_EVER),
        "min.insync.replicas": _Rule(str(max(1, settings.replicas - 1)), _is_least),
    }


def prepare(settings: KafkaSettings) -> tuple[Topic, ...]:
    """Make the topics that are missing, check all, and return those made. Safe to do again.

    UnfitTopics names everything that is wrong; LogUnavailable if Kafka does not answer.
    """
    with _administrator(settings) as client:
        there = _replicas(client, settings)
        missing = [topic for topic in Topic if topic not in there]
        _make(client, missing, settings)
        _check(client, settings)
    return tuple(missing)


def check(settings: KafkaSettings) -> None:
    """Check that every topic is there and fits; raises as ``prepare`` does and changes nothing."""
    with _administrator(settings) as client:
        _check(client, settings)


@contextmanager
def _administrator(settings: KafkaSettings) -> Iterator[KafkaAdminClient]:
    try:
        client = make_admin(settings, patience=settings.patience)
        try:
            yield client
        finally:
            client.close()
    except KafkaError as error:
        reason = (not is_denial(error) and diagnose(settings)) or reason_of(error, settings)
        raise LogUnavailable(f"The topics are not known. {reason}") from error


def _replicas(client: KafkaAdminClient, settings: KafkaSettings) -> dict[Topic, list[int]]:
    """Return how many replicas are in sync of each partition of each topic that is there."""
    described = {
        found["name"]: found
        for found in client.describe_topics([name_of(topic, settings) for topic in Topic])
    }
    return {
        topic: [len(partition["isr_nodes"]) for partition in found["partitions"]]
        for topic in Topic
        if (found := described.get(name_of(topic, settings))) and found["error_code"] == 0
    }


def _make(client: KafkaAdminClient, missing: list[Topic], settings: KafkaSettings) -> None:
    if not missing:
        return
    names = [name_of(topic, settings) for topic in missing]
    asked = {
        name: {
            "num_partitions": partitions_of(topic, settings),
            "replication_factor": settings.replicas,
            "configs": {option: rule.value for option, rule in _rules(topic, settings).items()},
        }
        for topic, name in zip(missing, names, strict=True)
    }
    answer = client.create_topics(asked, raise_errors=False)
    faults = [
        f"{made['name']} could not be made: {made['error_message'] or for_code(made['error_code'])}"
        for made in answer["topics"]
        if for_code(made["error_code"]) not in (NoError, TopicAlreadyExistsError)
    ]
    if faults:
        raise UnfitTopics(faults)
    client.wait_for_topics(names, timeout_ms=milliseconds(settings.patience))


def _check(client: KafkaAdminClient, settings: KafkaSettings) -> None:
    there = _replicas(client, settings)
    names = {topic: name_of(topic, settings) for topic in there}
    options = client.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name) for name in names.values()],
        config_filter="all",
    ).get("topic", {})
    faults = [f"{name_of(t, settings)} is not there: make it" for t in Topic if t not in there]
    too_few: list[str] = []
    for topic, in_sync in there.items():
        faults += _faults_of_count(topic, len(in_sync), settings)
        found = {option: str(said["value"]) for option, said in options[names[topic]].items()}
        faults += _faults_of_options(topic, found, settings)
        least = int(found.get("min.insync.replicas", 1))
        if min(in_sync, default=0) < least:
            too_few.append(f"{names[topic]} ({min(in_sync, default=0)} of {least})")
    if faults:
        raise UnfitTopics(faults)
    if too_few:
        raise LogUnavailable(
            f"Nothing can be stored: too few replicas are in sync of {', '.join(too_few)}. Start "
            "the brokers that are away; each catches up by itself."
        )


def _faults_of_count(topic: Topic, count: int, settings: KafkaSettings) -> list[str]:
    wanted, name = partitions_of(topic, settings), name_of(topic, settings)
    if count == wanted:
        return []
    if TOPICS[topic].compacted:
        return [f"{name} has {count} partitions and needs 1: delete it, and it is made anew"]
    return [
        f"{name} has {count} partitions and {wanted} are set. A nation's partition follows from "
        f"their number: set TARTAN_KAFKA_PARTITIONS to what the topics were made with"
    ]


def _faults_of_options(
    topic: Topic, found: Mapping[str, str], settings: KafkaSettings
) -> list[str]:
    name = name_of(topic, settings)
    return [
        f"{name} has {option}={found[option]}: set it to {rule.value} "
        f"(kafka-configs.sh --alter --topic {name} --add-config {option}={rule.value})"
        for option, rule in _rules(topic, settings).items()
        if option in found and rule.fits is not None and not rule.fits(found[option], rule.value)
    ]

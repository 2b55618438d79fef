"""Which partition a nation is, and what a topic is called on the cluster."""

from kafka import TopicPartition
from kafka.partitioner import murmur2

from schemas.topics import TOPICS, Topic
from services.runtime.kafka.setting import KafkaSettings

_POSITIVE = 0x7FFFFFFF


def partition_of(nation: str, partitions: int) -> int:
    """Return the nation's partition: murmur2 of its name in UTF-8, positive, modulo the count.

    It is what every Kafka client does with a key (Apache Kafka, ``BuiltInPartitioner``), so a
    record keyed by its nation lands there whoever sends it. Another count is another partition.
    """
    return (int(murmur2(nation.encode())) & _POSITIVE) % partitions


def partitions_of(topic: Topic, settings: KafkaSettings) -> int:
    """Return how many partitions the topic has: one if it is keyed by text."""
    return 1 if TOPICS[topic].compacted else settings.partitions


def name_of(topic: Topic, settings: KafkaSettings) -> str:
    """Return the topic's name on the cluster."""
    return f"{settings.prefix}{topic}"


def place_of(topic: Topic, settings: KafkaSettings, *, partition: int) -> TopicPartition:
    """Return the one partition of the topic that belongs to a nation's log."""
    return TopicPartition(name_of(topic, settings), 0 if TOPICS[topic].compacted else partition)

"""The topics of the log: what is in each, who writes it, who reads it, how long it is kept.

Topics are keyed by nation, so a nation is one partition and totally ordered; ``texts.v1`` alone is
keyed by text id and compacted, because one text must be erasable for good.
"""

from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """A topic by the name it has in every log."""

    RETURNS = "returns.v1"
    STANDINGS = "standings.v1"
    ALERTS = "alerts.v1"
    TEXTS = "texts.v1"
    PARKED = "parked.v1"


class Producer(StrEnum):
    """Who said an event. A shell that speaks for itself has a name apart from its core's."""

    INGEST = "ingest"
    BENCHMARK = "benchmark"
    BENCHMARK_SHELL = "benchmark-shell"
    ALERTS = "alerts"
    ALERTS_SHELL = "alerts-shell"
    RUNTIME = "runtime"


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """What a topic promises to its writers and readers."""

    description: str
    writers: tuple[Producer, ...]
    readers: tuple[str, ...]
    compacted: bool = False


TOPICS: dict[Topic, TopicSpec] = {
    Topic.RETURNS: TopicSpec(
        "All that benchmark needs: returns, explanations, published figures, periods, method.",
        writers=(Producer.INGEST, Producer.BENCHMARK_SHELL),
        readers=("benchmark", "ingest", "gateway"),
    ),
    Topic.STANDINGS: TopicSpec(
        "Where each figure stands, and the baselines it was held against.",
        writers=(Producer.BENCHMARK,),
        readers=("gateway",),
    ),
    Topic.ALERTS: TopicSpec(
        "Everything that alerts needs: signatures, answers, audiences, time, notices.",
        writers=(Producer.BENCHMARK, Producer.ALERTS, Producer.ALERTS_SHELL),
        readers=("alerts", "gateway"),
    ),
    Topic.TEXTS: TopicSpec(
        "Free text and display names by text id; a text can be erased for good.",
        writers=(Producer.INGEST, Producer.ALERTS_SHELL),
        readers=("gateway",),
        compacted=True,
    ),
    Topic.PARKED: TopicSpec(
        "Records that could not be decoded: where they stand, their bytes, the reason.",
        writers=(Producer.RUNTIME,),
        readers=("every service, before any other topic", "operator"),
    ),
}

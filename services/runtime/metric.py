"""Every metric of the product, on an injected registry. No label names an authority or a figure."""

from collections.abc import Callable
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
)

from services.runtime.rebuild import Rebuild

_ANSWER_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_FRESH_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)
STANDING, NOTICE = "standing", "notice"
"""What freshness is measured to."""


class Metrics:
    """The metrics of one process; docs/operations/metrics.md says what each of them counts.

    What can be known at once is there from the first scrape on, at 0: a counter that appears later
    hides its first step from whoever asks for an increase. ``engine`` is the number of the
    arithmetic, for a process that has it.
    """

    def __init__(self, registry: CollectorRegistry, *, engine: int | None = None) -> None:
        """Register every metric, and those of the process itself."""
        self.registry = registry
        self._shown: set[Gauge] = set()
        ProcessCollector(registry=registry)
        build = Info(
            "tartan_build", "Version of the release and number of its arithmetic", registry=registry
        )
        build.info({"version": version("tartan"), "engine": str(engine or "")})
        self.requests = Counter(
            "tartan_http_requests_total",
            "Requests answered, by route template and status",
            ["method", "route", "status"],
            registry=registry,
        )
        self.request_seconds = Histogram(
            "tartan_http_request_duration_seconds",
            "Time to answer a request, by route template",
            ["route"],
            buckets=_ANSWER_SECONDS,
            registry=registry,
        )
        self.records = Counter(
            "tartan_consumer_records_total",
            "Records of the log dealt with, by consumer",
            ["consumer"],
            registry=registry,
        )
        self.lag = Gauge(
            "tartan_consumer_lag_records",
            "Records of the log that are still to be dealt with, by consumer",
            ["consumer"],
            registry=registry,
        )
        self.lag_seconds = Gauge(
            "tartan_consumer_lag_seconds",
            "Age of the oldest record that is still to be dealt with, by consumer",
            ["consumer"],
            registry=registry,
        )
        self.stopped = Gauge(
            "tartan_consumer_stopped",
            "1 where a consumer has stopped at a record and waits for a release or an operator",
            ["consumer"],
            registry=registry,
        )
        self.rebuild_folded = Gauge(
            "tartan_rebuild_folded_records",
            "Records folded by the consumer's newest rebuild of its state",
            ["consumer"],
            registry=registry,
        )
        self.rebuild_total = Gauge(
            "tartan_rebuild_records",
            "Records that the consumer's newest rebuild has to fold",
            ["consumer"],
            registry=registry,
        )
        self.parked = Gauge(
            "tartan_parked_records",
            "Records that could not be decoded and wait for an operator",
            registry=None,
        )
        self.freshness = Histogram(
            "tartan_freshness_seconds",
            "Time from the acceptance of a return until its standing is shown or its notice sent",
            ["to"],
            buckets=_FRESH_SECONDS,
            registry=registry,
        )
        self.notices = Counter(
            "tartan_notices_total",
            "Tries to send a notice, by channel and outcome",
            ["channel", "outcome"],
            registry=registry,
        )
        self.notices_waiting = Gauge(
            "tartan_notices_waiting",
            "Notices that were planned and that no channel has taken yet",
            registry=None,
        )
        self.notices_given_up = Gauge(
            "tartan_notices_given_up",
            "Notices that no channel took since its audience was last reached",
            registry=None,
        )
        self.lease = Gauge(
            "tartan_lease_held",
            "1 where this replica is the one that acts",
            ["lease"],
            registry=registry,
        )
        self.reachable = Gauge(
            "tartan_dependency_up",
            "1 where the dependency answered when it was last asked",
            ["dependency"],
            registry=registry,
        )

    def show(self, *gauges: Gauge) -> None:
        """Show gauges without labels, from a process that knows: others would claim a 0."""
        for gauge in set(gauges) - self._shown:
            self.registry.register(gauge)
            self._shown.add(gauge)

    def show_rebuild(self, consumer: str, rebuild: Callable[[], Rebuild]) -> None:
        """Show how far a consumer's newest rebuild has got, at each scrape."""
        self.rebuild_folded.labels(consumer).set_function(lambda: rebuild().folded)
        self.rebuild_total.labels(consumer).set_function(lambda: rebuild().total)

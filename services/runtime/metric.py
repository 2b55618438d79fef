"""Every metric of the product, on an injected registry. No label names an authority or a figure."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The metrics of one process; what each counts is its documentation in the scrape."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Register every metric."""
        self.registry = registry
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
            buckets=_SECONDS,
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
        self.ahead = Gauge(
            "tartan_projector_ahead_records",
            "Records of the log that the views have not taken in yet",
            registry=registry,
        )
        self.parked = Gauge(
            "tartan_parked_records",
            "Records that could not be decoded and wait for an operator",
            registry=registry,
        )
        self.stopped = Gauge(
            "tartan_consumer_stopped",
            "1 where a consumer has stopped at a record and waits for a release or an operator",
            ["consumer"],
            registry=registry,
        )
        self.freshness = Histogram(
            "tartan_freshness_seconds",
            "Time from the acceptance of a return to the end of everything that follows from it",
            buckets=_SECONDS,
            registry=registry,
        )
        self.notices = Counter(
            "tartan_notices_total",
            "Tries to send a notice, by channel and outcome",
            ["channel", "outcome"],
            registry=registry,
        )

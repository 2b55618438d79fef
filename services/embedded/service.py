"""One service of the distributed product, as a process of its own; settings from ``TARTAN_…``."""

import argparse

from services.runtime import journal
from services.runtime.settings import Settings


def benchmark(arguments: argparse.Namespace, settings: Settings) -> int:
    """Run benchmark's worker until it is told to stop."""
    # Imported here: Faust takes a second to load, and the embedded product never needs it.
    from services.benchmark.membership import Membership
    from services.benchmark.process import run

    journal.configure(settings.log_level)
    membership = Membership(session=arguments.session, instance=arguments.instance)
    run(settings.kafka, membership, host=arguments.host, port=arguments.port)
    return 0

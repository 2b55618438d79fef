"""When a try that failed is made again: growing pauses over three days, then no more."""

from datetime import datetime, timedelta

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=24),
    timedelta(hours=24),
)
"""Pause after the first, second … try, in the manner of Standard Webhooks."""
_LONGEST = PAUSES[-1]


def plan_again(
    tried_at: datetime, *, attempt: int, wait: timedelta | None = None
) -> datetime | None:
    """Return when try number ``attempt`` (from 1) is made again; None when that was the last.

    ``wait`` is what the channel itself asked for: it may lengthen a pause, to a day at most.
    """
    if attempt > len(PAUSES):
        return None
    pause = PAUSES[attempt - 1]
    if wait is not None:
        pause = max(pause, min(wait, _LONGEST))
    return tried_at + pause

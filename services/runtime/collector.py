"""The collector: keeps Python's search for reference cycles off state that is there to stay.

The search walks every object that can hold others. With England loaded these are millions, none of
them in a cycle: walking them again and again was two thirds of a start, and each walk stopped every
request for as long as it took. So the search comes seldom, and what a start has loaded is spared.
"""

import gc

_WHILE_LOADING = (1_000_000, 50, 20)
_AFTERWARDS = (50_000, 50, 20)


def look_seldom() -> None:
    """Let very many objects come before the next search: a start makes what will stay."""
    gc.set_threshold(*_WHILE_LOADING)


def spare_loaded() -> None:
    """Leave every object that exists now out of all later searches, which come in good time."""
    gc.freeze()
    gc.set_threshold(*_AFTERWARDS)

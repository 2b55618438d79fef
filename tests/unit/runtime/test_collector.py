import gc
import weakref

import pytest

from services.runtime import collector


@pytest.fixture(autouse=True)
def leave_the_collector_as_it_was():
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


class Ring:
    def __init__(self):
        self.itself = self


def test_what_was_loaded_is_spared_and_what_comes_later_is_not():
    loaded = {"a document": ["of", "the", "views"]}
    collector.spare_loaded()
    assert not any(known is loaded for known in gc.get_objects())

    later = {"another": []}

    assert any(known is later for known in gc.get_objects())


def test_a_cycle_that_comes_after_the_start_is_found_by_itself():
    collector.look_seldom()
    collector.spare_loaded()
    ring = Ring()
    gone = weakref.ref(ring)
    del ring

    kept = []
    while gone() is not None and len(kept) < 1_000_000:
        kept.append([])

    assert gone() is None
    assert len(kept) > 10_000

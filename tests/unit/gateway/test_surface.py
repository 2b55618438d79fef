"""Views that are away: a plain page for people, a problem for programs, and when to try again."""

import pytest

from services.gateway.views import Views
from services.gateway.whole import WholeViews
from services.runtime.store import MemoryStore, StoreDamaged, StoreUnavailable

HTML = {"accept": "text/html,application/xhtml+xml"}
PAGES = ["/", "/rug", "/authorities/D06", "/alerts", "/indicators/WF02", "/method", "/returns/x"]
READS = ["/v1/rug", "/v1/standings", "/v1/alerts", "/v1/collections", "/v1/notices"]


class Away(MemoryStore):
    """A store that answers nothing."""

    def __init__(self, fault=StoreUnavailable):
        super().__init__()
        self._fault = fault

    def get(self, key):
        raise self._fault("Redis at 10.0.0.7:6379 did not answer in time")

    def keys(self, prefix):
        raise self._fault("Redis at 10.0.0.7:6379 did not answer in time")


@pytest.fixture(params=[StoreUnavailable, StoreDamaged])
def away(request, make_client, library):
    return make_client(Views(Away(request.param), library=library, nation="demo"))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_without_its_views_says_so_plainly_and_needs_nothing_of_them(away, path):
    answer = away.get(path, headers=HTML)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"].startswith("text/html")
    assert "The figures cannot be shown at the moment" in answer.text
    assert "10.0.0.7" not in answer.text


@pytest.mark.parametrize("path", READS)
def test_a_program_is_told_when_to_try_again(away, path):
    answer = away.get(path)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["type"] == "/problems/views-unavailable"
    assert away.get(answer.json()["type"]).status_code == 200


def test_half_built_views_are_not_shown(make_client, library):
    store = MemoryStore()
    client = make_client(Views(WholeViews(store), library=library, nation="demo"))
    for lacking in (None, 12):
        if lacking is not None:
            store.put({}, positions={}, lacking=lacking)
        answer = client.get("/v1/rug")
        assert answer.status_code == 503
        assert answer.json()["type"] == "/problems/views-being-built"
        assert client.get(answer.json()["type"]).status_code == 200
    store.put({}, positions={})

    assert client.get("/v1/rug").status_code == 200

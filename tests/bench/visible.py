"""From POST to the rug that shows it: one return after the other, each until its page is read."""

import http.client
import json
from contextlib import closing
from time import perf_counter, sleep

from schemas.reference import ENGLAND, load_library
from tests.bench.england import COLLECTION, LAST
from tests.bench.figure import Figure, at
from tests.bench.notice import choose, make_body
from tests.bench.server import Server, get, get_json

RUNS = 100
MOST = 5_000.0
"""The most that 95 of 100 may take, in milliseconds."""
_CHANGED = "FD01"
_FIRST_TURN = 10_000
_LAST_WAIT = 60.0
_PAUSE = 0.005


def measure(server: Server) -> list[Figure]:
    """Return how long a sender waits for the region's rug to show what was sent."""
    chosen = choose()
    senders = load_library().senders(ENGLAND)
    times = []
    with closing(server.connect()) as connection:
        for turn in range(RUNS):
            code, figures = chosen[turn % len(chosen)]
            body = make_body(code, figures, alarming=False, turn=_FIRST_TURN + turn)
            times.append(_time(connection, code, senders[code].region, body))
            sleep(_PAUSE)
    return [
        Figure(
            "POST to the region's rug, its page read, 95th percentile",
            at(0.95, times),
            "ms",
            "the check, one step of benchmark, the views' fold, then the rug woven anew twice",
            limit=MOST,
            detail={"median": round(at(0.5, times)), "longest": round(max(times)), "returns": RUNS},
        )
    ]


def _time(connection: http.client.HTTPConnection, code: str, region: str, body: bytes) -> float:
    asked = f"region={region}&collection={COLLECTION}&period={LAST}"
    before = _cell(connection, code, asked)
    began = perf_counter()
    connection.request("POST", "/v1/returns", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.read()
    if response.status != http.HTTPStatus.ACCEPTED:
        raise RuntimeError(f"POST gave {response.status}: {answer[:300]!r}")
    while _cell(connection, code, asked) == before:
        if perf_counter() - began > _LAST_WAIT:
            raise RuntimeError(f"the rug never showed the return of {code}")
        sleep(_PAUSE)
    status, _ = get(connection, f"/rug?{asked}")
    if status != http.HTTPStatus.OK:
        raise RuntimeError(f"the rug's page gave {status}")
    return 1000 * (perf_counter() - began)


def _cell(connection: http.client.HTTPConnection, code: str, asked: str) -> str:
    cells = get_json(connection, f"/v1/rug?{asked}")["cells"]
    return json.dumps(
        [each for each in cells if (each["authority"], each["indicator"]) == (code, _CHANGED)]
    )

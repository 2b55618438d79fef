"""The rug: its weight on the wire and how fast it is served with England loaded."""

import gzip
import re
from http.client import HTTPConnection
from time import perf_counter

from schemas.reference import ENGLAND, load_library
from tests.bench.england import COLLECTION, LAST, quarters
from tests.bench.figure import Figure, at
from tests.bench.server import Server, get

REQUESTS = 500
_WARMING = 20
_STYLES = re.compile(rb'<link[^>]*rel="stylesheet"[^>]*>')
_HREF = re.compile(rb'href="([^"]+)"')


def measure(server: Server) -> list[Figure]:
    """Return weight and times of the largest region's rug, asked for again and each time another.

    More rugs are asked for in turn than are kept, so each of those is woven anew.
    """
    region, authorities = _largest()
    path = f"/rug?collection={COLLECTION}&region={region}&period="
    connection = server.connect()
    page = _compressed(connection, path + LAST)
    plain = gzip.decompress(page)
    links = [_HREF.search(link) for link in _STYLES.findall(plain)]
    styles = [_compressed(connection, link[1].decode()) for link in links if link]
    if not styles:
        raise RuntimeError("the page names no styles: run `make styles`")
    shown = {"region": region, "authorities": authorities}
    others = [
        f"{path}{period}&show={show}&comparator={comparator}"
        for period in quarters()
        for show in ("flag", "band")
        for comparator in ("england", "neighbours", "region")
    ]
    weight = Figure(
        "rug page with its styles, compressed",
        len(page) + sum(map(len, styles)),
        "bytes",
        f"{authorities} authorities × 31 indicators, each a cell with its words",
        limit=60_000,
        detail={"page": len(page), "plain": len(plain), "styles": sum(map(len, styles))} | shown,
    )
    served = [
        _time(server, connection, name, paths, limited_by, shown)
        for name, paths, limited_by in (
            ("the same again", [path + LAST], "one thread writes 320 kB and compresses them"),
            ("each woven anew", others, "1,023 cells are judged and worded in one thread"),
        )
    ]
    connection.close()
    return [weight, *served]


def _time(
    server: Server,
    connection: HTTPConnection,
    name: str,
    paths: list[str],
    limited_by: str,
    shown: dict[str, object],
) -> Figure:
    for turn in range(_WARMING):
        _compressed(connection, paths[turn % len(paths)])
    before, times = server.processor_seconds(), []
    for turn in range(REQUESTS):
        began = perf_counter()
        _compressed(connection, paths[(_WARMING + turn) % len(paths)])
        times.append(1000 * (perf_counter() - began))
    processor = 1000 * (server.processor_seconds() - before) / REQUESTS
    return Figure(
        f"rug page served, {name}, 99th percentile",
        at(0.99, times),
        "ms",
        limited_by,
        limit=50,
        detail={
            "median": round(at(0.5, times), 1),
            "processor_ms": round(processor, 1),
            "requests": REQUESTS,
            "rugs": len(paths),
        }
        | shown,
    )


def _largest() -> tuple[str, int]:
    homes = [authority.region for authority in load_library().senders(ENGLAND).values()]
    region = max(sorted(set(homes)), key=homes.count)
    return region, homes.count(region)


def _compressed(connection: HTTPConnection, path: str) -> bytes:
    status, body = get(connection, path, **{"Accept-Encoding": "gzip"})
    if status != 200:
        raise RuntimeError(f"GET {path} gave {status}")
    return body

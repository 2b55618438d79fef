"""The rug: its weight on the wire and how fast it is served with England loaded."""

import gzip
import re
from time import perf_counter

from schemas.reference import ENGLAND, load_library
from tests.bench.england import COLLECTION, LAST
from tests.bench.figure import Figure, at
from tests.bench.server import Server, get

REQUESTS = 500
_WARMING = 20
_STYLES = re.compile(rb'<link[^>]*rel="stylesheet"[^>]*>')
_HREF = re.compile(rb'href="([^"]+)"')


def measure(server: Server) -> list[Figure]:
    """Return weight and times of the largest region's rug."""
    region, authorities = _largest()
    path = f"/rug?collection={COLLECTION}&period={LAST}&region={region}"
    connection = server.connect()
    page = _compressed(connection, path)
    plain = gzip.decompress(page)
    links = [_HREF.search(link) for link in _STYLES.findall(plain)]
    styles = [_compressed(connection, link[1].decode()) for link in links if link]
    if not styles:
        raise RuntimeError("the page names no styles: run `make styles`")
    for _ in range(_WARMING):
        _compressed(connection, path)
    before, times = server.processor_seconds(), []
    for _ in range(REQUESTS):
        began = perf_counter()
        _compressed(connection, path)
        times.append(1000 * (perf_counter() - began))
    processor = 1000 * (server.processor_seconds() - before) / REQUESTS
    connection.close()
    shown = {"region": region, "authorities": authorities}
    return [
        Figure(
            "rug page with its styles, compressed",
            len(page) + sum(map(len, styles)),
            "bytes",
            f"{authorities} authorities × 31 indicators, each a cell with its words",
            limit=60_000,
            detail={"page": len(page), "plain": len(plain), "styles": sum(map(len, styles))}
            | shown,
        ),
        Figure(
            "rug page served, 99th percentile",
            at(0.99, times),
            "ms",
            "one thread makes the page from the views",
            limit=50,
            detail={
                "median": round(at(0.5, times), 1),
                "processor_ms": round(processor, 1),
                "requests": REQUESTS,
            }
            | shown,
        ),
    ]


def _largest() -> tuple[str, int]:
    homes = [authority.region for authority in load_library().senders(ENGLAND).values()]
    region = max(sorted(set(homes)), key=homes.count)
    return region, homes.count(region)


def _compressed(connection: object, path: str) -> bytes:
    status, body = get(connection, path, **{"Accept-Encoding": "gzip"})
    if status != 200:
        raise RuntimeError(f"GET {path} gave {status}")
    return body

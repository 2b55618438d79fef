"""``make bench``: one line of JSON per figure; exit 1 if one misses its budget.

``python -m tests.bench [PART …]`` measures some of them: core growth check door restart pages
visible notice, and of the distributed product load and rebuild, which need Docker and say so where
it is absent.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import (
    check,
    core,
    distributed,
    door,
    england,
    growth,
    notice,
    rebuild,
    restart,
    rug,
    visible,
)
from tests.bench.figure import Figure
from tests.bench.server import serve
from tests.machine import lacks_docker

PARTS = (
    "core",
    "growth",
    "check",
    "door",
    "restart",
    "pages",
    "visible",
    "notice",
    "load",
    "rebuild",
)
DISTRIBUTED = {"load": distributed.measure, "rebuild": rebuild.measure}


def measure(parts: set[str]) -> Iterator[Figure]:
    """Yield each figure as soon as it is known."""
    if "core" in parts:
        yield from core.measure()
    yield from _measure_embedded(parts - DISTRIBUTED.keys() - {"core"})
    yield from _measure_distributed(parts & DISTRIBUTED.keys())


def _measure_embedded(parts: set[str]) -> Iterator[Figure]:
    if not parts:
        return
    kept = england.prepare()
    for name, part in (("growth", growth), ("check", check), ("door", door)):
        if name in parts:
            yield from part.measure(kept)
    with tempfile.TemporaryDirectory(prefix="tartan-bench-") as folder:
        copy = england.copy_to(Path(folder) / "england")
        if "restart" in parts:
            yield from restart.measure(copy)
        yield from _measure_served(parts & {"pages", "visible", "notice"}, copy)


def _measure_served(parts: set[str], copy: Path) -> Iterator[Figure]:
    if not parts:
        return
    with serve(copy) as server:
        if "pages" in parts:
            yield from rug.measure(server)
        if "visible" in parts:
            yield from visible.measure(server)
        if "notice" in parts:
            yield from notice.measure(server, copy)


def _measure_distributed(parts: set[str]) -> Iterator[Figure]:
    reason = lacks_docker() if parts else None
    if reason is not None:
        print(f"Not measured: {', '.join(sorted(parts))}: {reason}", file=sys.stderr)
        return
    for name in sorted(parts):
        yield from DISTRIBUTED[name]()


def main(words: list[str]) -> int:
    """Print the figures; 0 if all keep their limits, 1 if one does not, 2 for an unknown part."""
    unknown = sorted(set(words) - set(PARTS))
    if unknown:
        print(f"There is no part {', '.join(unknown)}: {' '.join(PARTS)}", file=sys.stderr)
        return 2
    within = True
    for figure in measure(set(words or PARTS)):
        within = within and figure.within
        print(figure.line(), flush=True)
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

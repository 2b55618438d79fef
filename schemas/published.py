"""The published figures that are shipped: England in its latest three years.

A log that is still empty is given these first, so that a return is compared from the first day.
They were made by the importer from the files that ``schemas/data/published/SOURCE.md`` names.
"""

import gzip
from collections.abc import Iterator
from importlib import resources

from schemas.events import FiguresPublished

YEARS = 3
"""How many years of each figure are shipped."""


def shipped_figures() -> Iterator[FiguresPublished]:
    """Yield the shipped data sets, always in the same order: populations come first."""
    folder = resources.files("schemas") / "data" / "published"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".jsonl.gz"))
    sets = [
        FiguresPublished.model_validate_json(line)
        for name in names
        for line in gzip.decompress((folder / name).read_bytes()).splitlines()
    ]
    yield from sorted(sets, key=shipping_order)


def shipping_order(figures: FiguresPublished) -> tuple[bool, str, str]:
    """Sort populations before all else, then by the day a data set ends and its id."""
    return not figures.indicator.startswith("population:"), figures.ends, figures.id

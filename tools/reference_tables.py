"""Write the reference tables of ``schemas/data`` from the source files.

``python -m tools.reference_tables ../shared/data`` reads public lookups and writes the same bytes
whenever the sources are the same. What the sources cannot say (successors, amended decimals,
spellings, fictional authorities) stands in ``reference_given`` with its reason. A released version
is never changed: a new source means a new version beside the old.
"""

import csv
import gzip
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from schemas.codec import canonical, plain
from schemas.events import FiguresPublished
from schemas.published import YEARS
from schemas.reference import load_library
from services.ingest.core.published import import_file
from tools.reference_given import (
    ABROAD,
    CATALOGUE,
    DECIMALS,
    FICTIONAL,
    FICTIONAL_REGION,
    KINDS,
    LAIT,
    LIST_BEGINS,
    NEIGHBOURS,
    POPULATIONS,
    SETS_OF_TWO_WORDS,
    SUCCESSORS,
    VARIANTS,
)

DATA = Path(__file__).parents[1] / "schemas" / "data"


def catalogue(source: Path) -> str:
    """Return the indicator catalogue with kind, population and amended decimals."""
    columns = (
        "code",
        "name",
        "domain",
        "numerator",
        "denominator",
        "unit",
        "kind",
        "polarity",
        "accumulates",
        "factor",
        "decimals",
        "collection",
        "population",
        "sets",
        "lait_code",
        "source",
    )
    rows = []
    for row in _read(source / "derived" / "indicator_catalogue.csv"):
        row["kind"] = KINDS[row["unit"]]
        row["population"] = POPULATIONS.get(row["denominator"], "")
        row["decimals"] = DECIMALS.get(row["code"], row["decimals"])
        row["sets"] = ";".join(_sets(row["sets"]))
        rows.append([row[column] for column in columns])
    return _write(columns, rows)


def regions(source: Path) -> str:
    """Return the nine regions, the two parts of London and the demonstration region."""
    rows: list[Sequence[str]] = [FICTIONAL_REGION]
    for row in _read(source / "reference" / "dfe_regions.csv"):
        parent = "E12000007" if row["region_code"].startswith("E13") else ""
        rows.append((row["region_code"], row["region_name"], parent))
    return _write(("code", "name", "parent"), rows)


def authorities(source: Path) -> str:
    """Return every authority that has had a DfE code since 2009, with its life and successors."""
    london = {
        row["old_la_code"]: row["dfe_region_code"]
        for row in _read(source / "derived" / "la_reference_153.csv")
        if row["dfe_region_code"].startswith("E13")
    }
    lives: dict[str, list[dict[str, str]]] = {}
    for row in _single_authorities(source):
        lives.setdefault(row["old_la_code"], []).append(row)
    rows = []
    for code, spans in sorted(lives.items()):
        spans.sort(key=lambda row: _iso(row["date_of_operation"]))
        begins = _iso(spans[0]["date_of_operation"])
        rows.append(
            (
                code,
                spans[-1]["la_name"],
                spans[-1]["parent_geography_code"],
                london.get(code, ""),
                "" if begins == LIST_BEGINS else begins,
                _iso(spans[-1]["date_of_termination"]),
                ";".join(old for old, new in SUCCESSORS.items() if code in new),
                ";".join(SUCCESSORS.get(code, ())),
            )
        )
    columns = "code,name,region,sub_region,opens,closes,predecessors,successors"
    return _write(columns.split(","), rows)


def ons_codes(source: Path) -> str:
    """Return the ONS codes of each authority with the days on which each was in force."""
    rows = []
    for row in _single_authorities(source):
        begins = _iso(row["date_of_operation"])
        ends = _iso(row["date_of_termination"])
        rows.append(
            (row["old_la_code"], row["new_la_code"], "" if begins == LIST_BEGINS else begins, ends)
        )
    rows.sort(key=lambda row: (row[0], row[2]))
    return _write(("code", "ons_code", "begins", "ends"), rows)


def joint_returns(source: Path) -> str:
    """Return the codes under which two authorities return together."""
    rows = [
        (
            row["old_la_code"],
            row["new_la_code"],
            row["la_name"],
            row["old_la_code"].replace(" / ", ";"),
        )
        for row in _read(source / "reference" / "dfe_las.csv")
        if " / " in row["old_la_code"]
    ]
    return _write(("code", "ons_code", "name", "members"), sorted(rows))


def neighbours(source: Path, file: str, first: int) -> str:
    """Return the statistical neighbours of one model, ten codes in rank order."""
    text = (source / "reference" / file).read_text(encoding="utf-8-sig")
    rows = [
        [row[0], *(row[at].strip() for at in range(first, first + 20, 2))]
        for row in csv.reader(io.StringIO(text))
        if row[0].isdigit()
    ]
    return _write(["code", *(f"n{rank}" for rank in range(1, 11))], sorted(rows))


def tables(source: Path) -> Iterator[tuple[str, str]]:
    """Yield the name below ``schemas/data`` and the text of every reference table."""
    yield f"catalogue/{CATALOGUE}.csv", catalogue(source)
    yield "regions.csv", regions(source)
    yield "authorities.csv", authorities(source)
    yield "authority_ons_codes.csv", ons_codes(source)
    yield "joint_returns.csv", joint_returns(source)
    yield "name_variants.csv", _write(("name", "code"), VARIANTS)
    fictional = [(code, name, FICTIONAL_REGION[0], real) for code, name, real in FICTIONAL]
    yield (
        "fictional_authorities.csv",
        _write(("code", "name", "region", "drawn_from"), fictional),
    )
    for version, (file, first) in NEIGHBOURS.items():
        yield f"neighbours/{version}.csv", neighbours(source, file, first)


def published(source: Path) -> Iterator[tuple[str, str]]:
    """Yield, per publication, the latest years of its data sets as canonical JSON lines."""
    library = load_library()
    files = [*sorted((source / "published").glob("*.csv")), source / "derived" / LAIT]
    for path in files:
        imported = import_file(path.read_bytes(), name=path.name, library=library)
        kept = list(_latest(imported.data_sets))
        if kept:
            lines = (canonical(plain(figures)).decode() for figures in kept)
            yield f"published/{imported.source}.jsonl", "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Write all tables from the folder of source files named on the command line."""
    if len(arguments) != 1:
        print("usage: python -m tools.reference_tables FOLDER", file=sys.stderr)
        return 2
    for name, text in tables(Path(arguments[0])):
        path = DATA / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        print(f"{name}: {text.count(chr(10)) - 1} rows")
    for name, text in published(Path(arguments[0])):
        path = DATA / f"{name}.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
        print(f"{name}.gz: {text.count(chr(10))} data sets, {path.stat().st_size} bytes")
    return 0


def _latest(data_sets: Iterable[FiguresPublished]) -> Iterator[FiguresPublished]:
    """Yield the latest years of each indicator."""
    by_indicator: dict[str, list[FiguresPublished]] = {}
    for figures in data_sets:
        by_indicator.setdefault(figures.indicator, []).append(figures)
    for years in by_indicator.values():
        yield from sorted(years, key=lambda figures: figures.ends)[-YEARS:]


def _single_authorities(source: Path) -> Iterator[dict[str, str]]:
    for row in _read(source / "reference" / "dfe_las.csv"):
        if row["old_la_code"].isdigit() and row["old_la_code"] != ABROAD:
            yield row


def _read(path: Path) -> Iterator[dict[str, str]]:
    return iter(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def _write(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def _sets(text: str) -> list[str]:
    for pair in SETS_OF_TWO_WORDS:
        text = text.replace(pair, pair.replace(" ", "\0"))
    return [word.replace("\0", " ") for word in text.split()]


def _iso(text: str) -> str:
    """Turn 31/03/2019 into 2019-03-31; an empty text stays empty."""
    return "-".join(reversed(text.split("/"))) if text else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

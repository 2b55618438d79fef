import gzip
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from schemas.codec import canonical, plain
from schemas.periods import Period
from schemas.published import YEARS, shipped_figures, shipping_order
from schemas.reference import load_library

LIBRARY = load_library()
FIGURES = list(shipped_figures())


def test_populations_come_first_and_each_data_set_once():
    assert FIGURES[0].indicator.startswith("population:")
    assert sorted(FIGURES, key=shipping_order) == FIGURES
    assert len({figures.id for figures in FIGURES}) == len(FIGURES)


def test_up_to_three_years_of_each_figure_are_shipped():
    counts = Counter((figures.source, figures.indicator) for figures in FIGURES)
    assert set(counts.values()) <= {1, 2, YEARS}
    assert [pair for pair, count in counts.items() if count < YEARS] == [
        ("dfe-social-worker-stability", "LA09"),
        ("dfe-lait", "SE05"),
    ]


def test_every_indicator_that_a_shipped_file_gives_is_there():
    shipped = {figures.indicator for figures in FIGURES}
    catalogue = set(LIBRARY.catalogue("2026.1"))
    mapped = {
        measure.indicator
        for publication in LIBRARY.publications
        if publication.source != "dfe-section-47-enquiries"
        for measure in publication.measures
    }
    assert shipped == mapped
    assert shipped - catalogue == {
        "population:0-17",
        "population:assessments-with-factors",
        "population:need-episodes-ended",
    }


def test_a_data_set_ends_within_its_period():
    for figures in FIGURES:
        period = Period.parse(figures.period)
        assert str(period) == figures.period
        assert period.starts <= date.fromisoformat(figures.ends) <= period.ends
        assert figures.ends[:7] <= figures.release


def test_every_area_is_in_the_reference_tables():
    for figures in FIGURES:
        for area in figures.areas:
            if area in LIBRARY.joint or area == "E92000001":
                continue
            known = LIBRARY.region(area) if area.startswith("E") else LIBRARY.authority(area)
            assert known.code == area


def test_no_fictional_authority_is_among_the_figures():
    assert not {area for figures in FIGURES for area in figures.areas if area.startswith("D")}


def test_a_percentage_is_at_most_a_hundred_but_for_the_quotient_of_two_rates():
    catalogue = LIBRARY.catalogue("2026.1")
    for figures in FIGURES:
        indicator = catalogue.get(figures.indicator)
        if indicator is None or indicator.unit != "%" or indicator.code == "CP02":
            continue
        assert all(value is None or value <= 100 for value in figures.values), figures.id


def test_the_table_stays_small():
    folder = Path(__file__).parents[3] / "schemas" / "data" / "published"
    assert sum(path.stat().st_size for path in folder.glob("*.gz")) < 500_000


@pytest.mark.slow
def test_the_shipped_table_is_what_the_importer_makes_of_the_files_today(shared):
    from tools.reference_tables import DATA, published

    written = dict(published(shared / "data"))
    shipped = {path.name for path in (DATA / "published").glob("*.gz")}
    assert {f"{Path(name).name}.gz" for name in written} == shipped
    for name, text in written.items():
        assert gzip.decompress((DATA / f"{name}.gz").read_bytes()) == text.encode(), (
            f"{name}.gz differs: run `python -m tools.reference_tables ../shared/data`"
        )


def test_a_shipped_line_is_the_canonical_text_of_its_event():
    folder = Path(__file__).parents[3] / "schemas" / "data" / "published"
    lines = {
        line
        for path in folder.glob("*.gz")
        for line in gzip.decompress(path.read_bytes()).splitlines()
    }
    assert {canonical(plain(figures)) for figures in FIGURES} == lines

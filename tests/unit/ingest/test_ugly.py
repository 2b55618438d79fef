"""Ugly files as they really arrive, each with the report that a person would want."""

import pytest

from tests.unit.ingest.ugly.edit import WHOLE
from tests.unit.ingest.ugly.page import GOLDEN, PAGES, page, report_of

OTHERWISE = {"no symbol and no note"}
"""Files that are taken and hold another figure than the example."""


@pytest.mark.parametrize("name", PAGES)
def test_what_is_said_of_ugly_files_is_what_was_read_and_found_good(name, library):
    bodies, reader = PAGES[name]

    said = page(bodies, reader, library)

    # After a change: python -m tests.unit.ingest.ugly.page, and read what is new in it.
    assert said == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_the_corpus_has_sixty_files_and_more():
    assert sum(len(bodies) for bodies, _ in PAGES.values()) >= 60


@pytest.mark.parametrize("name", PAGES)
def test_what_is_taken_of_an_ugly_file_is_every_figure_of_the_return_and_no_other(name, library):
    bodies, reader = PAGES[name]
    plain, by_csv = WHOLE, PAGES["tables"][1]
    whole = report_of(plain, by_csv, library).observations

    for title, body in bodies.items():
        report = report_of(body, reader, library)
        assert bool(report.observations) == report.acceptable, title
        if report.acceptable and title not in OTHERWISE:
            assert report.observations == whole, title

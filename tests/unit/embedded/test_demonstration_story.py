"""The story of the demonstration: read strictly, and whole."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.periods import Period
from schemas.reference import DEMONSTRATION, load_library
from services.embedded.demonstration.script import CATALOGUE
from services.embedded.demonstration.story import Story, load_story

SMALL: Mapping[str, Any] = {
    "seed": "s",
    "first": "2025-26-Q3",
    "last": "2026-27-Q1",
    "collections": ["riia-quarterly"],
    "due_after": 42,
    "closes_after": 56,
    "until": "2026-08-31",
    "ordinary": {"polar": [0.1, 0.6], "neutral": [0.1, 0.9]},
    "season": [1.0, 1.0, 1.0, 1.0],
    "draw": {"FD03": {"draw": "flow"}},
    "authority": [{"code": "D01", "days": 30, "media_type": "text/csv"}],
}


def small(**more: object) -> Story:
    return Story.model_validate({**SMALL, **more})


def test_every_fictional_authority_takes_part_and_nobody_else() -> None:
    senders = load_library().senders(DEMONSTRATION)
    assert [sender.code for sender in load_story().senders] == sorted(senders)


def test_every_indicator_that_is_asked_for_is_drawn_or_not_collected() -> None:
    story, library = load_story(), load_library()
    drawn = set(story.draw)
    for recipe in story.draw.values():
        drawn |= {code for code in (recipe.starts, recipe.ends) if code is not None}
    left_out = {
        code for nobody in story.uncollected if not nobody.but for code in nobody.indicators
    }
    asked = {
        code
        for collection in story.collections
        for code in library.collection(collection, version=CATALOGUE)
    }
    assert drawn | left_out == asked
    assert drawn & left_out == set()


def test_what_happens_is_told_of_indicators_that_the_catalogue_has() -> None:
    story, catalogue = load_story(), load_library().catalogue(CATALOGUE)
    told = {
        *(change.indicator for change in story.changes),
        *(figure.indicator for figure in story.figures),
        *(mistake.indicator for mistake in story.mistakes),
        *(code for gap in story.gaps for code in gap.indicators),
        *(code for sender in story.senders for code in sender.place),
    }
    assert told <= set(catalogue)


def test_a_word_that_the_story_does_not_know_is_refused() -> None:
    with pytest.raises(ValidationError, match="chapter"):
        small(chapter=1)


def test_nothing_happens_to_an_authority_that_does_not_take_part() -> None:
    with pytest.raises(ValidationError, match="not among the authorities: D09"):
        small(absent=[{"authority": "D09", "period": "2026-27-Q1"}])


def test_a_course_begins_in_its_quarter_and_its_last_value_stays() -> None:
    change = {
        "authority": "D01",
        "indicator": "FD03",
        "since": "2025-26-Q4",
        "values": [500.0, 600.0],
        "notes": {"2026-27-Q1": "A new front door."},
    }
    story = small(change=[change])
    quarters = [*story.quarters(), Period.parse("2026-27-Q2")]
    assert [story.change("D01", "FD03", quarter) for quarter in quarters] == [
        None,
        500.0,
        600.0,
        600.0,
    ]
    assert story.note("D01", "FD03", quarters[1]) is None
    assert story.note("D01", "FD03", quarters[2]) == "A new front door."


def test_a_gap_has_its_symbol_and_its_reason_within_its_quarters_alone() -> None:
    gap = {
        "authority": "D01",
        "indicators": ["FD03"],
        "since": "2025-26-Q4",
        "until": "2025-26-Q4",
        "symbol": "u",
        "note": "Counted twice.",
    }
    story = small(symbol=[gap])
    assert [story.gap("D01", "FD03", quarter) for quarter in story.quarters()] == [
        None,
        ("u", "Counted twice."),
        None,
    ]


def test_a_local_measure_is_returned_by_those_who_keep_it() -> None:
    nobody = {"symbol": "x", "indicators": ["FD08"], "but": ["D01"]}
    two = [*SMALL["authority"], {"code": "D02", "days": 30, "media_type": "text/csv"}]
    story = small(uncollected=[nobody], authority=two)
    quarter = story.quarters()[0]
    assert story.gap("D01", "FD08", quarter) is None
    assert story.gap("D02", "FD08", quarter) == ("x", None)

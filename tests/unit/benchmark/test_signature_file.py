"""The released rule file 2026.1 as it is shipped."""

import pytest

from schemas.reference import load_library
from services.benchmark.core.reading import read_rules


@pytest.fixture(scope="module")
def file():
    return load_library().rules("2026.1")


@pytest.fixture(scope="module")
def book(file, catalogue):
    return read_rules(file, catalogue=catalogue)


def test_it_holds_the_signatures_that_were_chosen_and_nothing_half_done(file):
    assert [one["id"] for one in file["signature"]] == [
        "R01",
        "R03",
        "R06",
        "R18",
        "S1",
        "S5",
        "RED",
    ]


@pytest.mark.parametrize(
    ("signature", "text"),
    [
        ("R01", "sn(WF02) >= 50 % and d8(WF02) > 0"),
        ("R03", "pos(WF06) >= 0.67 and (pos(AS03) >= 0.67 or pos(CP04) >= 0.67)"),
        ("R06", "pos(CP04) >= 0.67 and pos(FD04) >= 0.67"),
        ("S1", "persist(pos(WF02) <= 0.25 and pos(WF05) <= 0.5, 2, 2)"),
        ("S5", 'persist(k_of(core, band(i) != "D", 8), 4, 4)'),
        ("RED:CP04", 'flag(CP04) = "red"'),
    ],
)
def test_the_conditions_are_those_of_the_sector_s_table(book, signature, text):
    assert book.rules[signature].text == text


def test_the_core_measures_are_the_eight_of_the_back_test(file):
    assert set(file["sets"]["core"]) == {
        "WF02",
        "WF03",
        "WF05",
        "WF06",
        "AS03",
        "CP04",
        "CP12",
        "FD04",
    }


def test_every_indicator_with_a_good_direction_and_a_test_has_its_own_red(book, catalogue):
    tested = {
        f"RED:{code}"
        for code, one in catalogue.items()
        if one.polarity != "N" and one.kind in ("rate", "percentage")
    }
    assert {id_ for id_ in book.rules if id_.startswith("RED:")} == tested


def test_thirty_cases_may_speak_or_twenty_full_time_equivalents(file, catalogue):
    assert file["least_n"]["default"] == 30
    fte = {code for code, one in catalogue.items() if "FTE" in one.denominator}
    assert set(file["least_n"]["indicators"]) == fte
    assert set(file["least_n"]["indicators"].values()) == {20}


def test_the_lines_between_watch_concern_and_escalate_are_those_of_the_method(book):
    ladder = book.ladder
    assert (ladder.times, ladder.quarters) == (2, 3)
    assert set(ladder.confirmed_by) == {"amber", "red"}
    assert ladder.still_confirmed_at == 1.645
    assert ladder.escalates_after == 4
    assert ladder.clears_after == 2


def test_a_red_falls_back_only_below_its_clearing_line(file):
    red = next(one for one in file["signature"] if one["id"] == "RED")
    assert red["clear"] == "z(i) < 2.576"


def test_data_silence_and_strengths_are_never_pushed(book):
    silent = {rule.id for rule in book.rules.values() if not rule.pushed}
    assert silent == {"R18", "S1", "S5"}


def test_every_signature_asks_a_question_and_says_what_is_known_of_its_worth(file):
    for one in file["signature"]:
        assert one["question"].rstrip().endswith("?")
        assert one["caveats"]
        honest = ("survive", "not tested")
        assert any(word in one["known"].lower() for word in honest), one["id"]


def test_no_text_judges_or_predicts(file):
    words = ("failing", "inadequate authority", "will be judged", "predicts")
    for one in file["signature"]:
        text = " ".join((one["question"], one["why"], *one["caveats"])).lower()
        assert not [word for word in words if word in text]
    assert "no prediction" in " ".join(file["about"].split())


def test_the_expected_pushes_say_how_they_were_made_and_agree_with_one_another(file):
    expected = file["expected"]
    assert "python -m tools.expected_pushes" in expected["made"]
    assert expected["england"] == pytest.approx(153 * expected["per_authority"], rel=0.02)
    assert expected["region_of_eleven"] == pytest.approx(11 * expected["per_authority"], rel=0.02)
    assert expected["england"] < 19, "no more than single flags alone would bring"

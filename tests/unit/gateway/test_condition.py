"""What a rule asks for and what was found, in words for people who read no rules."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reference import load_library
from services.benchmark.core.facts import Function
from services.benchmark.core.grammar import parse
from services.benchmark.core.vocabulary import is_yes_or_no
from services.gateway.core.condition import asked, found

CATALOGUE = load_library().catalogue("2026.1")
RULES = load_library().rules("2026.1")["signature"]
CODE = re.compile(r"\b[a-z]\w*\(|[<>=]=?|[{}]")
NEUTRAL = "CN01"


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("pos(CP04) >= 0.67", "ICPC within 15 working days: in the worst third of authorities"),
        ("pos(WF02) <= 0.25", "Agency social workers: in the best quarter of authorities"),
        ("pos(WF05) <= 0.5", "Turnover: in the better half of authorities"),
        ("pos(CP04) > 0.9", "ICPC within 15 working days: in the worst tenth of authorities"),
        ("pos(CN01) >= 0.8", "Children in need: in the highest fifth of authorities"),
        (
            "pos(CP04) >= 0.55",
            "ICPC within 15 working days: worse than at least 55 in 100 authorities",
        ),
        (
            "sn(WF02) >= 50 %",
            "Agency social workers: at least 50% worse than its statistical neighbours",
        ),
        ("d8(WF02) > 0", "Agency social workers: worse than two years before"),
        (
            "d4(WF02) > 2 pp",
            "Agency social workers: more than 2.0 percentage points worse than a year before",
        ),
        (
            "d4(WF02) <= -2 pp",
            "Agency social workers: at least 2.0 percentage points better than a year before",
        ),
        ("move(CN01) < 0", "Children in need: lower than in the quarter before"),
        (
            "z(CP04) < 2.576",
            "ICPC within 15 working days: a score of less than 2.576 in the exact test",
        ),
        ('flag(CP04) = "red"', "ICPC within 15 working days: red by the exact test"),
        ('flag(CP04) != "red"', "ICPC within 15 working days: not red by the exact test"),
        (
            'band(CP04) != "D"',
            "ICPC within 15 working days: not in band D, the worst quarter of authorities",
        ),
        ("value(CP04) < 30 %", "ICPC within 15 working days: less than 30.0%"),
        ("late()", "The return came late or not at all"),
        ("missing(CP04)", "ICPC within 15 working days: no usable figure"),
        (
            "persist(late(), 2, 4)",
            "In at least 2 of the last 4 quarters: the return came late or not at all",
        ),
        (
            "persist(pos(WF02) <= 0.25 and pos(WF05) <= 0.5, 2, 2)",
            "In each of the last 2 quarters: Agency social workers in the best quarter of "
            "authorities, and Turnover in the better half of authorities",
        ),
        (
            "k_of(returned, missing(i), 20 %)",
            "At least 20% of the figures returned: no usable figure",
        ),
        (
            "k_of({CP05, LA01}, balance(i) > 5 %, 1)",
            "At least 1 of Child protection plans and Children looked after: "
            "a break of more than 5% between the stock and its flows",
        ),
        (
            "k_of(returned, outlier(i) > 3 and not explained(i), 1)",
            "At least 1 of the figures returned: more than 3 times its usual spread from its own "
            "earlier figures, and not explained by the authority",
        ),
        (
            "run(CP04, 3)",
            "ICPC within 15 working days worse than in the quarter before, 3 quarters running",
        ),
    ],
)
def test_a_condition_asks_for_a_part_of_the_authorities_and_never_for_a_percentile(
    expression, words
):
    assert asked(expression, CATALOGUE) == words


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_no_rule_that_is_released_is_asked_in_its_own_language(rule):
    text = str(parse(rule["condition"], placeholder=True)).replace("(i)", "(CP04)")

    assert not CODE.search(asked(text, CATALOGUE))


@pytest.mark.parametrize("function", list(Function))
def test_every_function_of_the_rules_has_words_for_its_line_and_for_what_was_found(function):
    if is_yes_or_no(function):
        text, value = f"{function}({'' if function is Function.LATE else 'CP04'})", True
    elif function in {Function.FLAG, Function.BAND}:
        value = "red" if function is Function.FLAG else "D"
        text = f'{function}(CP04) = "{value}"'
    else:
        text, value = f"{function}(CP04) >= 0.4", 0.4
    words = found({"expression": text, "value": value}, CATALOGUE)

    assert not CODE.search(asked(text, CATALOGUE))
    assert " " in words or words.endswith("%")


@pytest.mark.parametrize("text", ["something else", "new(CP04) > 1", "odd(CP04, WF02)", "(("])
def test_a_condition_without_words_is_shown_as_it_stands(text):
    assert asked(text, CATALOGUE) == text
    assert found({"expression": text, "value": 2.5}, CATALOGUE) == "2.5"


@pytest.mark.parametrize(
    ("expression", "value", "words"),
    [
        ("pos(CP04) >= 0.67", 1.0, "Worse than all others: place 152 of 152"),
        ("pos(CP04) >= 0.67", 0.869, "Worse than 87 in 100 authorities: place 152 of 152"),
        ("pos(CP04) >= 0.67", 0.999, "Worse than 99 in 100 authorities: place 152 of 152"),
        ("pos(CP04) >= 0.67", 0.0, "Better than all others: place 152 of 152"),
        ("pos(CN01) >= 0.67", 0.8, "Higher than 80 in 100 authorities: place 152 of 152"),
        ("sn(WF02) >= 50 %", 1.8752428, "188% worse than its statistical neighbours"),
        ("sn(WF02) >= 50 %", 0.0, "The same as its statistical neighbours"),
        ("d8(WF02) > 0", 24.1022206, "24.1 percentage points worse than two years before"),
        ("d8(WF02) > 0", -3.0, "3.0 percentage points better than two years before"),
        ('flag(CP04) = "red"', "better", "Green, better than expected, by the exact test"),
        ('band(WF02) != "D"', "A", "In band A, the best quarter of authorities"),
        ("late()", False, "The return came in time"),
        ("z(CP04) < 2.576", 2.5, "A score of 2.500 in the exact test"),
        ("persist(late(), 2, 4)", 2.0, "In 2 of them"),
        ("persist(late(), 2, 4)", 0.0, "In none of them"),
        ("k_of(returned, missing(i), 20 %)", 0.0, "None of them"),
        ("k_of(returned, missing(i), 20 %)", 8.0, "8 of them"),
        ("pos(CP04) >= 0.67", None, "Not known"),
    ],
)
def test_what_was_found_is_said_in_the_same_terms(expression, value, words):
    said = {"expression": expression, "value": value}

    assert found(said, CATALOGUE, place=(152, 152)) == words


@given(
    value=st.floats(0, 1),
    code=st.sampled_from([code for code, i in CATALOGUE.items() if i.polarity == "N"]),
)
def test_no_figure_without_a_good_side_is_found_better_or_worse(value, code):
    said = {"expression": f"pos({code}) >= 0.67", "value": value}
    words = f"{asked(said['expression'], CATALOGUE)} {found(said, CATALOGUE)}".lower()

    assert not {"better", "worse", "best", "worst"} & set(words.split())

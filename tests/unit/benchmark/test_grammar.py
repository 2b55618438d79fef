import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.benchmark.core.expression import (
    And,
    Comparison,
    Holds,
    KOf,
    Measure,
    Not,
    Number,
    Operator,
    Or,
    Persist,
    Run,
    Unit,
    bind,
)
from services.benchmark.core.facts import Function
from services.benchmark.core.grammar import parse
from services.benchmark.core.lexeme import Unreadable
from services.benchmark.core.vocabulary import CHANGES, SHARES, WORDS, YES_OR_NO

CODES = st.sampled_from(["CP04", "WF02", "FD04", "LA01", "XX99"])
MAGNITUDES = st.decimals(-1000, 1000, places=3).map(float).map(lambda x: x + 0.0)
ORDER = st.sampled_from([Operator.AT_LEAST, Operator.ABOVE, Operator.AT_MOST, Operator.BELOW])
EQUALITY = st.sampled_from([Operator.EQUAL, Operator.UNEQUAL])


def units(function):
    allowed = [Unit.PLAIN]
    if function in SHARES | {Function.VALUE}:
        allowed.append(Unit.PERCENT)
    if function in CHANGES:
        allowed.append(Unit.POINTS)
    return st.sampled_from(allowed)


@st.composite
def comparisons(draw, codes):
    function = draw(st.sampled_from(list(Function)))
    measure = Measure(function, None if function is Function.LATE else draw(codes))
    if function in YES_OR_NO:
        return Holds(measure)
    if function in WORDS:
        return Comparison(measure, draw(EQUALITY), draw(st.sampled_from(sorted(WORDS[function]))))
    operand = Number(draw(MAGNITUDES), draw(units(function)))
    return Comparison(measure, draw(ORDER | EQUALITY), operand)


@st.composite
def persistences(draw, inner):
    quarters = draw(st.integers(1, 12))
    return Persist(draw(inner), draw(st.integers(1, quarters)), quarters)


def nodes(codes, depth=3):
    leaf = comparisons(codes) | st.builds(Run, codes, st.integers(1, 12))
    if depth == 0:
        return leaf
    inner = nodes(codes, depth - 1)
    some = st.lists(inner, min_size=2, max_size=3).map(tuple)
    members = st.just("core") | st.just(("CP04", "WF02", "FD04"))
    counts = st.integers(1, 3).map(lambda k: Number(float(k))) | st.just(Number(20.0, Unit.PERCENT))
    return (
        leaf
        | st.builds(Not, inner)
        | st.builds(And, some)
        | st.builds(Or, some)
        | persistences(inner)
        | st.builds(KOf, members, nodes(st.just("i"), depth - 1), counts)
    )


@given(nodes(CODES))
def test_what_is_printed_reads_as_the_same_condition(node):
    assert parse(str(node)) == node
    assert str(parse(str(node))) == str(node)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_column_inside_it(text):
    column = 1
    try:
        parse(text)
    except Unreadable as fault:
        column = fault.column
    assert 1 <= column <= len(text) + 1


SECTOR = {
    "R02": "pos(WF02) >= .75 and pos(WF05) >= .75",
    "R04": "k_of({AS03, CP04, CP12}, pos(i) >= .75, 2)",
    "R05": "d4(AS03) ≥ 5 pp and sn(AS03) > 0",
    "R08": "sn(FD03) >= +15 % and sn(FD06) > 0 and (d4(FD02) > 0 or pos(FD07) >= .75)",
    "R09": "sn(LA01) >= +15 % and (sn(WF06) > 0 or run(LA02, 4))",
    "R10": "k_of({LA05, LA06, LA07}, pos(i) >= .75, 2) or (value(LA17) > 0 and d4(LA17) > 0)",
    "R11": "pos(CP09) >= .75 and (pos(CP10) >= .75 or pos(CP11) >= .75)",
    "R13": "persist(d4(ME01) > 0 and d4(ME02) > 0, 4, 4)"
    " and (pos(ME03) >= .67 or pos(ED03) >= .67)",
    "R16": "(value(SE03) < 30 % or pos(SE03) >= .8) and d4(SE01) > 0 and pos(SE04) >= .75",
    "R17": "d4(EH04) > 0 and pos(EH02) >= .67 and d4(EH03) < 0 and d4(FD03) > 0",
    "R19": 'k_of(core, band(i) = "D", 4)',
    "S3": "k_of({AS03, CP04, CP12}, pos(i) <= .50, 3)"
    " or k_of({AS03, CP04, CP12}, pos(i) <= .25, 2)",
    "S6": "sn(LA01) ≤ −10 % and d8(LA01) < 0 and pos(FD04) < .5 and pos(CP08) < .5",
    "cusum and false discovery": 'flag(CP04) != "as_expected" and z(CP04) >= 3.09',
}


@pytest.mark.parametrize("text", SECTOR.values(), ids=SECTOR)
def test_the_sector_s_signatures_can_be_written(text):
    node = parse(text)
    assert parse(str(node)) == node


def test_numbers_keep_the_unit_that_they_were_written_with():
    assert parse("sn(WF02) >= +50 %").operand == Number(50.0, Unit.PERCENT)
    assert parse("d4(AS03) >= 5pp").operand == Number(5.0, Unit.POINTS)
    assert parse("pos(CP04) >= .75").operand == Number(0.75)
    assert parse("sn(LA01) <= −10 %").operand == Number(-10.0, Unit.PERCENT)


def test_typeset_signs_are_understood():
    assert parse("pos(CP04) ≥ 0.5 and pos(FD04) ≤ 0.5 and pos(WF02) ≠ 1") == parse(
        "pos(CP04) >= 0.5 and pos(FD04) <= 0.5 and pos(WF02) != 1"
    )


def test_and_binds_closer_than_or_and_not_closer_than_both():
    late, missing, explained = (
        Holds(Measure(Function.LATE, None)),
        Holds(Measure(Function.MISSING, "CP04")),
        Holds(Measure(Function.EXPLAINED, "CP04")),
    )
    text = "late() or not missing(CP04) and explained(CP04)"
    assert parse(text) == Or((late, And((Not(missing), explained))))
    assert parse("(late() or not missing(CP04)) and explained(CP04)") == And(
        (Or((late, Not(missing))), explained)
    )


def test_the_placeholder_of_a_set_inside_stays_when_another_is_bound():
    template = parse("pos(i) > .5 and k_of({CP04, FD04}, pos(i) > .5, 1)", placeholder=True)
    assert str(bind(template, "WF02")) == "pos(WF02) > 0.5 and k_of({CP04, FD04}, pos(i) > 0.5, 1)"


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("", 1, "expected a condition, found the end of the text"),
        ("pos(CP04) >=", 13, "expected a number, found the end of the text"),
        ("pos(CP04) >= and", 14, "expected a number, found “and”"),
        ("pos(CP04)", 10, "expected a comparison (>= > <= < = !=) after “pos(CP04)”"),
        ("pos(CP04) >= .5 pos(FD04) >= .5", 17, "expected “and”, “or” or the end of the text"),
        ("pos CP04", 5, "expected “(”, found “CP04”"),
        ("rank(CP04) > 3", 1, "expected a condition, found “rank”; it may begin with value, pos"),
        ("(late()", 8, "expected “)”, found the end of the text"),
        ("late(CP04)", 6, "expected “)”, found “CP04”"),
        ("pos() > 1", 5, "expected an indicator such as CP04, found “)”"),
        ("pos(and) > 1", 5, "expected an indicator such as CP04, found “and”"),
        ("pos(i) > 1", 5, "“i” stands for each member of a set and has a meaning in k_of only"),
        ("late() = 1", 8, "late is true or false by itself; leave “=” out"),
        ('band(CP04) > "C"', 12, "band is a word: expected “=” or “!=”, found “>”"),
        ('band(CP04) = "E"', 14, 'expected one of "A", "B", "C", "D" for band, found “E”'),
        ("band(CP04) = 4", 14, 'expected one of "A", "B", "C", "D" for band, found “4”'),
        ('pos(CP04) > "D"', 13, "expected a number after “pos(…) >”, found “D”"),
        ('band(CP04) = "D', 14, 'expected a closing quotation mark, found “"”'),
        ("d4(CP04) >= 5 %", 13, "“%” has no meaning for d4: write “pp” for percentage points"),
        ("z(CP04) >= 3 %", 12, "“%” has no meaning for z: write a plain number"),
        ("sn(CP04) >= 5 pp", 13, "sn is not in percentage points: leave “pp” out"),
        ("k_of({}, pos(i) > .5, 1)", 7, "expected an indicator such as CP04, found “}”"),
        ("k_of({CP04, CP04}, pos(i) > .5, 1)", 13, "CP04 stands twice in the set; name it once"),
        ("k_of({CP04}, pos(i) > .5, 2)", 27, "“2” of a set of 1 can never hold; lower the number"),
        ("k_of({CP04}, pos(i) > .5, .5)", 27, "expected a whole number from 1, or a share"),
        ("k_of({CP04}, pos(i) > .5, 120 %)", 27, "or a share such as 20 %, found “120 %”"),
        ("k_of(pos, pos(i) > .5, 1)", 6, "expected “{” or the name of a set, found “pos”"),
        ("persist(late(), 3, 2)", 17, "3 of the last 2 quarters can never hold"),
        (
            "persist(late(), 1, 20)",
            20,
            "expected a whole number of quarters from 1 to 12, found “20”",
        ),
        ("run(LA02, 0)", 11, "expected a whole number of quarters from 1 to 12, found “0”"),
        ("pos(CP04) & late()", 11, "expected a condition, number or sign, found “&”"),
    ],
)
def test_a_fault_names_its_column_and_what_was_expected(text, column, words):
    with pytest.raises(Unreadable) as fault:
        parse(text)
    assert fault.value.column == column
    assert words in fault.value.what
    assert "invalid" not in str(fault.value).lower()

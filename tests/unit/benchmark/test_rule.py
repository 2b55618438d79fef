import pytest

from schemas.periods import Period
from services.benchmark.core.reading import RuleFileFault, read_rules

NOW = Period.parse("2026-27-Q2")


def faults_of(document, catalogue):
    with pytest.raises(RuleFileFault) as raised:
        read_rules(document, catalogue=catalogue)
    return raised.value.faults


def test_a_rule_knows_every_indicator_it_may_look_at(rules):
    book = rules(
        condition="k_of(core, pos(i) >= .5, 2) and run(LA02, 2) and not persist(late(), 2, 4)",
        sets={"core": ("CP04", "FD04")},
    )
    assert book.rules["T01"].indicators == {"CP04", "FD04", "LA02"}


def test_a_set_may_be_the_indicators_of_a_collection(rules, catalogue):
    book = rules(
        condition="k_of(returned, missing(i), 20 %)",
        sets={"returned": {"collection": "riia-quarterly"}},
    )
    riia = {code for code, one in catalogue.items() if one.collection == "riia-quarterly"}
    assert book.rules["T01"].indicators == riia
    assert len(riia) == 31


def test_a_template_is_one_signature_of_each_indicator_it_names(rules):
    book = rules(
        id="RED",
        grading="at_once",
        collection=None,
        condition='flag(i) = "red"',
        clear="z(i) < 2.576",
        question="{indicator}: why?",
        each={
            "collections": ["riia-quarterly"],
            "polarity": ["H", "L"],
            "kinds": ["rate", "percentage"],
        },
    )
    assert list(book.rules) == [
        "RED:FD04",
        "RED:AS03",
        "RED:CP04",
        "RED:CP08",
        "RED:CP09",
        "RED:WF02",
        "RED:WF03",
        "RED:WF04",
    ]
    red = book.rules["RED:CP04"]
    assert red.text == 'flag(CP04) = "red"'
    assert red.question == "ICPC within 15 working days: why?"
    assert red.indicators == {"CP04"}
    assert red.collection == "riia-quarterly"
    assert not red.composite


def test_a_collection_touches_every_composite_and_its_own_single_signatures(rules):
    each = {
        "collections": ["early-help-quarterly"],
        "polarity": ["H", "L"],
        "kinds": ["percentage"],
    }
    book = rules(
        {"id": "T01"},
        {
            "id": "ONE",
            "grading": "at_once",
            "collection": None,
            "condition": 'flag(i) = "red"',
            "each": each,
        },
    )
    assert [rule.id for rule in book.touching("riia-quarterly").rules] == ["T01"]
    early = [rule.id for rule in book.touching("early-help-quarterly").rules]
    assert early[0] == "T01"
    assert early[1:]
    assert all(id_.startswith("ONE:EH") for id_ in early[1:])


@pytest.mark.parametrize(
    ("own", "n", "truth"),
    [(None, 29.0, None), (None, 30.0, True), (10, 10.0, True), (10, 9.0, None)],
)
def test_a_signature_may_say_which_denominators_may_speak(rules, facts, own, n, truth):
    facts.put("pos(CP04)", NOW, 0.9, n=n)
    rule = rules(least_n=30).rules["T01"] if own is None else None
    if rule is None:
        rule = rules({"least_n": own}).rules["T01"]
    assert rule.check.truth(facts, NOW) is truth


def test_changing_the_file_alone_changes_what_fires(rules, facts):
    facts.put("pos(CP04)", NOW, 0.7)
    strict, loose = rules(condition="pos(CP04) >= .75"), rules(condition="pos(CP04) >= .67")
    assert strict.rules["T01"].check.truth(facts, NOW) is False
    assert loose.rules["T01"].check.truth(facts, NOW) is True


def test_without_a_clearing_line_below_means_that_the_condition_does_not_hold(rules, facts):
    facts.put("pos(CP04)", NOW, 0.7)
    rule = rules(condition="pos(CP04) >= .75").rules["T01"]
    assert rule.clear.truth(facts, NOW) is True


def test_all_faults_of_a_file_are_told_at_once_with_rule_and_column(document, catalogue):
    found = faults_of(
        document(
            {"id": "A1", "condition": "pos(CP04) >= and"},
            {"id": "A2", "condition": "pos(CP99) >= .5 and d4(WF06) >= 5 pp"},
            {"id": "A3", "condition": "k_of(none_such, pos(i) > .5, 1)"},
            {"id": "A4", "condition": "late()", "clear": "late"},
            {"id": "A5", "condition": 'band(LA01) = "D"'},
            {"id": "A6", "condition": 'flag(LA01) = "red" or flag(CP04) = "very_high"'},
            {"id": "A7", "condition": "value(WF06) > 18 %"},
            {"id": "A8", "condition": "k_of(core, pos(i) > .5, 3)"},
            {"id": "A9", "condition": "late()", "collection": "no-such"},
            {"id": "B1", "condition": "balance(CP04) > 5 %"},
            {"id": "B1", "condition": "late()"},
            sets={"core": ("CP04", "FD04")},
        ),
        catalogue,
    )
    assert found == (
        "B1: stands twice in the file; give each signature an id of its own",
        "A1: condition, column 14: expected a number, found “and”",
        "A2: condition, column 1: there is no indicator “CP99” in the catalogue; "
        "write a code such as CP04",
        "A2: condition, column 21: WF06 is in ratio, not in per cent: leave “pp” out",
        "A3: condition, column 1: the file has no set “none_such”; it has core",
        "A4: clear, column 5: expected “(”, found the end of the text",
        "A5: condition, column 1: LA01 is neither good nor bad when high, so it has no band",
        "A6: condition, column 1: LA01 is never “red”; its flags are high and low",
        "A6: condition, column 23: CP04 is never “very_high”; its flags are amber, red and better",
        "A7: condition, column 1: WF06 is in ratio, not in per cent: leave “%” out",
        "A8: condition, column 1: “3” of a set of 2 can never hold",
        "A9: there is no collection “no-such” in the catalogue",
        "B1: condition, column 1: CP04 has no flows that lead to it; balance is of CP05 and LA01",
    )
    assert not any("invalid" in fault.lower() for fault in found)


def test_a_file_of_another_shape_is_refused_key_by_key(document, catalogue):
    file = document({"id": "A1", "colour": "blue"}, {"id": "A2", "sign": "weather"})
    del file["severity"]
    del file["signature"][0]["question"]
    found = faults_of(file, catalogue)
    assert "“severity” is missing" in found
    assert "A1: “question” is missing" in found
    assert "A1: “colour” is not known here; take it out" in found
    assert any(fault.startswith("A2: “sign” ") for fault in found)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"collection": None}, "name either the collection it belongs to, or “each”"),
        (
            {
                "collection": None,
                "condition": "pos(i) > .5",
                "each": {
                    "collections": ["riia-quarterly"],
                    "polarity": ["H"],
                    "kinds": ["percentage"],
                },
            },
            "a template is of one indicator: its grading is “at_once”",
        ),
    ],
)
def test_a_signature_has_one_home_and_a_template_one_grading(document, catalogue, changed, words):
    assert f"T01: {words}" in faults_of(document(changed), catalogue)


def test_least_numbers_of_unknown_indicators_are_a_fault(document, catalogue):
    file = document()
    file["least_n"]["indicators"]["ZZ01"] = 20
    assert faults_of(file, catalogue) == ("least_n: there is no indicator “ZZ01” in the catalogue",)

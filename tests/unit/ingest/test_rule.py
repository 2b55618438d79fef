"""Every rule by its own example, and the words of every rule."""

import re
from dataclasses import replace
from datetime import date
from itertools import product
from string import Formatter

import pytest

from schemas.events import Event, ReturnAccepted, Severity
from schemas.published import shipped_figures
from schemas.rule import RULES, Rule
from schemas.topics import Producer
from services.ingest.core.document import Format
from services.ingest.core.report import where
from services.ingest.core.version import Versions, take
from services.ingest.core.word import Word

COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q2"
TODAY = {"T272": date(2026, 11, 12), "T273": date(2026, 9, 30)}


@pytest.fixture
def surrounded(returned, known):
    """Makes what a rule looks at beside the return: earlier returns, figures, the calendar."""

    def surround(rule: Rule) -> None:
        # A region's range is what others returned; a first return has no past of its own.
        senders = ("D02", "D03", "D04", "D05", "D06") if rule.code == "Q212" else ("D01",)
        for authority, back in product(senders, range(1, rule.quarters + 1) if rule.before else ()):
            returned(*rule.before.splitlines(), back=back, authority=authority)
        if rule.code == "Q213":
            for data_set in shipped_figures():
                known.lender.take(data_set)
        if rule.code[0] == "T":
            turn_calendar(rule.code, known)

    return surround


def turn_calendar(code: str, known: Versions) -> None:
    """Makes the period as a rule of time has it: not open, closed, with a return that stands."""
    if code == "T270":
        known.periods.clear()
    if code in {"T274", "T275"}:
        said = ReturnAccepted(
            return_id="stands", authority="D01", collection=COLLECTION, period=PERIOD,
            sha256="00", size=1, media_type="text/csv", channel="api", rules="", observations=(),
        )  # fmt: skip
        take(known, Event("stands", "demo", Producer.INGEST, "2026-10-20T09:00:00.000Z", said))
    if code == "T274":
        known.words.signed["stands"] = Word("word", "stands", "", "2026.1")
    if code in {"T271", "T275"}:
        key = (COLLECTION, PERIOD)
        known.periods[key] = replace(known.periods[key], closed=True)


@pytest.fixture
def met(examine, whole, surrounded):
    """Sends a rule's example and gives the report."""

    def send(rule: Rule):
        surrounded(rule)
        today = TODAY.get(rule.code, date(2026, 11, 2))
        if rule.example.lstrip().startswith("{"):
            return examine(rule.example, Format.JSON, today=today)
        rows = rule.example.splitlines() * rule.times
        body = whole(*rows) if is_rows(rule) else rule.example
        return examine(body.encode(rule.encoding), today=today)

    return send


def is_rows(rule: Rule) -> bool:
    return bool(re.match(r"[A-Z]{2}\d+,|,", rule.example))


# What an example of a workbook only describes stands among the ugly files.
SENT = [rule for rule in RULES.values() if not rule.workbook]


@pytest.mark.parametrize("rule", SENT, ids=lambda rule: rule.code)
def test_a_rule_is_met_by_its_own_example(rule, met):
    report = met(rule)

    assert rule.code in [finding.code for finding in report.findings]


@pytest.mark.parametrize(
    "rule", [r for r in RULES.values() if is_rows(r)], ids=lambda rule: rule.code
)
def test_an_example_of_rows_meets_no_other_error(rule, met):
    # A row in another's place leaves that one missing.
    kin = {"S042": {"S046"}, "S043": {"S046"}}
    report = met(rule)

    others = {f.code for f in report.findings if f.severity is Severity.ERROR} - {rule.code}

    assert others <= kin.get(rule.code, set())


def test_a_return_without_fault_meets_no_rule(examine, whole):
    report = examine(whole())

    assert report.findings == ()
    assert report.acceptable
    assert len(report.observations) == 31


@pytest.mark.parametrize("rule", [r for r in RULES.values() if r.quiet], ids=lambda rule: rule.code)
def test_a_rule_is_not_met_by_what_only_comes_near(rule, met):
    report = met(replace(rule, example=rule.quiet))

    assert rule.code not in [finding.code for finding in report.findings]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_the_words_of_a_rule_are_sentences_for_people(rule):
    for words in filter(None, (rule.title, rule.one, rule.many, rule.fix)):
        assert "invalid" not in words.lower()
        assert words[0] in "“{" or words[0].isupper()
        assert words.endswith((".", ".{hint}")), words
        assert "  " not in words


@pytest.mark.parametrize("rule", SENT, ids=lambda rule: rule.code)
def test_what_a_rule_says_of_its_example_is_a_sentence_with_every_fact_filled_in(rule, met):
    for finding in met(rule).findings:
        assert finding.detail.endswith((".", "?")), finding.detail
        assert finding.fix.endswith("."), finding.fix
        assert "{" not in finding.detail + finding.fix
        assert "invalid" not in (finding.detail + finding.fix).lower()
        assert finding.value is None or len(finding.value) <= 80
        assert where(finding.places[0])


def test_every_fact_that_words_name_is_one_that_is_given():
    given = {"who", "value", "column", "count", "hint"}
    named = {
        field
        for rule in RULES.values()
        for words in (rule.one, rule.many, rule.fix)
        for _, field, _, _ in Formatter().parse(words)
        if field
    }

    assert given <= named
    assert all(re.fullmatch(r"[a-z_]+", field) for field in named)


def test_codes_tell_the_part_of_the_catalogue_and_are_in_order():
    codes = list(RULES)

    assert [code for code in codes if not re.fullmatch(r"[FSCXQDT]\d{3}", code)] == []
    assert len(set(codes)) == len(codes)


def test_only_queries_and_notices_are_about_plausibility_and_time():
    severities = {code[0]: set() for code in RULES}
    for code, rule in RULES.items():
        severities[code[0]].add(rule.severity)

    assert severities["Q"] == {Severity.QUERY}
    assert severities["T"] == {Severity.NOTICE}
    assert severities["D"] == {Severity.NOTICE}
    assert severities["X"] == {Severity.ERROR}

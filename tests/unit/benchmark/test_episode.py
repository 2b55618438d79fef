"""The life of a signature and who is told, one sentence of the method a test."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.events import (
    EVENT_TYPES,
    AlertSeverity,
    SignatureChanged,
    SignatureCleared,
    SignatureRaised,
    SignatureWithdrawn,
    derived_id,
)
from schemas.periods import Period
from services.benchmark.core.episode import Context, Occasion, follow, hear
from services.benchmark.core.record import EpisodeState

Q1, Q2, Q3, Q4, Q5, Q6 = (Period.parse("2026-27-Q1").shift(n) for n in range(6))
RIIA = "riia-quarterly"
CP_LATE = {"id": "R06", "condition": "pos(CP04) >= .67 and pos(FD04) >= .67"}
OVERLOAD = {"id": "R03", "condition": "pos(WF03) >= .67 and pos(AS03) >= .67"}
RED = {
    "id": "RED",
    "grading": "at_once",
    "collection": None,
    "condition": 'flag(i) = "red"',
    "clear": "z(i) < 2.576",
    "question": "{indicator}: why?",
    "each": {"collections": [RIIA], "polarity": ["H", "L"], "kinds": ["percentage"]},
}


class Story:
    """One authority's quarters: figures are put down, looked at, and what was said is heard."""

    def __init__(self, facts, book):
        self.facts, self.book = facts, book
        self.said, self.log = {}, []

    def put(self, quarter, place, *, flag="as_expected", z=0.0, basis="in-year", codes=None):
        """Put the figures of a quarter down: their adverse place, flag and score."""
        for code in codes or ("CP04", "FD04"):
            of = None if basis == "in-year" else "2024-25"
            for function, value in (("pos", place), ("flag", flag), ("z", z)):
                known = value if place is not None else None
                self.facts.put(f"{function}({code})", quarter, known, basis=basis, of=of)
        return self

    def look(self, quarter, occasion=Occasion.OWN_RETURN, *, newest=None, closed=(), hear_it=True):
        """Follow the quarter and hear what is said; returns the payloads."""
        context = Context("england", RIIA, occasion, {RIIA: newest or quarter}, frozenset(closed))
        followed = follow(
            self.said,
            rules=self.book,
            facts=self.facts,
            authority="383",
            period=quarter,
            context=context,
        )
        if hear_it:
            for payload in followed.payloads:
                hear(self.said, payload)
                self.log.append(payload)
        return list(followed.payloads)

    def results(self, quarter):
        context = Context("england", RIIA, Occasion.OWN_RETURN, {RIIA: quarter})
        followed = follow(
            self.said,
            rules=self.book,
            facts=self.facts,
            authority="383",
            period=quarter,
            context=context,
        )
        return {one.id: (one.result, one.reason) for one in followed.results}


@pytest.fixture
def tell(facts, rules):
    """A story over the rules given (R06's condition where none)."""

    def begin(*signatures):
        return Story(facts, rules(*(signatures or (CP_LATE,))))

    return begin


def only(payloads):
    (payload,) = payloads
    return payload


# What is said, and when.


def test_a_signature_that_fires_once_is_shown_as_watch_and_nobody_is_told(tell):
    raised = only(tell().put(Q1, 0.8, flag="amber", z=2.1).look(Q1))
    assert isinstance(raised, SignatureRaised)
    assert raised.severity is AlertSeverity.WATCH
    assert (raised.push, raised.push_reason) == (False, "not_in_two_of_three_quarters")
    assert (raised.since, raised.period, raised.rule_version) == (str(Q1), str(Q1), "test")


def test_the_episode_s_id_names_nation_authority_signature_and_first_quarter(tell):
    story = tell().put(Q1, 0.8).put(Q2, 0.8)
    first, second = only(story.look(Q1)), only(story.look(Q2))
    assert first.alert == second.alert == derived_id("england", "383", "R06", "2026-27-Q1")
    assert isinstance(second, SignatureChanged)
    assert second.since == str(Q1)


def test_two_of_three_quarters_and_an_amber_condition_are_a_concern_and_are_pushed(tell):
    story = tell().put(Q1, 0.8).put(Q2, 0.1).put(Q3, 0.8, flag="amber", z=2.0)
    story.look(Q1)
    story.look(Q2)
    changed = only(story.look(Q3))
    assert changed.severity is AlertSeverity.CONCERN
    assert (changed.push, changed.push_reason) == (True, "concern")


def test_a_place_among_authorities_never_pushes_by_itself(tell):
    story = tell()
    for quarter in (Q1, Q2, Q3, Q4, Q5):
        payload = only(story.put(quarter, 0.99).look(quarter))
        assert payload.severity is AlertSeverity.WATCH
        assert not payload.push
    assert payload.push_reason == "no_condition_amber_by_the_exact_test"


def test_the_exact_test_must_bear_out_this_period_s_figure_not_an_earlier_one(tell):
    story = tell().put(Q1, 0.8, flag="red", z=4).put(Q2, 0.8)
    story.look(Q1)
    assert only(story.look(Q2)).push_reason == "no_condition_amber_by_the_exact_test"


def test_a_flag_on_a_figure_that_no_condition_names_confirms_nothing(tell):
    story = tell().put(Q1, 0.8).put(Q2, 0.8).put(Q2, 0.8, flag="red", z=4, codes=["WF02"])
    story.look(Q1)
    assert only(story.look(Q2)).severity is AlertSeverity.WATCH


def test_a_quarter_without_a_new_observation_does_not_count_towards_persistence(tell):
    story = tell().put(Q2, 0.8, flag="amber", z=2.0)
    for code in ("CP04", "FD04"):
        story.facts.put(f"pos({code})", Q1, 0.8, observed=False)
    assert only(story.look(Q2)).push_reason == "not_in_two_of_three_quarters"


def test_a_single_red_indicator_is_a_concern_at_once_and_is_pushed(tell):
    story = tell(RED).put(Q1, 0.9, flag="red", z=3.5, codes=["CP04"])
    raised = only(story.look(Q1))
    assert (raised.signature, raised.severity) == ("RED:CP04", AlertSeverity.CONCERN)
    assert (raised.push, raised.push_reason) == (True, "concern")
    assert raised.question == "ICPC within 15 working days: why?"


def test_concern_in_four_consecutive_quarters_escalates(tell):
    story = tell()
    said = []
    for quarter in (Q1, Q2, Q3, Q4, Q5):
        said += story.put(quarter, 0.8, flag="amber", z=2.0).look(quarter)
    assert [(p.severity, p.push_reason) for p in said] == [
        ("watch", "not_in_two_of_three_quarters"),
        ("concern", "concern"),
        ("concern", "already_told"),
        ("concern", "already_told"),
        ("escalate", "concern_in_four_quarters"),
    ]
    assert [p.push for p in said] == [False, True, False, False, True]


def test_a_single_red_escalates_after_four_quarters_too(tell):
    story = tell(RED)
    for quarter in (Q1, Q2, Q3):
        story.put(quarter, 0.9, flag="red", z=3.5, codes=["CP04"]).look(quarter)
    last = only(story.put(Q4, 0.9, flag="red", z=3.5, codes=["CP04"]).look(Q4))
    assert (last.severity, last.push) == ("escalate", True)


def test_concern_beside_another_composite_that_shares_no_indicator_escalates(tell):
    story = tell(CP_LATE, OVERLOAD)
    for quarter in (Q1, Q2):
        story.put(quarter, 0.8, flag="amber", z=2.0)
        story.put(quarter, 0.8, flag="amber", z=2.0, codes=["WF03", "AS03"])
    story.look(Q1)
    said = story.look(Q2)
    assert [(p.signature, p.severity, p.push_reason) for p in said] == [
        ("R06", "escalate", "beside_another_composite"),
        ("R03", "escalate", "beside_another_composite"),
    ]


def test_composites_that_share_an_indicator_do_not_escalate_each_other(tell):
    shares = OVERLOAD | {"condition": "pos(WF03) >= .67 and pos(CP04) >= .67"}
    story = tell(CP_LATE, shares)
    for quarter in (Q1, Q2):
        story.put(quarter, 0.8, flag="amber", z=2.0, codes=["CP04", "FD04", "WF03"])
    story.look(Q1)
    assert {p.severity for p in story.look(Q2)} == {"concern"}


def test_another_composite_at_watch_escalates_nothing(tell):
    story = tell(CP_LATE, OVERLOAD)
    for quarter in (Q1, Q2):
        story.put(quarter, 0.8, flag="amber", z=2.0)
        story.put(quarter, 0.8, codes=["WF03", "AS03"])
    story.look(Q1)
    assert [p.severity for p in story.look(Q2)] == ["concern", "watch"]


def test_a_condition_that_held_in_earlier_quarters_alone_confirms_nothing_now(tell):
    lasting = {"id": "T01", "condition": "persist(pos(CP04) >= .67, 2, 3) and pos(FD04) >= .67"}
    story = tell(lasting)
    for quarter in (Q1, Q2, Q3):
        story.put(quarter, 0.8)
    story.put(Q4, 0.8, codes=["FD04"]).put(Q4, 0.1, flag="amber", z=2.0, codes=["CP04"])
    assert only(story.look(Q4)).push_reason == "no_condition_amber_by_the_exact_test"


def test_an_in_year_place_is_not_confirmed_by_a_published_flag(tell):
    story = tell().put(Q1, 0.8).put(Q2, 0.8)
    story.facts.put("flag(CP04)", Q2, "red", basis="published", of="2024-25")
    assert only(story.look(Q2)).push_reason == "no_condition_amber_by_the_exact_test"


# Who is told.


def test_strengths_are_never_pushed(tell):
    story = tell(CP_LATE | {"sign": "strength"})
    for quarter in (Q1, Q2, Q3):
        payload = only(story.put(quarter, 0.8, flag="red", z=4).look(quarter))
        assert (payload.push, payload.severity) == (False, "watch")
        assert payload.push_reason == "strengths_are_not_pushed"


def test_what_the_file_says_is_not_pushed_is_not_pushed_though_it_is_a_concern(tell):
    story = tell(CP_LATE | {"pushed": False})
    story.put(Q1, 0.8).look(Q1)
    payload = only(story.put(Q2, 0.8, flag="red", z=4).look(Q2))
    assert (payload.severity, payload.push) == ("concern", False)
    assert payload.push_reason == "shown_never_pushed"


def test_what_the_file_grades_as_watch_stays_watch(tell):
    story = tell(CP_LATE | {"grading": "watch"})
    story.put(Q1, 0.8, flag="red", z=4).look(Q1)
    payload = only(story.put(Q2, 0.8, flag="red", z=4).look(Q2))
    assert (payload.severity, payload.push_reason) == ("watch", "shown_never_pushed")


def test_published_figures_alone_are_a_watch(tell):
    story = tell(CP_LATE, RED)
    for quarter in (Q1, Q2):
        story.put(quarter, 0.8, flag="red", z=4, basis="published")
    story.look(Q1)
    said = story.look(Q2)
    assert {(p.severity, p.push, p.push_reason) for p in said} == {
        ("watch", False, "published_figures_alone")
    }
    assert "CP04 is the published figure of 2024-25." in said[0].caveats


def test_a_published_figure_may_stand_beside_an_in_year_one_and_its_year_is_named(tell):
    story = tell()
    for quarter in (Q1, Q2):
        story.put(quarter, 0.8, flag="amber", z=2.0, codes=["CP04"])
        story.put(quarter, 0.8, basis="published", codes=["FD04"])
    story.look(Q1)
    payload = only(story.look(Q2))
    assert (payload.severity, payload.push) == ("concern", True)
    assert "FD04 is the published figure of 2024-25." in payload.caveats
    assert [(c.period, c.basis) for c in payload.conditions] == [
        (str(Q2), "in-year"),
        ("2024-25", "published"),
    ]


def test_a_published_figure_s_flag_confirms_nothing(tell):
    story = tell()
    for quarter in (Q1, Q2):
        story.put(quarter, 0.8, codes=["CP04"])
        story.put(quarter, 0.8, flag="red", z=4, basis="published", codes=["FD04"])
    story.look(Q1)
    assert only(story.look(Q2)).push_reason == "no_condition_amber_by_the_exact_test"


@pytest.mark.parametrize("queried", ["CP04", "FD04"])
def test_a_figure_with_an_open_query_supports_a_watch_at_most(tell, queried):
    story = tell()
    for quarter in (Q1, Q2):
        story.put(quarter, 0.8, flag="red", z=4)
    story.facts.put(f"queried({queried})", Q2, True)
    story.look(Q1)
    payload = only(story.look(Q2))
    assert (payload.severity, payload.push_reason) == ("watch", "a_figure_has_an_open_query")
    assert any(f"A query on {queried} is open" in caveat for caveat in payload.caveats)


def test_a_red_figure_with_an_open_query_is_a_watch_until_it_is_explained(tell):
    story = tell(RED).put(Q1, 0.9, flag="red", z=4, codes=["CP04"])
    story.facts.put("queried(CP04)", Q1, True)
    assert only(story.look(Q1)).push_reason == "a_figure_has_an_open_query"
    story.facts.put("queried(CP04)", Q1, False)
    changed = only(story.look(Q1))
    assert (changed.severity, changed.push) == ("concern", True)


def test_a_query_on_a_figure_that_is_not_needed_takes_nothing_away(tell):
    either = CP_LATE | {"condition": "pos(CP04) >= .67 and (pos(FD04) >= .67 or pos(AS03) >= .67)"}
    story = tell(either)
    for quarter in (Q1, Q2):
        story.put(quarter, 0.8, flag="amber", z=2.0, codes=["CP04", "FD04", "AS03"])
        story.facts.put("queried(FD04)", quarter, True)
    story.look(Q1)
    assert only(story.look(Q2)).push


def test_one_notice_covers_a_composite_and_its_own_red_indicators(tell):
    story = tell(CP_LATE, RED)
    story.put(Q1, 0.8).look(Q1)
    said = story.put(Q2, 0.9, flag="red", z=4).look(Q2)
    assert [(p.signature, p.push, p.push_reason) for p in said] == [
        ("R06", True, "concern"),
        ("RED:FD04", False, "covered_by_the_notice_of_a_composite"),
        ("RED:CP04", False, "covered_by_the_notice_of_a_composite"),
    ]


def test_a_red_indicator_outside_the_pushed_composite_is_told_of_by_itself(tell):
    story = tell(CP_LATE, RED)
    story.put(Q1, 0.8).look(Q1)
    story.put(Q2, 0.9, flag="amber", z=2).put(Q2, 0.9, flag="red", z=4, codes=["WF02"])
    pushed = {p.signature: p.push for p in story.look(Q2)}
    assert pushed == {"R06": True, "RED:WF02": True}


def test_a_composite_that_nobody_was_told_of_covers_no_red(tell):
    story = tell(CP_LATE, RED).put(Q1, 0.9, flag="red", z=4)
    pushed = {p.signature: p.push for p in story.look(Q1)}
    assert pushed == {"R06": False, "RED:CP04": True, "RED:FD04": True}


def test_a_red_is_told_of_when_the_composite_that_covered_it_is_withdrawn(tell):
    story = tell(CP_LATE, RED)
    story.put(Q1, 0.8).look(Q1)
    story.put(Q2, 0.9, flag="red", z=4, codes=["CP04"]).put(Q2, 0.8, codes=["FD04"]).look(Q2)
    story.put(Q2, 0.1, codes=["FD04"])
    said = story.look(Q2)
    assert [(type(p), p.signature, p.push) for p in said] == [
        (SignatureWithdrawn, "R06", True),
        (SignatureChanged, "RED:CP04", True),
    ]


def test_a_composite_that_has_stopped_firing_covers_no_new_red(tell):
    story = concern(tell(CP_LATE, RED))
    story.put(Q3, 0.1, flag="red", z=4, codes=["CP04"]).put(Q3, 0.1, codes=["FD04"])
    raised = only(story.look(Q3))
    assert (raised.signature, raised.push) == ("RED:CP04", True)


def test_a_composite_that_a_correction_lowered_to_watch_covers_no_red(tell):
    story = concern(tell(CP_LATE, RED))
    story.put(Q1, 0.1).put(Q2, 0.8, flag="red", z=4, codes=["CP04"])
    pushed = {p.signature: (p.severity, p.push) for p in story.look(Q2)}
    assert pushed == {"R06": ("watch", True), "RED:CP04": ("concern", True)}


def test_notices_are_for_the_newest_period_and_a_backfill_is_history(tell):
    story = tell(RED).put(Q1, 0.9, flag="red", z=4, codes=["CP04"])
    raised = only(story.look(Q1, newest=Q3))
    assert (raised.severity, raised.push, raised.push_reason) == (
        "concern",
        False,
        "not_the_newest_period",
    )
    story.put(Q3, 0.9, flag="red", z=4, codes=["CP04"])
    assert only(story.look(Q3, newest=Q3)).push


def test_an_earlier_quarter_of_a_standing_episode_begins_no_second_one(tell):
    story = tell().put(Q3, 0.8).put(Q1, 0.8)
    story.look(Q3)
    assert story.look(Q1, newest=Q3) == []
    assert story.results(Q1)["R06"] == ("fired", None)


def test_after_close_another_authority_s_return_raises_nothing(tell):
    story = tell(CP_LATE, RED).put(Q1, 0.9, flag="red", z=4)
    assert story.look(Q1, Occasion.OTHERS_RETURN, closed=[RIIA]) == []
    assert story.results(Q1)["R06"] == ("fired", None)


def test_before_close_another_authority_s_return_may_raise(tell):
    assert only(tell().put(Q1, 0.8).look(Q1, Occasion.OTHERS_RETURN))


def test_after_close_another_authority_s_return_worsens_nothing(tell):
    story = tell()
    story.put(Q1, 0.8).look(Q1)
    story.put(Q2, 0.8).look(Q2)
    story.put(Q2, 0.8, flag="amber", z=2)
    assert story.look(Q2, Occasion.OTHERS_RETURN, closed=[RIIA]) == []
    assert only(story.look(Q2, Occasion.OWN_RETURN, closed=[RIIA])).push


def test_after_close_another_authority_s_return_carries_nothing_into_a_new_quarter(tell):
    story = tell()
    story.put(Q1, 0.8).look(Q1)
    story.put(Q2, 0.5).look(Q2)
    assert story.put(Q2, 0.8).look(Q2, Occasion.OTHERS_RETURN, closed=[RIIA]) == []


def test_after_close_another_authority_s_return_may_withdraw(tell):
    story = tell(RED).put(Q1, 0.9, flag="red", z=4, codes=["CP04"])
    story.look(Q1)
    story.put(Q1, 0.5, codes=["CP04"])
    withdrawn = only(story.look(Q1, Occasion.OTHERS_RETURN, closed=[RIIA]))
    assert withdrawn.reason == "another_authority_s_figures_moved_the_comparison"
    assert withdrawn.push


def test_nobody_is_told_the_same_twice_in_an_episode(tell):
    story = tell()
    for quarter, flag, z in (
        (Q1, "amber", 2.0),
        (Q2, "amber", 2.0),
        (Q3, "as_expected", 0.0),
        (Q4, "amber", 2.0),
    ):
        said = only(story.put(quarter, 0.8, flag=flag, z=z).look(quarter))
    assert [(p.severity, p.push) for p in story.log] == [
        ("watch", False),
        ("concern", True),
        ("watch", False),
        ("concern", False),
    ]
    assert said.push_reason == "already_told"


# Hysteresis and the end of an episode.


def test_a_concern_stays_one_while_its_score_is_above_the_clearing_line(tell):
    story = tell()
    story.put(Q1, 0.8, flag="amber", z=2.0).look(Q1)
    story.put(Q2, 0.8, flag="amber", z=2.0).look(Q2)
    assert only(story.put(Q3, 0.8, z=1.7).look(Q3)).severity == "concern"
    assert only(story.put(Q4, 0.8, z=1.6).look(Q4)).severity == "watch"


def test_a_score_between_the_lines_makes_no_concern(tell):
    story = tell()
    story.put(Q1, 0.8, z=1.7).look(Q1)
    assert only(story.put(Q2, 0.8, z=1.7).look(Q2)).severity == "watch"


def test_a_red_clears_after_two_new_observations_below_the_clearing_line(tell):
    story = tell(RED)
    story.put(Q1, 0.9, flag="red", z=3.5, codes=["CP04"]).look(Q1)
    assert story.put(Q2, 0.9, flag="amber", z=2.7, codes=["CP04"]).look(Q2) == []
    assert story.put(Q3, 0.9, flag="amber", z=2.5, codes=["CP04"]).look(Q3) == []
    cleared = only(story.put(Q4, 0.9, flag="amber", z=2.5, codes=["CP04"]).look(Q4))
    assert isinstance(cleared, SignatureCleared)
    assert (cleared.period, cleared.since) == (str(Q4), str(Q1))
    assert (cleared.push, cleared.push_reason) == (True, "cleared_after_being_told")


def test_an_observation_above_the_clearing_line_begins_the_count_anew(tell):
    story = tell(RED)
    for quarter, z in ((Q1, 3.5), (Q2, 2.5), (Q3, 2.7), (Q4, 2.5)):
        flag = "red" if z > 3.09 else "amber"
        story.put(quarter, 0.9, flag=flag, z=z, codes=["CP04"]).look(quarter)
    assert [type(p) for p in story.log] == [SignatureRaised]


def test_a_quarter_without_an_observation_neither_counts_nor_breaks_the_row(tell):
    story = tell()
    story.put(Q1, 0.8).look(Q1)
    story.put(Q2, 0.1).look(Q2)
    story.put(Q3, None).look(Q3)
    cleared = only(story.put(Q4, 0.1).look(Q4))
    assert isinstance(cleared, SignatureCleared)
    assert cleared.push_reason == "nobody_was_told"


def test_silence_clears_nothing(tell):
    story = tell()
    story.put(Q1, 0.8).look(Q1)
    story.put(Q2, 0.1).look(Q2)
    assert story.put(Q3, None).look(Q3) == []
    assert story.put(Q4, None).look(Q4) == []


def test_a_figure_below_the_line_that_is_not_new_does_not_count(tell):
    story = tell()
    story.put(Q1, 0.8).look(Q1)
    for quarter in (Q2, Q3):
        for code in ("CP04", "FD04"):
            story.facts.put(f"pos({code})", quarter, 0.1, basis="published", observed=False)
        assert story.look(quarter) == []


def test_a_silent_quarter_does_not_clear_though_two_before_it_were_below(tell):
    story = tell()
    story.put(Q1, 0.8).look(Q1)
    story.put(Q2, 0.1).put(Q3, 0.1).put(Q4, None)
    assert story.look(Q4) == []
    assert isinstance(only(story.put(Q4, 0.1).look(Q4)), SignatureCleared)


def test_a_correction_within_an_episode_that_has_cleared_begins_no_new_one(tell):
    story = tell()
    for quarter, place in ((Q1, 0.8), (Q2, 0.8), (Q3, 0.1), (Q4, 0.1)):
        story.put(quarter, place).look(quarter)
    assert isinstance(story.log[-1], SignatureCleared)
    assert story.put(Q1, 0.9).look(Q1, newest=Q4) == []
    assert story.look(Q2, newest=Q4) == []


def test_a_signature_that_fires_again_after_clearing_is_a_new_episode(tell):
    story = tell()
    for quarter, place in ((Q1, 0.8), (Q2, 0.1), (Q3, 0.1), (Q4, 0.8)):
        story.put(quarter, place).look(quarter)
    first, _, second = story.log
    assert isinstance(second, SignatureRaised)
    assert second.since == str(Q4)
    assert second.alert != first.alert


# Corrections.


def concern(story):
    """Tell of a concern in Q2, begun in Q1."""
    story.put(Q1, 0.8, flag="amber", z=2.0).look(Q1)
    assert only(story.put(Q2, 0.8, flag="amber", z=2.0).look(Q2)).push
    return story


def test_a_correction_that_removes_the_ground_withdraws_and_tells_whoever_was_told(tell):
    story = concern(tell())
    withdrawn = only(story.put(Q2, 0.1).look(Q2))
    assert isinstance(withdrawn, SignatureWithdrawn)
    assert withdrawn.reason == "the_authority_corrected_its_figures"
    assert (withdrawn.push, withdrawn.push_reason) == (True, "withdrawn_after_being_told")


def test_the_withdrawal_is_told_though_the_period_is_no_longer_the_newest(tell):
    story = concern(tell())
    assert only(story.put(Q2, 0.1).look(Q2, newest=Q4)).push


def test_a_withdrawal_of_what_nobody_was_told_is_told_to_nobody(tell):
    story = tell()
    story.put(Q1, 0.8).look(Q1)
    withdrawn = only(story.put(Q1, 0.1).look(Q1))
    assert (withdrawn.push, withdrawn.push_reason) == (False, "nobody_was_told")


@pytest.mark.parametrize(
    ("occasion", "reason"),
    [
        (Occasion.OWN_RETURN, "the_authority_corrected_its_figures"),
        (Occasion.OWN_FIRST_RETURN, "the_authority_s_return_came_in"),
        (Occasion.OWN_WITHDRAWAL, "the_authority_withdrew_its_return"),
        (Occasion.OTHERS_RETURN, "another_authority_s_figures_moved_the_comparison"),
        (Occasion.PUBLISHED, "published_figures_moved_the_comparison"),
        (Occasion.CLOSED, "the_comparison_was_fixed_anew"),
        (Occasion.METHOD, "the_method_changed"),
    ],
)
def test_the_reason_of_a_withdrawal_is_what_changed(tell, occasion, reason):
    assert only(concern(tell()).put(Q2, 0.1).look(Q2, occasion)).reason == reason


def test_a_return_taken_back_withdraws_what_rested_on_it(tell):
    story = concern(tell())
    withdrawn = only(story.put(Q2, None).look(Q2, Occasion.OWN_WITHDRAWAL))
    assert isinstance(withdrawn, SignatureWithdrawn)


def test_neighbours_that_cannot_be_compared_for_now_withdraw_nothing(tell):
    story = concern(tell())
    assert story.put(Q2, None).look(Q2, Occasion.OTHERS_RETURN) == []


def test_a_correction_of_an_included_quarter_lowers_what_rested_on_it_and_says_so(tell):
    story = concern(tell())
    story.put(Q1, 0.1)
    assert story.look(Q1, newest=Q2) == []
    lowered = only(story.look(Q2))
    assert isinstance(lowered, SignatureChanged)
    assert (lowered.severity, lowered.push) == ("watch", True)
    assert lowered.push_reason == "correction_lowered_what_was_told"
    assert story.look(Q2) == []


def test_what_was_lowered_is_told_again_when_it_is_a_concern_again(tell):
    story = concern(tell())
    story.put(Q1, 0.1).look(Q2)
    story.put(Q1, 0.8)
    assert only(story.look(Q2)).push_reason == "concern"


def lasting_concern(story):
    """Tell of a concern in Q2, begun in Q1, that stands in Q3 too."""
    concern(story)
    assert not only(story.put(Q3, 0.8, flag="amber", z=2.0).look(Q3)).push
    return story


def correct(story, quarter, *, newest, occasion=Occasion.OWN_RETURN):
    """Look at a corrected quarter and at all later ones, as a log would have it."""
    said = []
    while quarter <= newest:
        said += story.look(quarter, occasion, newest=newest)
        quarter = quarter.next()
    return said


def test_a_correction_of_what_was_told_is_told_though_newer_quarters_are_in(tell):
    story = lasting_concern(tell())
    moved = only(correct(story.put(Q1, 0.1), Q1, newest=Q3))
    assert (moved.severity, moved.push_reason) == ("concern", "already_told")
    lowered = only(correct(story.put(Q2, 0.1), Q2, newest=Q3))
    assert (lowered.period, lowered.severity) == (str(Q3), "watch")
    assert (lowered.push, lowered.push_reason) == (True, "correction_lowered_what_was_told")
    assert correct(story, Q2, newest=Q3) == []


def test_a_true_concern_after_such_a_lowering_is_told(tell):
    story = lasting_concern(tell())
    correct(story.put(Q1, 0.1).put(Q2, 0.1), Q1, newest=Q3)
    again = only(story.put(Q4, 0.8, flag="amber", z=2.0).look(Q4))
    assert (again.severity, again.push, again.push_reason) == ("concern", True, "concern")


def test_a_first_quarter_that_a_correction_takes_away_is_the_first_no_longer(tell):
    story = lasting_concern(tell())
    moved = only(correct(story.put(Q1, 0.1), Q1, newest=Q3))
    assert (moved.since, moved.alert) == (str(Q2), story.log[0].alert)
    lowered = only(correct(story.put(Q2, 0.1), Q2, newest=Q3))
    assert (lowered.since, lowered.alert) == (str(Q3), story.log[0].alert)


def test_an_episode_that_cleared_is_not_raised_anew_in_the_quarter_that_its_id_names(tell):
    story = lasting_concern(tell())
    correct(story.put(Q1, 0.1), Q1, newest=Q3)
    for quarter in (Q4, Q5):
        story.put(quarter, 0.1).look(quarter)
    assert isinstance(story.log[-1], SignatureCleared)
    assert correct(story.put(Q1, 0.8), Q1, newest=Q5) == []


def test_a_correction_that_leaves_nothing_since_then_is_a_withdrawal(tell):
    story = lasting_concern(tell())
    story.put(Q2, 0.1).put(Q3, 0.1)
    withdrawn = only(correct(story, Q2, newest=Q3))
    assert isinstance(withdrawn, SignatureWithdrawn)
    assert withdrawn.push


def test_what_eased_by_itself_and_was_then_corrected_is_told_too(tell):
    story = concern(tell())
    assert not only(story.put(Q3, 0.8).look(Q3)).push
    lowered = only(correct(story.put(Q1, 0.1), Q1, newest=Q3))
    assert (lowered.severity, lowered.push_reason) == ("watch", "correction_lowered_what_was_told")


def test_what_a_later_quarter_bore_out_was_told_rightly(tell):
    story = lasting_concern(tell())
    correct(story.put(Q1, 0.1), Q1, newest=Q3)
    assert not only(story.put(Q4, 0.8).look(Q4)).push
    assert correct(story, Q4, newest=Q4) == []


def test_falling_back_on_a_quarter_that_no_longer_bears_out_what_was_told_says_so(tell):
    story = lasting_concern(tell())
    story.put(Q1, 0.1).put(Q3, 0.1)
    lowered = only(correct(story, Q1, newest=Q3))
    assert (lowered.period, lowered.severity) == (str(Q2), "watch")
    assert lowered.push_reason == "correction_lowered_what_was_told"


def test_a_return_taken_back_lowers_what_was_told_of_it(tell):
    story = lasting_concern(tell())
    correct(story.put(Q1, 0.1), Q1, newest=Q3)
    said = correct(story.put(Q2, None), Q2, newest=Q3, occasion=Occasion.OWN_WITHDRAWAL)
    assert only(said).push_reason == "correction_lowered_what_was_told"


def test_a_correction_of_nothing_takes_nothing_from_what_stood_beside_another(tell):
    story = tell(CP_LATE, OVERLOAD)
    for quarter in (Q1, Q2, Q3):
        story.put(quarter, 0.8, flag="amber", z=2.0)
        other = 0.8 if quarter != Q3 else 0.1
        story.put(quarter, other, flag="amber", z=2.0, codes=["WF03", "AS03"])
        story.look(quarter)
    assert [(p.signature, p.severity) for p in story.log[-1:]] == [("R06", "concern")]
    assert correct(story, Q2, newest=Q3) == []


def test_lowering_a_quarter_that_nobody_was_told_of_is_told_to_nobody(tell):
    story = concern(tell())
    assert not only(story.put(Q3, 0.8, flag="amber", z=2.0).look(Q3)).push
    lowered = only(story.put(Q3, 0.8).look(Q3))
    assert (lowered.severity, lowered.push) == ("watch", False)


def test_a_newer_quarter_below_concern_is_no_correction(tell):
    story = concern(tell())
    eased = only(story.put(Q3, 0.8).look(Q3))
    assert (eased.severity, eased.push) == ("watch", False)


def test_losing_a_newer_quarter_does_not_withdraw_what_was_told_of_an_earlier_one(tell):
    story = concern(tell())
    story.put(Q3, 0.8, flag="amber", z=2.0).look(Q3)
    back = only(story.put(Q3, 0.1).look(Q3))
    assert isinstance(back, SignatureChanged)
    assert (back.period, back.severity, back.push) == (str(Q2), "concern", False)
    cleared = only(story.put(Q4, 0.1).look(Q4))
    assert isinstance(cleared, SignatureCleared)


def test_when_the_quarter_that_was_told_of_has_gone_too_all_is_withdrawn(tell):
    story = concern(tell())
    story.put(Q3, 0.8, flag="amber", z=2.0).look(Q3)
    story.put(Q2, 0.1).look(Q2, newest=Q3)
    story.put(Q3, 0.1)
    assert isinstance(only(story.look(Q3)), SignatureWithdrawn)


def test_an_episode_may_begin_again_after_it_was_withdrawn(tell):
    story = tell(RED).put(Q1, 0.9, flag="red", z=4, codes=["CP04"])
    story.look(Q1)
    story.put(Q1, 0.1, codes=["CP04"]).look(Q1)
    again = only(story.put(Q1, 0.9, flag="red", z=4, codes=["CP04"]).look(Q1))
    assert isinstance(again, SignatureRaised)
    assert again.push
    assert again.alert == story.log[0].alert


def test_a_signature_that_left_the_rules_is_withdrawn(tell, rules):
    story = concern(tell())
    story.book = rules(OVERLOAD)
    withdrawn = only(story.look(Q2, Occasion.METHOD))
    assert withdrawn.reason == "the_signature_is_no_longer_in_the_rules"
    assert withdrawn.push


def test_a_neighbour_s_small_move_is_no_news_but_an_own_correction_is(tell):
    story = tell()
    story.put(Q1, 0.8).look(Q1)
    story.put(Q1, 0.85)
    assert story.look(Q1, Occasion.OTHERS_RETURN) == []
    changed = only(story.look(Q1, Occasion.OWN_RETURN))
    assert [c.value for c in changed.conditions] == [0.85, 0.85]


# What travels with an alert.


def test_an_alert_carries_its_question_conditions_evidence_and_caveats(tell):
    story = tell(CP_LATE | {"caveats": ["Small numbers."], "question": "Are children helped?"})
    raised = only(story.put(Q1, 0.8).look(Q1))
    assert raised.question == "Are children helped?"
    assert raised.caveats == ("Small numbers.",)
    assert [c.expression for c in raised.conditions] == ["pos(CP04) >= 0.67", "pos(FD04) >= 0.67"]
    assert [e.standing.indicator for e in raised.evidence] == ["CP04", "FD04"]
    assert (raised.collection, raised.sign, raised.authority) == (RIIA, "risk", "383")


def test_every_rule_has_a_result_and_what_is_unknown_has_its_reason(tell):
    story = tell(CP_LATE, OVERLOAD, {"id": "T01", "condition": "pos(WF02) >= .5"})
    story.put(Q1, 0.8).put(Q1, 0.1, codes=["WF02"])
    assert story.results(Q1) == {
        "R06": ("fired", None),
        "R03": ("not_assessable", "pos(WF03), 2026-27-Q1: no figure is known"),
        "T01": ("not_fired", None),
    }


# What holds whatever happens.

MOVES = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.sampled_from([0.1, 0.8, None]),
        st.sampled_from([("as_expected", 0.0), ("as_expected", 1.7), ("amber", 2.2), ("red", 4.0)]),
        st.booleans(),
        st.sampled_from(list(Occasion)),
        st.booleans(),
    ),
    max_size=25,
)


def live(book, facts, moves):
    """Live through returns, corrections and queries in any order, as a log would bring them."""
    story = Story(facts, book)
    newest = 0
    for step, place, (flag, z), queried, occasion, closed in moves:
        newest = max(newest, step)
        story.put(Q1.shift(step), place, flag=flag, z=z)
        story.facts.put("queried(CP04)", Q1.shift(step), queried)
        for later in range(step, newest + 1):
            shut = [RIIA] if closed else []
            story.look(Q1.shift(later), occasion, newest=Q1.shift(newest), closed=shut)
    return story


@pytest.fixture(scope="session")
def many(rules):
    return rules(CP_LATE, {"id": "S09", "sign": "strength", "condition": "pos(CP04) < .5"}, RED)


@settings(max_examples=150, deadline=None)
@given(moves=MOVES)
def test_episodes_rebuilt_from_the_record_are_those_that_were_lived(many, new_facts, moves):
    story = live(many, new_facts(), moves)
    rebuilt = {}
    for payload in story.log:
        model = EVENT_TYPES[payload.versioned_type()]
        hear(rebuilt, model.model_validate_json(payload.model_dump_json()))
    assert rebuilt == story.said
    for payload in story.log[-1:]:
        hear(rebuilt, payload)
    assert rebuilt == story.said


@settings(max_examples=150, deadline=None)
@given(moves=MOVES)
def test_an_episode_is_raised_once_and_ends_once(many, new_facts, moves):
    story = live(many, new_facts(), moves)
    standing, told = {}, {}
    for payload in story.log:
        if isinstance(payload, SignatureRaised):
            assert payload.signature not in standing
            standing[payload.signature] = payload.alert
            told[payload.alert] = False
        assert standing[payload.signature] == payload.alert
        if isinstance(payload, SignatureWithdrawn):
            assert payload.push is told[payload.alert]
        if isinstance(payload, SignatureCleared | SignatureWithdrawn):
            del standing[payload.signature]
        told[payload.alert] |= payload.push
    open_ = {e.signature: e.alert for e in story.said.values() if e.state is EpisodeState.OPEN}
    assert open_ == standing


@settings(max_examples=100, deadline=None)
@given(moves=MOVES)
def test_looking_again_says_nothing_new_and_changes_nothing(many, new_facts, moves):
    story = live(many, new_facts(), moves)
    if moves:
        newest = Q1.shift(max(step for step, *_ in moves))
        story.look(newest)
        before = dict(story.said)
        assert story.look(newest) == []
        assert story.said == before


@settings(max_examples=100, deadline=None)
@given(moves=MOVES)
def test_no_strength_no_watch_and_no_old_period_is_ever_pushed(many, new_facts, moves):
    story = live(many, new_facts(), moves)
    for payload in story.log:
        if payload.sign == "strength":
            assert not payload.push
        if payload.push and payload.severity == "watch":
            ends = isinstance(payload, SignatureWithdrawn | SignatureCleared)
            assert ends or payload.push_reason == "correction_lowered_what_was_told"

"""Unknown: why a figure cannot be assessed, in words for people."""

from collections.abc import Mapping

WHY_UNKNOWN: Mapping[str | None, str] = {
    None: "there is no figure for the quarter",
    "no_figure": "there is no figure for the quarter",
    "not_returned": "the return did not come",
    "needs_four_quarters": "it needs four quarters and not all are in",
    "no_denominator": "the denominator is nothing",
    "no_population": "no population is known",
    "no_baseline": "the period was never opened, so nothing is known to compare it with",
    "no_published_figures": "no published figures are known to compare it with",
    "no_england_value": "England has no value to compare it with",
    "fewer_than_thirty_authorities_with_counts": "too few authorities publish counts to test it",
    "no_spread_published_for_a_mean_or_ratio": "a mean or ratio is published without its spread",
    "count_without_denominator": "a count without a denominator is not compared",
    "no_test_for_this_value": "the value cannot be tested",
}
"""By the reason that was said of a figure; None where nothing was said."""

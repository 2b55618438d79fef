"""Reasons in words: events carry them as short names, pages say what they mean."""

NOT_JUDGED = {
    "count_without_denominator": "a plain count has nothing to be held against",
    "no_spread_published_for_a_mean_or_ratio": "no spread is published for a mean or a ratio",
    "no_published_figures": "no figures are published for England",
    "no_england_value": "England has no published value",
    "fewer_than_thirty_authorities_with_counts": "fewer than thirty authorities publish counts",
    "no_figure": "there is no figure to compare",
    "needs_four_quarters": "it needs all four quarters",
    "no_denominator": "the denominator is missing",
    "no_population": "no population is loaded for it",
}
"""Why a figure is shown and not judged."""

TOLD = {
    "concern": "a concern for the authority and the region",
    "concern_in_four_quarters": "a concern in four quarters running",
    "beside_another_composite": "a concern beside another one that shares no indicator",
    "correction_lowered_what_was_told": "a correction lowered what had been told",
    "cleared_after_being_told": "it is over, and those who were told are told so",
    "withdrawn_after_being_told": "it was withdrawn, and those who were told are told so",
    "strengths_are_not_pushed": "strengths are shown and sent to nobody",
    "shown_never_pushed": "this signature is shown and sent to nobody",
    "a_figure_has_an_open_query": "a query on one of its figures is still open",
    "published_figures_alone": "it rests on published figures alone",
    "not_in_two_of_three_quarters": "it has not been met in two of three quarters",
    "no_condition_amber_by_the_exact_test": "no condition is amber or red by the exact test",
    "not_the_newest_period": "it is about an earlier period",
    "covered_by_the_notice_of_a_composite": "the notice of a wider signature covers it",
    "already_told": "those concerned have been told already",
    "nobody_was_told": "nobody had been told",
}
"""Why anyone is told of an alert, or why nobody is."""

ENDED = {
    "the_authority_corrected_its_figures": "the authority corrected its figures",
    "the_authority_s_return_came_in": "a return of the authority came in that had not been in",
    "the_authority_explained_its_figures": "the authority explained its figures",
    "the_authority_withdrew_its_return": "the authority withdrew its return",
    "another_authority_s_figures_moved_the_comparison": "another authority’s figures moved the "
    "comparison",
    "published_figures_moved_the_comparison": "newly published figures moved the comparison",
    "the_comparison_was_fixed_anew": "the comparison was fixed anew",
    "the_method_changed": "the method changed",
    "the_signature_is_no_longer_in_the_rules": "the signature is no longer in the rules",
}
"""Why an alert was withdrawn."""

_WORDS = NOT_JUDGED | TOLD | ENDED


def reason(name: str | None) -> str:
    """Return a reason in words; one that has none yet is read as it is spelt."""
    if not name:
        return ""
    return _WORDS.get(name, name.replace("_", " ") if " " not in name else name)

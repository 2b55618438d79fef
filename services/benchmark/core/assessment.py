"""Assessment: where every authority stands in one published data set."""

from collections.abc import Mapping
from math import inf, nan

import numpy as np

from schemas.catalogue import Indicator, Kind
from schemas.events import DataSetAssessed, IndicatorBaseline
from services.benchmark.core.baseline import depart, fit
from services.benchmark.core.column import listed, nine_each
from services.benchmark.core.departure import widen
from services.benchmark.core.flag import Judgements, judge
from services.benchmark.core.neighbours import find_differences, find_medians, gather
from services.benchmark.core.position import BANDS, UNBANDED, Places, find_places, line_up
from services.benchmark.core.published import (
    NOTHING,
    DataSet,
    Figures,
    Lent,
    read_figures,
    symbols_of,
)

Lists = Mapping[str, tuple[str, ...]]


def assess(
    data_set: DataSet,
    indicator: Indicator,
    *,
    neighbours: Lists,
    neighbours_version: str,
    lent: Lent = NOTHING,
) -> DataSetAssessed:
    """Return the standings of all authorities in a data set, in the order of its rows.

    A joint row gives value, place and flag to each member; neighbours' medians leave it out.
    """
    figures = read_figures(data_set, indicator, lent=lent)
    base = fit(
        indicator,
        figures,
        data_set=data_set,
        year=data_set.payload.period,
        lent=lent,
    )
    symbols = symbols_of(data_set)
    row_of = _find_rows(figures)
    codes = tuple(code for members in figures.rows for code in members)
    found = [row_of.get(code, len(figures.rows)) for code in codes]
    values = nine_each(np.append(figures.exact, nan))[found]
    judged = _judge_rows(indicator, figures, base)
    places = _find_places(indicator, figures, codes)
    single = figures.single if indicator.kind is not Kind.COUNT else {}
    near, used = find_medians(gather([neighbours.get(code, ()) for code in codes], single))
    medians = nine_each(near)
    differences = find_differences(values, medians, polarity=indicator.polarity)
    return DataSetAssessed(
        data_set=data_set.id,
        indicator=indicator.code,
        period=data_set.payload.period,
        england=base.value,
        theta=base.theta,
        tau2=base.tau2,
        reason=base.reason,
        neighbours_version=neighbours_version,
        authorities=codes,
        values=tuple(listed(values)),
        symbols=tuple(symbols.get(code) for code in codes),
        ranks=tuple(rank or None for rank in places.rank.tolist()),
        bands=tuple(BANDS[band] for band in places.band.tolist()),
        percentiles=tuple(listed(nine_each(places.pos))),
        z=tuple(listed(judged.z[found])),
        p=tuple(listed(judged.p[found])),
        flags=tuple(judged.flag[row] for row in found),
        neighbours=tuple(listed(medians)),
        used=tuple(used.tolist()),
        differences=tuple(listed(nine_each(differences))),
    )


def _find_rows(figures: Figures) -> Mapping[str, int]:
    """Return the row of each authority that has a value."""
    return {
        code: row
        for row, members in enumerate(figures.rows)
        if np.isfinite(figures.exact[row])
        for code in members
    }


def _find_places(indicator: Indicator, figures: Figures, codes: tuple[str, ...]) -> Places:
    """Return the places of authorities among the figures; none without a value, or of a count."""
    known = figures.value_of if indicator.kind is not Kind.COUNT else {}
    values = np.array([known.get(code, nan) for code in codes])
    among = line_up(
        [figures.ordered],
        polarity=[indicator.polarity],
        banded=[indicator.code not in UNBANDED],
    )
    return find_places(values, among, out=np.where(np.isnan(values), inf, values))


def _judge_rows(indicator: Indicator, figures: Figures, base: IndicatorBaseline) -> Judgements:
    """Return what the test says of each row, and behind them of an authority without one."""
    z = low = high = np.full(len(figures.rows), nan)
    if base.theta is not None and base.tau2 is not None:
        departure = depart(indicator, figures, theta=base.theta)
        z = widen(departure.z, departure.s, tau2=base.tau2)
        low, high = departure.p_low, departure.p_high
    return judge(
        np.append(z, nan),
        p_low=np.append(low, nan),
        p_high=np.append(high, nan),
        polarity=indicator.polarity,
    )

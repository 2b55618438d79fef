"""What the screener of Explore Education Statistics asks of a pair of files, asked independently.

The rules are those of eesyscreener (Department for Education, GPL-3.0-or-later,
github.com/dfe-analytical-services/eesyscreener, as of commit f0e47ba), under the names that they
have there. They are restated here from what they ask; none of its code is.

Left out are rules on levels that our files never have (wards, constituencies, districts,
enterprise partnerships, schools, trusts, sponsors), those on archives, and the Department's own
dictionary of column names, which only warns.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from schemas.reference import load_library

REQUIRED_META = (
    "col_name", "col_type", "label", "indicator_grouping", "indicator_unit", "indicator_dp",
    "filter_hint", "filter_grouping_column",
)  # fmt: skip
REQUIRED_DATA = (
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name",
)  # fmt: skip
LA = ("old_la_code", "new_la_code", "la_name")
REGION = ("region_code", "region_name")
OF_LEVEL = {
    "National": ("country_code", "country_name"),
    "Regional": REGION,
    "Local authority": LA,
}
LEVELS = {
    *OF_LEVEL, "Local authority district", "RSC region", "Parliamentary constituency",
    "Local skills improvement plan area", "Local enterprise partnership", "English devolved area",
    "Opportunity area", "Ward", "MAT", "Sponsor", "School", "Provider", "Institution",
    "Planning area", "Police force area",
}  # fmt: skip
UNITS = {*REQUIRED_DATA, *REGION, *LA}
"""Columns that say what a row is of."""
QUARTERS = tuple(f"Financial year Q{quarter}" for quarter in range(1, 5))
TOGETHER = (
    QUARTERS,
    ("Financial year",),
    ("Academic year",),
    ("Calendar year",),
    tuple(f"Week {week}" for week in range(1, 53)),
)
"""Time identifiers that may stand in one file (those that somebody here might write)."""
FOUR_DIGITS = {"Calendar year", *TOGETHER[-1]}
SMUSHED = re.compile(
    "male|asian|chinese|indian|pakistani|bangladeshi|black|african|caribbean|white|roma|irish|"
    "english|british|scottish|welsh|arab",
    re.IGNORECASE,
)
GEOGRAPHIC = re.compile(
    r"(sch|prov|inst|estab|reg|la|local|rsc|pfa|pcon|lep|mca|oa|ward|mat)\w*"
    r"(name|code|urn|ukprn|number|upin|id)|school|provider|institution|name|code|urn|region|la|lad",
    re.IGNORECASE,
)
MOST_ITEMS = 25_000
LIMITS = {"code": 30, "column": 50, "label": 80, "item": 120}
"""Characters; the analysts' guide has 80 for a label, the screener since 100."""

Row = dict[str, str]
Faults = Iterator[str]


@dataclass
class Pair:
    """A data file and its metadata, as texts in columns."""

    name: str
    meta_name: str
    columns: list[str]
    data: list[Row]
    meta_columns: list[str]
    meta: list[Row]

    def named(self, kind: str) -> list[str]:
        return [row["col_name"] for row in self.meta if row.get("col_type") == kind]

    def groups(self) -> list[str]:
        return [g for row in self.meta if (g := row.get("filter_grouping_column", ""))]

    def values(self, column: str) -> set[str]:
        return {row[column] for row in self.data if column in row}

    def levels(self) -> set[str]:
        return self.values("geographic_level")


def read_pair(name: str, data: str, meta_name: str, meta: str) -> Pair:
    """Read the two files as they are."""
    columns, rows = _table(data)
    meta_columns, meta_rows = _table(meta)
    return Pair(name, meta_name, columns, rows, meta_columns, meta_rows)


def _table(text: str) -> tuple[list[str], list[Row]]:
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    return header, [dict(zip(header, row, strict=True)) for row in rows]


def screen(pair: Pair) -> dict[str, list[str]]:
    """Return what each rule finds, of those that find something: warnings count, too."""
    found = {name: list(rule(pair)) for name, rule in RULES.items()}
    return {name: faults for name, faults in found.items() if faults}


RULES: dict[str, Callable[[Pair], Faults]] = {}


def rule(check: Callable[[Pair], Faults]) -> Callable[[Pair], Faults]:
    RULES[check.__name__] = check
    return check


# ------------------------------------------------------------------------------ names of files


@rule
def check_filename_spaces(pair: Pair) -> Faults:
    yield from (name for name in (pair.name, pair.meta_name) if " " in name)


@rule
def check_filename_special(pair: Pair) -> Faults:
    for name in (pair.name, pair.meta_name):
        bare = name.removesuffix(".csv").removesuffix(".meta")
        if re.search(r"[^A-Za-z0-9 _-]", bare):
            yield name


@rule
def check_filenames_match(pair: Pair) -> Faults:
    if pair.meta_name != pair.name.replace(".csv", ".meta.csv"):
        yield pair.meta_name


# ------------------------------------------------------------------------------ columns


@rule
def precheck_col_req_meta(pair: Pair) -> Faults:
    yield from set(REQUIRED_META) - set(pair.meta_columns)


@rule
def precheck_col_invalid_meta(pair: Pair) -> Faults:
    yield from set(pair.meta_columns) - {*REQUIRED_META, "filter_default"}


@rule
def precheck_col_req_data(pair: Pair) -> Faults:
    yield from set(REQUIRED_DATA) - set(pair.columns)


@rule
def precheck_col_to_rows(pair: Pair) -> Faults:
    if len(pair.columns) - len(REQUIRED_DATA) < len(pair.meta):
        yield f"{len(pair.meta)} rows of metadata"


@rule
def precheck_cross_meta_to_data(pair: Pair) -> Faults:
    named = {row["col_name"] for row in pair.meta} | set(pair.groups())
    yield from named - set(pair.columns)


@rule
def precheck_cross_data_to_meta(pair: Pair) -> Faults:
    known = {row["col_name"] for row in pair.meta} | set(pair.groups()) | UNITS
    yield from (c for c in pair.columns if c not in known and len(pair.values(c)) > 1)


@rule
def check_col_names_spaces(pair: Pair) -> Faults:
    yield from (column for column in pair.columns if re.search(r"\s", column))


@rule
def check_col_snake_case(pair: Pair) -> Faults:
    yield from (column for column in pair.columns if re.search(r"[^a-z0-9_]", column))


@rule
def check_col_var_start(pair: Pair) -> Faults:
    yield from (column for column in pair.columns if not re.match("[a-z]", column))


@rule
def check_col_ind_smushed(pair: Pair) -> Faults:
    yield from (name for name in pair.named("Indicator") if SMUSHED.search(name))


@rule
def check_col_var_characteristic(pair: Pair) -> Faults:
    named = {row["col_name"] for row in pair.meta} | set(pair.groups())
    yield from named & {"characteristic", "characteristic_group"}


# ------------------------------------------------------------------------------ metadata


@rule
def precheck_meta_col_type(pair: Pair) -> Faults:
    yield from {row["col_type"] for row in pair.meta} - {"Filter", "Indicator"}


@rule
def precheck_meta_ob_unit(pair: Pair) -> Faults:
    yield from UNITS & ({row["col_name"] for row in pair.meta} | set(pair.groups()))


@rule
def precheck_meta_col_name(pair: Pair) -> Faults:
    yield from (row["label"] for row in pair.meta if not row["col_name"].strip())


@rule
def check_meta_dupe_label(pair: Pair) -> Faults:
    yield from _twice(row["label"] for row in pair.meta)


@rule
def check_meta_fil_grp(pair: Pair) -> Faults:
    for row in pair.meta:
        if row["col_type"] == "Indicator" and row["filter_grouping_column"]:
            yield row["col_name"]


@rule
def check_meta_fil_grp_dupe(pair: Pair) -> Faults:
    yield from _twice(pair.groups())


@rule
def check_meta_fil_grp_is_fil(pair: Pair) -> Faults:
    yield from set(pair.groups()) & set(pair.named("Filter"))


@rule
def check_meta_fil_grp_match(pair: Pair) -> Faults:
    yield from set(pair.groups()) - set(pair.columns)


@rule
def check_meta_fil_grp_stripped(pair: Pair) -> Faults:
    """The items of a group differ by more than spaces and signs."""
    for group in pair.groups():
        yield from _twice([re.sub("[^A-Za-z0-9]", "", value) for value in pair.values(group)])


@rule
def check_meta_label(pair: Pair) -> Faults:
    yield from (row["col_name"] for row in pair.meta if not row["label"].strip())


@rule
def check_meta_filter_hint(pair: Pair) -> Faults:
    yield from _filled(pair, "Indicator", "filter_hint")


@rule
def check_meta_geog_catch(pair: Pair) -> Faults:
    found = [*pair.named("Filter"), *pair.groups()]
    yield from (name for name in found if GEOGRAPHIC.fullmatch(name))


@rule
def check_meta_indicator_dp(pair: Pair) -> Faults:
    yield from _filled(pair, "Filter", "indicator_dp")


@rule
def check_meta_ind_unit(pair: Pair) -> Faults:
    yield from _filled(pair, "Filter", "indicator_unit")


@rule
def check_meta_indicator_grouping(pair: Pair) -> Faults:
    yield from _filled(pair, "Filter", "indicator_grouping")


@rule
def check_meta_col_name_spaces(pair: Pair) -> Faults:
    yield from (row["col_name"] for row in pair.meta if re.search(r"\s", row["col_name"]))


@rule
def check_meta_col_name_dupe(pair: Pair) -> Faults:
    yield from _twice(row["col_name"] for row in pair.meta)


@rule
def check_meta_ind_dp_set(pair: Pair) -> Faults:
    for row in pair.meta:
        if row["col_type"] == "Indicator" and not row["indicator_dp"].strip():
            yield row["col_name"]


@rule
def check_meta_ind_dp_values(pair: Pair) -> Faults:
    yield from (
        row["col_name"] for row in pair.meta if not re.fullmatch(r"\d*", row["indicator_dp"])
    )


@rule
def check_meta_ind_unit_validation(pair: Pair) -> Faults:
    known = {"", "%", "pp", "£", "£m", "numberstring"}
    yield from {row["indicator_unit"] for row in pair.meta} - known


# ------------------------------------------------------------------------------ time


@rule
def precheck_time_period_num(pair: Pair) -> Faults:
    yield from (value for value in pair.values("time_period") if not re.fullmatch(r"\d+", value))


@rule
def precheck_time_id_valid(pair: Pair) -> Faults:
    yield from pair.values("time_identifier") - {known for group in TOGETHER for known in group}


@rule
def precheck_time_id_mix(pair: Pair) -> Faults:
    found = pair.values("time_identifier")
    if not any(found <= set(group) for group in TOGETHER):
        yield ", ".join(sorted(found))


@rule
def check_time_period(pair: Pair) -> Faults:
    for row in pair.data:
        wanted = 4 if row.get("time_identifier") in FOUR_DIGITS else 6
        if len(row.get("time_period", "")) != wanted:
            yield row.get("time_period", "")


@rule
def check_time_period_six(pair: Pair) -> Faults:
    for value in pair.values("time_period"):
        if re.fullmatch(r"\d{6}", value) and (int(value[2:4]) + 1) % 100 != int(value[4:]):
            yield value


# ------------------------------------------------------------------------------ filters


@rule
def precheck_filter_not_singular(pair: Pair) -> Faults:
    yield from (name for name in pair.named("Filter") if len(pair.values(name)) < 2)


@rule
def check_filter_defaults(pair: Pair) -> Faults:
    for name in [*pair.named("Filter"), *pair.groups()]:
        if "Total" not in pair.values(name):
            yield name


@rule
def check_filter_group_level(pair: Pair) -> Faults:
    for row in pair.meta:
        group = row["filter_grouping_column"]
        if group and len(pair.values(group)) > len(pair.values(row["col_name"])):
            yield group


@rule
def check_filter_item_limit(pair: Pair) -> Faults:
    for name in [*pair.named("Filter"), *pair.groups()]:
        if len(pair.values(name)) > MOST_ITEMS:
            yield name


@rule
def check_filter_whitespace(pair: Pair) -> Faults:
    for name in [*pair.named("Filter"), *REGION, *LA, "country_code", "country_name"]:
        yield from (value for value in pair.values(name) if value != value.strip())


@rule
def check_filter_blanks(pair: Pair) -> Faults:
    for name in [*pair.named("Filter"), *pair.groups()]:
        yield from (name for value in pair.values(name) if not value.strip())


@rule
def check_filter_ob_total(pair: Pair) -> Faults:
    for name in UNITS:
        yield from pair.values(name) & {"Total", "total", "All", "all"}


# ------------------------------------------------------------------------------ places


@rule
def precheck_geog_level(pair: Pair) -> Faults:
    yield from pair.levels() - LEVELS


@rule
def precheck_geog_level_present(pair: Pair) -> Faults:
    for level in pair.levels():
        yield from set(OF_LEVEL.get(level, ())) - set(pair.columns)


@rule
def check_geog_country_combos(pair: Pair) -> Faults:
    for row in pair.data:
        found = (row.get("country_code"), row.get("country_name"))
        if found[0] != "x" and found not in COUNTRIES:
            yield str(found)


@rule
def check_geog_region_combos(pair: Pair) -> Faults:
    for row in pair.data:
        found = (row.get("region_code", ""), row.get("region_name", ""))
        is_of_region = row.get("geographic_level") == "Regional"
        if (is_of_region or found[0] not in {"", "x"}) and found not in REGIONS:
            yield str(found)


@rule
def check_geog_la_combos(pair: Pair) -> Faults:
    for row in pair.data:
        found = tuple(row.get(column, "") for column in LA)
        if found[0] and found[1] not in {"", "x"} and found not in AUTHORITIES:
            yield str(found)


@rule
def check_geog_level_completed(pair: Pair) -> Faults:
    for row in pair.data:
        for column in OF_LEVEL.get(row.get("geographic_level", ""), ()):
            if column != "new_la_code" and not row.get(column, "-"):
                yield column


@rule
def check_geog_ignored_rows(pair: Pair) -> Faults:
    yield from pair.levels() & {"School", "Provider", "Institution", "Planning area"}


@rule
def check_geog_la_col_present(pair: Pair) -> Faults:
    missing = set(LA) - set(pair.columns)
    if missing != set(LA):
        yield from missing


@rule
def check_geog_region_col_present(pair: Pair) -> Faults:
    missing = set(REGION) - set(pair.columns)
    if missing != set(REGION):
        yield from missing


@rule
def check_geog_region_for_la(pair: Pair) -> Faults:
    for row in pair.data:
        if row.get("geographic_level") == "Local authority":
            yield from (column for column in REGION if not row.get(column))


@rule
def check_geog_overcompleted_cols(pair: Pair) -> Faults:
    """A region's row names no authority, England's neither region nor authority."""
    above = {"National": (*REGION, *LA), "Regional": LA}
    for row in pair.data:
        columns = above.get(row.get("geographic_level", ""), ())
        yield from (column for column in columns if row.get(column))


# ------------------------------------------------------------------------------ the whole


@rule
def check_general_null(pair: Pair) -> Faults:
    null, legacy = {"NULL", "Null", "null", "NA", "na"}, {"N/A", "n/a", ".", "..", "-"}
    for row in pair.data:
        yield from (value for value in row.values() if value in null | legacy)
    for row in pair.meta:
        yield from (value for value in row.values() if value in null)


@rule
def check_general_dupes(pair: Pair) -> Faults:
    columns = [c for c in pair.columns if c in {*UNITS, *pair.named("Filter"), *pair.groups()}]
    yield from _twice("|".join(row[column] for column in columns) for row in pair.data)


@rule
def check_ind_invalid_entry(pair: Pair) -> Faults:
    for name in pair.named("Indicator"):
        yield from (name for value in pair.values(name) if value in {"", "~", ":"})


@rule
def check_api_char_col_name(pair: Pair) -> Faults:
    yield from (column for column in pair.columns if len(column) > LIMITS["column"])


@rule
def check_api_char_col_label(pair: Pair) -> Faults:
    yield from (row["label"] for row in pair.meta if len(row["label"]) > LIMITS["label"])


@rule
def check_api_char_loc_code(pair: Pair) -> Faults:
    for name in ("country_code", "region_code", "old_la_code", "new_la_code"):
        yield from (value for value in pair.values(name) if len(value) > LIMITS["code"])


@rule
def check_api_char_filter_items(pair: Pair) -> Faults:
    names = ("country_name", "region_name", "la_name", *pair.named("Filter"), *pair.groups())
    for name in names:
        yield from (value for value in pair.values(name) if len(value) > LIMITS["item"])


# ------------------------------------------------------------------------------ look-ups

COUNTRIES = {
    ("E92000001", "England"), ("W92000004", "Wales"), ("S92000003", "Scotland"),
    ("N92000002", "Northern Ireland"), ("K02000001", "United Kingdom"), ("z", "Not applicable"),
}  # fmt: skip
_LIBRARY = load_library()
REGIONS = {(region.code, region.name) for region in _LIBRARY.regions().values()}
REGIONS |= {("E13000001", "Inner London"), ("E13000002", "Outer London"), ("z", "Not applicable")}
AUTHORITIES = {
    (authority.code, known.code, authority.name)
    for authority in [*_LIBRARY.authorities().values(), *_LIBRARY.ended.values()]
    for known in authority.ons_codes
}


def _twice(values: Iterable[str]) -> Faults:
    yield from (value for value, times in Counter(values).items() if times > 1)


def _filled(pair: Pair, kind: str, column: str) -> Faults:
    yield from (r["col_name"] for r in pair.meta if r["col_type"] == kind and r[column])

"""What is refused, and what the refusal says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.reference import load_library
from services.ingest.core.published import UnknownFile, import_file

LIBRARY = load_library()
COMMON = "time_period,time_identifier,geographic_level,country_code,region_code,old_la_code"


def refusal(content: bytes) -> UnknownFile:
    with pytest.raises(UnknownFile) as caught:
        import_file(content, name="figures.csv", library=LIBRARY)
    return caught.value


def test_a_file_that_is_not_text_is_refused_with_what_to_do():
    assert refusal(b"PK\x03\x04\xff\xfe").problems == (
        "This is not a text file in UTF-8. Save the table as “CSV UTF-8” and try again.",
    )


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content):
    (problem,) = refusal(content).problems
    assert problem.startswith("The file is empty")


def test_a_cell_too_long_to_be_one_is_refused():
    (problem,) = refusal(b'a,"' + b"x" * 200_000).problems
    assert "cell is not closed or is far too long" in problem


def test_a_file_near_to_a_known_one_is_told_which_columns_are_looked_for():
    problems = refusal(f"{COMMON},referral_count,rereferral_count\n".encode()).problems
    assert problems[0] == (
        "It is nearest to “Children in need: referrals and re-referrals (table c1)”, "
        "where these columns are looked for: rereferral_percent."
    )
    assert "Children's social work workforce" in problems[-1]


def test_a_file_like_none_is_told_what_can_be_imported():
    problems = refusal(b"apples,pears\n1,2\n").problems
    assert problems[0] == "Its columns are those of no published file that can be imported."
    assert problems[1].startswith("These can: Mid-year population estimates")


def test_a_file_with_the_columns_but_other_contents_is_told_what_is_missing():
    head = f"{COMMON},care_leaver_age,breakdown,care_leaver_count,care_leaver_percent"
    problems = refusal(f"{head}\n2025,Reporting year,National,E92000001,,,all,Other,1,2".encode())
    assert "nowhere in the column breakdown stands" in problems.problems[0]


def test_the_refusal_names_the_file_and_all_its_problems():
    fault = refusal(b"apples,pears\n")
    assert str(fault).startswith("figures.csv: Its columns")
    assert fault.problems[1] in str(fault)


def test_of_two_files_with_the_same_columns_the_contents_decide():
    head = f"{COMMON},characteristic,breakdown,children_count,children_percent"
    start = "2025,Reporting year,National,E92000001,,"
    for text, source in (
        ("Location of new placements during the year", "dfe-new-placements"),
        ("Health assessments: Children looked after all ages", "dfe-looked-after-outcomes"),
    ):
        content = f"{head}\n{start},{text},Other,1,2\n".encode()
        assert import_file(content, name="f", library=LIBRARY).source == source


@given(st.binary(max_size=400))
def test_arbitrary_bytes_are_read_or_refused_and_nothing_else(content):
    try:
        found = import_file(content, name="f", library=LIBRARY)
    except UnknownFile:
        return
    assert found.account.read == found.account.used + sum(found.account.aside.values())


HEADS = [
    ",".join(
        [
            COMMON,
            "new_la_code",
            "la_name",
            *publication.columns,
        ]
    )
    for publication in LIBRARY.publications
]
TEXTS = st.sampled_from(
    [
        *("2025", "202425", "2024/25", "Reporting year", "National", "Regional", "Local authority"),
        *("E92000001", "E12000003", "E13000001", "383", "314 / 318", "318", "909", "x", "c", ""),
        *(
            "12",
            "0",
            "3.5",
            "1e5",
            "1e400",
            "Total",
            "Total children",
            "CLA on 31 March",
            "ISCP_Conf",
        ),
        *("Section_47", "All EHC plans issued", "Accommodation considered suitable", "970", '"'),
    ]
) | st.text(max_size=6)


@given(st.sampled_from(HEADS), st.lists(st.lists(TEXTS, max_size=24), max_size=12))
def test_every_row_of_a_known_heading_is_used_or_set_aside(head, rows):
    content = "\n".join([head, *(",".join(row) for row in rows)]).encode(errors="replace")
    try:
        found = import_file(content, name="f", library=LIBRARY)
    except UnknownFile:
        return
    assert found.account.read == found.account.used + sum(found.account.aside.values())
    assert all(count > 0 for count in found.account.aside.values())
    for figures in found.data_sets:
        columns = (figures.values, figures.numerators, figures.denominators, figures.symbols)
        assert {len(column) for column in columns} == {len(figures.areas)}
        assert list(figures.areas) == sorted(set(figures.areas))
        assert any(n is not None for n in (*figures.values, *figures.numerators))

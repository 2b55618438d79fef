"""Who has returned: the window, the states of authorities, the chase list, and their pages."""

import csv
import html
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.events import (
    Finding,
    Observation,
    PeriodClosed,
    PeriodOpened,
    QueryExplained,
    ReturnAccepted,
    ReturnWithdrawn,
    Standing,
    State,
)
from services.gateway.core.chase import COLUMNS, returned_sentence, window_sentence
from services.gateway.core.item.collection import TO_CHASE, Returned, returned
from services.gateway.sample.history import make_event, make_standings
from services.gateway.views import Views

COLLECTION, PERIOD, DUE = "riia-quarterly", "2026-27-Q2", "2026-11-11"
PLACE = f"{COLLECTION}/{PERIOD}"
HTML = {"accept": "text/html"}
OPENED = PeriodOpened(collection=COLLECTION, period=PERIOD, due=DUE)
CLOSED = PeriodClosed(collection=COLLECTION, period=PERIOD)


def sent(authority: str, return_id: str = "", *findings: Finding, **more) -> ReturnAccepted:
    return ReturnAccepted(
        return_id=return_id or f"of-{authority}",
        authority=authority,
        collection=COLLECTION,
        period=PERIOD,
        sha256="00" * 32,
        size=1,
        media_type="text/csv",
        channel="api",
        rules="2026.2",
        observations=(
            Observation(indicator="CP01", numerator=470),
            Observation(indicator="CP09", numerator=4, denominator=86, note="text-9"),
        ),
        findings=findings,
        **more,
    )


def query(indicator: str | None) -> Finding:
    return Finding(code="Q200", severity="query", indicator=indicator)


def explained(return_id: str, indicator: str | None) -> QueryExplained:
    return QueryExplained(
        return_id=return_id,
        authority="D01",
        collection=COLLECTION,
        period=PERIOD,
        indicator=indicator,
        codes=("Q200",),
        text="text-1",
    )


def withdrawn(authority: str) -> ReturnWithdrawn:
    return ReturnWithdrawn(
        return_id=f"of-{authority}", authority=authority, collection=COLLECTION, period=PERIOD
    )


@pytest.fixture
def happened(told):
    """Tells events, each with the day on which it happened."""

    def happened(*events) -> None:
        for day, payload in events:
            told.take(make_event(payload, time=f"{day}T09:00:00.000Z"))

    return happened


@pytest.fixture
def seen(told, library, make_client):
    """A client over what was told, with the answer about the period."""

    def seen():
        client = make_client(Views(told.store, library=library, nation="demo"))
        item = client.get(f"/v1/collections/{PLACE}").json()
        return client, item, {each["authority"]: each for each in item.get("authorities", [])}

    return seen


def test_each_authority_has_its_state_its_version_and_what_it_has_still_to_explain(happened, seen):
    happened(
        ("2026-10-01", OPENED),
        ("2026-11-02", sent("D01", "", query("CP01"), query("CP09"), query(None))),
        ("2026-11-03", explained("of-D01", None)),
        ("2026-11-05", sent("D02")),
        ("2026-11-12", sent("D02", "corrected", supersedes="of-D02")),
        ("2026-11-13", sent("D03")),
        ("2026-11-13", sent("D04")),
        ("2026-11-16", withdrawn("D04")),
    )
    _, item, of = seen()

    assert (item["returned"], item["of"], item["as_at"]) == (3, 11, "2026-11-16")
    assert item["working_days_left"] == -3
    assert (of["D01"]["state"], of["D01"]["version"]) == ("in_time", 1)
    assert of["D01"]["open_queries"] == 1  # CP09 has a note, the whole was explained afterwards
    assert (of["D02"]["state"], of["D02"]["version"]) == ("in_time", 2)  # a correction is not late
    assert of["D03"]["state"] == "returned_late"
    assert (of["D04"]["state"], of["D04"]["withdrawn"], of["D04"]["version"]) == (
        "late", True, None,
    )  # fmt: skip
    assert (of["D05"]["state"], of["D05"]["withdrawn"]) == ("late", False)


def test_who_has_not_returned_is_awaited_then_late_then_has_not_returned(happened, seen):
    happened(("2026-10-01", OPENED), ("2026-11-11", sent("D01")))
    _, item, of = seen()
    assert (of["D05"]["state"], item["working_days_left"]) == ("awaited", 0)

    happened(("2026-11-12", sent("D02")))
    assert seen()[2]["D05"]["state"] == "late"

    happened(("2026-12-15", CLOSED), ("2026-12-16", sent("D06")))
    _, item, of = seen()
    assert (of["D05"]["state"], of["D06"]["state"]) == ("not_returned", "returned_late")
    assert item["working_days_left"] is None


def test_a_return_after_an_early_close_is_late_even_before_the_due_day(happened, seen):
    happened(("2026-10-01", OPENED), ("2026-10-20", CLOSED), ("2026-10-21", sent("D01")))

    assert seen()[2]["D01"]["state"] == "returned_late"


def test_a_return_in_place_of_a_withdrawn_one_is_late_by_its_own_day(happened, seen):
    happened(
        ("2026-10-01", OPENED),
        ("2026-11-02", sent("D01")),
        ("2026-11-10", withdrawn("D01")),
        ("2026-11-13", sent("D01", "again")),
    )
    of = seen()[2]

    assert (of["D01"]["state"], of["D01"]["version"]) == ("returned_late", 2)


def test_a_withdrawn_return_leaves_its_authority_awaited_on_the_rug_until_the_close(
    happened, told, library
):
    views = Views(told.store, library=library, nation="demo")
    absent = Standing(indicator="CP01", state=State.NOT_RETURNED)
    gone = make_standings("D01", PERIOD, (absent,), return_id=None, provisional=True)
    happened(
        ("2026-10-01", OPENED),
        ("2026-11-02", sent("D01")),
        ("2026-11-03", withdrawn("D01")),
        ("2026-11-03", gone),
    )
    assert views.standings(COLLECTION, PERIOD, "D01") is None

    happened(("2026-12-15", CLOSED))
    found = views.standings(COLLECTION, PERIOD, "D01")
    assert found is not None
    assert found["standings"]["CP01"]["state"] == "not_returned"


def test_days_are_not_counted_beyond_the_bank_holidays_that_are_known(happened, seen):
    opened = OPENED.model_copy(update={"due": "2029-02-12"})
    happened(("2028-12-28", opened))
    _, item, _ = seen()

    assert item["working_days_left"] is None
    assert window_sentence(item) == "Due by 12 February 2029."


def test_the_chase_list_names_who_is_awaited_and_no_figure(happened, seen):
    happened(
        ("2026-10-01", OPENED),
        ("2026-11-02", sent("D01")),
        ("2026-11-02", sent("D02")),
        ("2026-11-10", withdrawn("D02")),
    )
    client, _, of = seen()
    answer = client.get(f"/v1/collections/{PLACE}/chase.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert f'filename="chase-{COLLECTION}-{PERIOD}.csv"' in answer.headers["content-disposition"]
    assert tuple(rows[0]) == COLUMNS
    assert {row["authority"] for row in rows} == set(of) - {"D01"}
    (gone,) = [row for row in rows if row["withdrawn"] == "yes"]
    assert (gone["authority"], gone["state"], gone["working_days_left"], gone["due"]) == (
        "D02", "awaited", "1", DUE,
    )  # fmt: skip
    assert "470" not in answer.text
    region = rows[0]["region"]
    assert client.get(f"/v1/collections/{PLACE}/chase.csv?region={region}").text == answer.text
    assert client.get(f"/v1/collections/{PLACE}/chase.csv?region=none").status_code == 422
    assert client.get(f"/v1/collections/{COLLECTION}/2030-31-Q1/chase.csv").status_code == 404


def test_the_pages_say_who_has_returned_and_who_is_to_be_chased(happened, seen, faults_of_html):
    happened(
        ("2026-10-01", OPENED),
        ("2026-11-02", sent("D01", "", query("CP01"))),
        ("2026-11-02", sent("D02")),
        ("2026-11-03", withdrawn("D02")),
    )
    client, _, _ = seen()
    page = html.unescape(client.get(f"/collections/{PLACE}", headers=HTML).text)
    listed = client.get("/collections", headers=HTML).text
    chase, came = page.split('id="returned"')

    assert "1 of 11 authorities has returned." in page
    assert "Due by 11 November 2026. On 3 November 2026 6 working days are left." in page
    assert "Awaited. Its return was withdrawn" in chase
    assert len(re.findall(r"<td[^>]*>Awaited", chase)) == 10
    assert 'href="/returns/of-D01"' in came
    assert "470" not in page
    assert f'href="/collections/{PLACE}"' in listed
    assert "1 of 11" in listed
    assert faults_of_html({"collection": page, "collections": listed}) == []


def test_before_any_period_is_opened_the_page_says_how_one_is(seen, faults_of_html):
    client, _, _ = seen()
    page = client.get("/collections", headers=HTML)

    assert page.status_code == 200
    assert "No collection has been opened yet." in page.text
    assert "tartan open riia-quarterly" in page.text
    assert faults_of_html({"collections": page.text}) == []


def test_a_period_that_was_never_opened_is_a_page_that_says_so(seen):
    client, _, _ = seen()
    answer = client.get(f"/collections/{PLACE}", headers=HTML)

    assert answer.status_code == 404
    assert "There is no period of that collection" in answer.text


@pytest.mark.parametrize(
    ("state", "due", "as_at", "left", "said"),
    [
        ("open", None, "2026-11-02", None, "Open."),
        ("open", DUE, "2026-11-10", 1, "On 10 November 2026 1 working day is left."),
        ("open", DUE, "2026-11-11", 0, "No working day is left after 11 November 2026."),
        ("open", DUE, "2026-11-12", -1, "On 12 November 2026 that was 1 working day ago."),
        ("open", "2026-11-13", "2026-11-14", 0, "On 14 November 2026 that day is over."),
        ("closed", DUE, "2026-11-14", None, "Closed on 13 November 2026; a return after"),
    ],
)
def test_the_window_is_said_in_a_sentence(state, due, as_at, left, said):
    item = {
        "state": state,
        "due": due,
        "as_at": as_at,
        "working_days_left": left,
        "closed_at": "2026-11-13T17:00:00.000Z",
    }

    assert said in window_sentence(item)


def test_how_many_are_late_is_said_with_how_many_returned():
    late = [{"state": state} for state in ("returned_late", "late", "in_time")]

    assert returned_sentence({"returned": 2, "of": 3, "authorities": late}) == (
        "2 of 3 authorities have returned, 1 of them late."
    )


@given(
    st.lists(st.tuples(st.sampled_from(["superseded", "withdrawn"]), st.dates())),
    st.booleans(),
    st.dates(),
    st.dates() | st.none(),
    st.sampled_from(["open", "closed"]),
)
def test_whoever_has_a_return_that_counts_is_not_chased_and_nobody_else_is_left_out(
    ended, stands, today, due, state
):
    entries = [{"at": f"{day}T09:00:00.000Z", "state": what} for what, day in ended]
    entries += [{"at": f"{today}T09:00:00.000Z", "state": "current"}] if stands else []
    period = {
        "state": state,
        "due": due and due.isoformat(),
        "closed_at": None,
        "returns": {"D01": entries} if entries else {},
    }
    found = returned(period, "D01", today=today.isoformat())

    assert (found in TO_CHASE) is not stands
    if found is Returned.OVERDUE:
        assert due is not None
        assert due < today

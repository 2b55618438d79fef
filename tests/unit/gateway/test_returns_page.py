"""The list of returns: the latest first, narrowed down, a page at a time."""

import re

import pytest

from schemas.events import PeriodOpened, ReturnWithdrawn
from services.gateway.pages import returns
from services.gateway.views import Views
from tests.unit.gateway.test_submission_page import HTML, sent

COLLECTION = "riia-quarterly"
Q1, Q2, SANDBOX = "2026-27-Q1", "2026-27-Q2", "2000-01-Q1"


def of(return_id: str, authority: str = "D01", period: str = Q2, **more):
    update = {"return_id": return_id, "authority": authority, "period": period, **more}
    return sent().model_copy(update=update)


@pytest.fixture
def listed(told, library, make_client):
    for period in (Q1, Q2):
        told.tell(PeriodOpened(collection=COLLECTION, period=period, due="2026-11-11"))
    told.tell(
        of("a", period=Q1), of("b"), of("c", "D02"), of("d", supersedes="b"),
        of("s", period=SANDBOX),
        ReturnWithdrawn(return_id="c", authority="D02", collection=COLLECTION, period=Q2),
    )  # fmt: skip
    client = make_client(Views(told.store, library=library, nation="demo"))

    def listed(query: str = "") -> tuple[list[str], str]:
        page = client.get(f"/returns{query}", headers=HTML).text
        return re.findall(r'<a class="govuk-link" href="/returns/(\w)">', page), page

    return listed


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["d", "c", "b", "a"]),
        ("?authority=D02", ["c"]),
        (f"?period={Q1}", ["a"]),
        ("?collection=early-help-quarterly", []),
        ("?state=needs_explanation", ["d", "a"]),
        ("?state=signed_off", []),
        ("?state=superseded&authority=D01", ["b"]),
        ("?state=withdrawn", ["c"]),
        (f"?period={SANDBOX}", ["s"]),
        ("?authority=&period=&collection=&state=", ["d", "c", "b", "a"]),
    ],
)
def test_returns_are_listed_the_latest_first_as_they_are_asked_for(listed, query, ids):
    assert listed(query)[0] == ids


def test_the_list_is_turned_over_without_losing_what_was_asked(listed, monkeypatch, faults_of_html):
    monkeypatch.setattr(returns, "PAGE", 2)
    first, page = listed("?state=")
    older = re.search(r'href="(/returns\?after=\w)">Older returns', page)[1]
    second, rest = listed(older.removeprefix("/returns"))

    assert (first, second) == (["d", "c"], ["b", "a"])
    assert "3 to 4." in rest
    assert "Older returns" not in rest
    assert '<a class="govuk-link" href="/returns?">Back to the latest</a>' in rest
    assert faults_of_html({"first": page, "second": rest}) == []


def test_what_nobody_sent_is_said_to_be_none(listed):
    assert "There is no return like that." in listed("?authority=D03")[1]


def test_a_value_that_there_is_not_is_refused_with_those_there_are(told, library, make_client):
    client = make_client(Views(told.store, library=library, nation="demo"))
    answer = client.get("/returns?state=lost", headers=HTML)

    assert answer.status_code == 422
    assert (
        "needs_explanation, accepted_provisional, signed_off, superseded, withdrawn, locked"
        in answer.text
    )

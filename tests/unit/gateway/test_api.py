"""The API: shapes as promised, lists by cursor, problems that name what is expected."""

import base64

import pytest
from pydantic import BaseModel, TypeAdapter

from schemas.events import ReturnAccepted
from services.gateway.api.model import (
    AlertItem,
    AlertListing,
    BaselineItem,
    NoticeListing,
    RugDocument,
    StandingListing,
)
from services.gateway.api.record import (
    AuthorityItem,
    AuthorityListing,
    CollectionItem,
    CollectionListing,
    IndicatorDetail,
    IndicatorListing,
    ReturnItem,
    ReturnListing,
    SignatureListing,
)

# The names that systems rely on, from the published description of the surfaces.
STANDING = {
    "authority", "collection", "indicator", "period", "symbol", "numerator", "denominator", "value",
    "comparison", "england", "region", "neighbours", "change", "cusum", "state", "unit",
    "reliability", "provisional", "reason", "note", "explanation", "made_from",
}  # fmt: skip
BLOCKS = {
    "comparison": {"numerator", "denominator", "value", "quarters", "interval"},
    "england": {"value", "from", "rank", "ranked", "band", "percentile", "z", "p", "flag"},
    "region": {"value", "returned", "of", "rank"},
    "neighbours": {"value", "statistic", "basis", "used", "of", "difference"},
    "change": {"from", "by", "arrow", "year_on_year", "significant"},
    "made_from": {
        "return_id", "data_set", "baseline", "population", "neighbours", "rules", "engine",
    },
}  # fmt: skip
ALERT = {
    "id", "authority", "signature", "sign", "severity", "state", "period", "since", "raised_at",
    "question", "push", "push_reason", "conditions", "evidence", "caveats", "answers", "notices",
    "rule_version", "history",
}  # fmt: skip


@pytest.fixture
def get(client):
    def get(path, status=200):
        response = client.get(path)
        assert response.status_code == status, response.text
        return response.json()

    return get


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/v1/returns", ReturnListing),
        ("/v1/collections", CollectionListing),
        ("/v1/collections/riia-quarterly/2026-27-Q2", CollectionItem),
        ("/v1/baselines/baseline-2026-27-Q2", BaselineItem),
        ("/v1/standings?limit=500", StandingListing),
        ("/v1/standings?period=2024-25&indicator=FD04&limit=500", StandingListing),
        ("/v1/rug", RugDocument),
        ("/v1/authorities", AuthorityListing),
        ("/v1/authorities/D06", AuthorityItem),
        ("/v1/indicators", IndicatorListing),
        ("/v1/indicators/FD04", IndicatorDetail),
        ("/v1/signatures", SignatureListing),
        ("/v1/alerts", AlertListing),
        ("/v1/notices", NoticeListing),
    ],
)
def test_every_answer_is_what_the_openapi_document_promises(get, path, model: type[BaseModel]):
    answer = get(path)

    TypeAdapter(model).validate_python(answer)
    if "items" in answer:
        assert answer["items"]


def test_a_return_and_an_alert_are_what_the_openapi_document_promises(get):
    for path, model in (("/v1/returns", ReturnItem), ("/v1/alerts", AlertItem)):
        ident = get(path)["items"][0]["id"]
        TypeAdapter(model).validate_python(get(f"{path}/{ident}"))


def test_a_standing_has_the_names_that_systems_rely_on(get):
    item = get("/v1/standings?authority=D06&indicator=WF02&period=2026-27-Q2")["items"][0]

    assert set(item) == STANDING | {"open_query"}
    assert {name: set(item[name]) for name in BLOCKS} == BLOCKS
    assert item["england"]["from"] == "2024-25 published"
    assert item["neighbours"]["basis"] == "2024-25 published"
    assert item["note"] == "Eight agency posts cover the merger."
    assert (item["region"]["returned"], item["region"]["of"]) == (9, 11)
    assert item["made_from"]["population"] == "population:0-17/2024"


def test_an_alert_has_the_names_that_systems_rely_on(get):
    alert = get("/v1/alerts")["items"][0]

    assert set(alert) == ALERT | {"collection", "reason"}
    assert set(alert["conditions"][0]) == {
        "expression", "value", "threshold", "result", "period", "basis", "reason",
    }  # fmt: skip
    assert alert["evidence"][0]["region"] is None
    assert alert["answers"][0]["text"].startswith("Two teams merged")


def test_a_published_period_gives_published_standings(get):
    items = get("/v1/standings?period=2024-25&indicator=FD04&authority=383")["items"]

    assert [i["authority"] for i in items] == ["383"]
    assert items[0]["made_from"]["data_set"] == "dfe-sample/FD04/2024-25/2025-11"
    assert items[0]["england"]["ranked"] == 153


def test_a_list_is_walked_part_by_part_without_loss_or_repeat(get):
    whole = [i["id"] for i in get("/v1/returns?limit=500")["items"]]
    walked, cursor = [], ""
    while cursor is not None:
        part = get(f"/v1/returns?limit=7{cursor and '&cursor=' + cursor}")
        walked += [i["id"] for i in part["items"]]
        cursor = part["next"]

    assert walked == whole
    assert len(whole) == len(set(whole)) == 53


def test_returns_are_filtered_by_what_is_asked(get):
    items = get("/v1/returns?authority=D01&period=2026-27-Q2&collection=riia-quarterly")["items"]

    assert [(i["authority"], i["period"]) for i in items] == [("D01", "2026-27-Q2")]
    assert get("/v1/returns?period=2026Q2&authority=D11")["items"] == []


@pytest.mark.parametrize(
    ("path", "parameter", "expected"),
    [
        ("/v1/rug?region=XX", "region", "one of D00"),
        ("/v1/rug?period=banana", "period", "a period such as 2026-27-Q2"),
        ("/v1/rug?period=2031-32-Q1", "period", "an opened period of riia-quarterly"),
        ("/v1/rug?collection=x", "collection", "one of riia-quarterly"),
        ("/v1/standings?authority=ZZZ", "authority", "an authority's code, such as D01"),
        ("/v1/standings?indicator=ZZ", "indicator", "an indicator's code, such as CP04"),
        ("/v1/alerts?state=shut", "state", "one of open, acknowledged, cleared, withdrawn"),
        ("/v1/alerts?severity=x", "severity", "one of watch, concern, escalate"),
        ("/v1/alerts?sign=x", "sign", "one of risk, strength"),
        ("/v1/notices?alert=x", "alert", "an alert's id"),
        ("/v1/returns?cursor=%25%25", "cursor", "the next of an earlier part"),
        (
            f"/v1/returns?cursor={base64.urlsafe_b64encode(b'gone').decode()}",
            "cursor",
            "the next of an earlier part",
        ),
    ],
)
def test_an_unknown_value_is_refused_with_what_is_expected(get, path, parameter, expected):
    problem = get(path, status=422)

    assert problem["type"] == "/problems/unknown-value"
    assert problem["errors"][0]["parameter"] == parameter
    assert problem["errors"][0]["pointer"] == f"/query/{parameter}"
    assert expected in problem["errors"][0]["expected"]
    assert "invalid" not in str(problem).lower()


@pytest.mark.parametrize("limit", ["0", "501", "many"])
def test_a_limit_beyond_its_bounds_is_refused(client, limit):
    response = client.get(f"/v1/returns?limit={limit}")

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/returns/x",
        "/v1/collections/x/2026-27-Q2",
        "/v1/baselines/x",
        "/v1/authorities/x",
        "/v1/indicators/x",
        "/v1/alerts/x",
        "/v1/nothing",
    ],
)
def test_what_is_not_there_is_a_problem_even_for_a_browser(client, path):
    response = client.get(path, headers={"accept": "text/html"})

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "/problems/not-found"


def test_a_return_that_is_not_shown_yet_says_when_to_ask_again(client):
    assert client.get("/v1/returns/just-sent").headers["retry-after"] == "1"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/rug",
        "/v1/standings?authority=D01",
        "/v1/returns",
        "/v1/returns/{}",
        "/v1/collections",
        "/v1/collections/riia-quarterly/2026-27-Q2",
        "/v1/collections/riia-quarterly/2026-27-Q2/chase.csv",
        "/v1/baselines/baseline-2026-27-Q2",
        "/v1/authorities",
        "/v1/authorities/D06",
        "/v1/indicators",
        "/v1/indicators/FD04",
        "/v1/signatures",
        "/v1/alerts",
        "/v1/alerts/{}",
        "/v1/notices",
    ],
)
def test_an_asker_who_has_what_stands_gets_a_304(client, get, path):
    if "{}" in path:
        path = path.format(get(path.removesuffix("/{}"))["items"][0]["id"])
    first = client.get(path)
    tag = first.headers["etag"]

    assert first.headers["cache-control"] == "no-store"
    for known in (f'"other", {tag}', f"W/{tag}", "*"):
        again = client.get(path, headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_every_read_of_the_gateway_says_that_it_may_answer_304(client):
    paths = client.get("/openapi.json").json()["paths"]
    reads = {path for path, o in paths.items() if path.startswith("/v1/") and "get" in o}

    said = {path for path in reads if "304" in paths[path]["get"]["responses"]}
    assert reads - said == {"/v1/events"}


@pytest.mark.parametrize("path", ["/v1/returns/none", "/v1/rug?period=banana"])
def test_what_is_refused_is_refused_to_an_asker_who_has_anything(client, path):
    answer = client.get(path, headers={"if-none-match": "*"})

    assert answer.status_code in {404, 422}
    assert "etag" not in answer.headers


def test_a_walk_through_a_list_stays_the_same_while_returns_arrive(make_client, library, history):
    from services.gateway.core.apply import apply
    from services.gateway.sample.store import make_store
    from services.gateway.views import Views

    sent = [n for n, event in enumerate(history) if isinstance(event.data, ReturnAccepted)]
    middle = sent[len(sent) // 2]
    store = make_store(history[:middle])
    client = make_client(Views(store, library=library, nation="demo"))
    before = [each["id"] for each in client.get("/v1/returns?limit=500").json()["items"]]
    arriving = iter(history[middle:])
    walked, cursor = [], ""
    while cursor is not None:
        part = client.get(f"/v1/returns?limit=3{cursor and '&cursor=' + cursor}").json()
        walked += [each["id"] for each in part["items"]]
        cursor = part["next"]
        for _, event in zip(range(40), arriving, strict=False):
            store.put(apply(store.get, event), positions={})

    after = [each["id"] for each in client.get("/v1/returns?limit=500").json()["items"]]
    assert len(after) > len(before) > 9
    assert len(walked) == len(set(walked))
    assert set(before) <= set(walked)


def test_a_tag_changes_when_a_return_arrives(make_client, library, history):
    from services.gateway.core.apply import apply
    from services.gateway.sample.store import make_store
    from services.gateway.views import Views

    store = make_store(history[:-12])
    client = make_client(Views(store, library=library, nation="demo"))
    before = client.get("/v1/rug").headers["etag"]
    for event in history[-12:]:
        store.put(apply(store.get, event), positions={})

    assert client.get("/v1/rug").headers["etag"] != before


def test_an_erased_answer_is_null_and_stays_listed(make_client, library, history):
    from schemas.events import TextSet
    from services.gateway.sample.history import make_event
    from services.gateway.sample.store import make_store
    from services.gateway.views import Views

    erased = make_event(TextSet(id="answer-1", kind="answer"), time="2026-12-01T00:00:00.000Z")
    views = Views(make_store([*history, erased]), library=library, nation="demo")
    alert = make_client(views).get("/v1/alerts").json()["items"][0]

    assert [(a["kind"], a["text"]) for a in alert["answers"]] == [("answer", None)]


def test_every_4xx_is_documented_as_a_problem_document(client):
    document = client.get("/openapi.json").json()
    own = {p: o["get"] for p, o in document["paths"].items() if p.startswith("/v1/")}

    assert len(own) >= 15
    for path, operation in own.items():
        assert operation["summary"], path
        statuses = set(operation["responses"])
        assert "422" in statuses, path
        assert ("{" in path) <= ("404" in statuses), path
        for status in statuses & {"404", "422", "503"}:
            schema = operation["responses"][status]["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/ProblemDocument"}
    assert "ProblemDocument" in document["components"]["schemas"]


def test_the_rug_counts_who_has_returned_and_has_a_cell_for_everyone(get):
    rug = get("/v1/rug?region=D00&collection=riia-quarterly&period=2026-27-Q2")

    assert (rug["returned"], rug["of"], rug["state"]) == (9, 11, "open")
    assert len(rug["cells"]) == len(rug["authorities"]) * len(rug["indicators"]) == 341
    silent = [c for c in rug["cells"] if c["authority"] == "D11"]
    assert {c["state"] for c in silent} == {"not_returned"}
    assert [
        c["alert"] is not None
        for c in rug["cells"]
        if (c["authority"], c["indicator"]) == ("D06", "WF02")
    ] == [True]


def test_the_rug_without_any_period_is_empty_and_no_error(make_client, library):
    from services.gateway.sample.store import make_store
    from services.gateway.views import Views

    client = make_client(Views(make_store([]), library=library, nation="demo"))
    rug = client.get("/v1/rug").json()

    assert (rug["period"], rug["state"], rug["returned"]) == ("", None, 0)
    assert client.get("/v1/standings").json() == {"items": [], "next": None}


def test_every_schema_has_one_readable_name_of_its_own(client):
    names = client.get("/openapi.json").json()["components"]["schemas"]

    assert {"AlertListing", "ReturnFindingItem", "IndicatorDataSetItem"} <= set(names)
    assert [name for name in names if not name.isalnum()] == []

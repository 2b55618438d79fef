"""The pages: words and structure, what a browser is told, forms that only our pages may send."""

import ast
import html
import re

import pytest

from schemas.events import StandingsUpdated
from schemas.reference import load_library
from schemas.rule import RULES
from services.gateway.core.apply import apply
from services.gateway.core.document import Keys
from services.gateway.pages.prose import PROBLEMS
from services.gateway.sample.store import make_store
from services.gateway.views import Views

HTML = {"accept": "text/html,application/xhtml+xml"}
PAGES = [
    "/", "/rug", "/rug?show=band&comparator=neighbours", "/rug?transpose=yes", "/rug?only_red=yes",
    "/rug?changed=yes&sort=reds&domain=CP", "/authorities", "/authorities/D06", "/authorities/D11",
    "/authorities/383", "/authorities/D06/indicators/WF02", "/authorities/D11/indicators/WF02",
    "/authorities/383/indicators/WF02", "/authorities/D06/indicators/WF06", "/indicators",
    "/indicators/WF02", "/indicators/CN01", "/indicators/CL05", "/indicators/WF06", "/alerts",
    "/alerts?state=open", "/notices", "/method", "/accessibility", "/privacy", "/help",
    "/problems/unknown-value", "/developers/api", "/check", "/rules", "/rules?level=query",
    "/rules/X102", "/rules/F002", "/rules/Q200", "/data", "/data?collection=riia-quarterly",
]  # fmt: skip


@pytest.fixture
def read(client):
    def read(path, status=200):
        response = client.get(path, headers=HTML)
        assert response.status_code == status, response.text[:500]
        return response.text

    return read


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_one_heading_a_title_a_language_and_says_what_is_invented(read, path):
    page = read(path)

    assert page.count("<h1") == 1
    assert re.search(r"<title>[^<]+ – Tartan</title>", page)
    assert '<html lang="en-GB"' in page
    assert '<a href="#main-content" class="govuk-skip-link">' in page
    assert "Invented figures – fictional authorities" in page
    assert " style=" not in page
    assert "<script>" not in page


@pytest.mark.parametrize("path", PAGES)
def test_every_table_has_a_caption_and_every_head_says_what_it_heads(read, path):
    page = read(path)

    assert page.count("<table") == page.count("<caption")
    assert all("scope=" in head for head in re.findall(r"<th\b[^>]*>", page))


def test_pages_are_sound_html(read, faults_of_html):
    assert faults_of_html({path: read(path) for path in PAGES}) == []


@pytest.mark.parametrize("code", RULES)
def test_the_link_of_a_finding_leads_to_a_page_that_says_what_to_do(read, code):
    page = words(read(f"/rules/{code}"))

    assert RULES[code].title.removesuffix(".") in html.unescape(page)
    assert "What to do" in page
    assert not re.search(r"\{[a-z_]+\}", page)


def test_rules_are_listed_by_level_and_an_unknown_one_says_where_they_are(read):
    queries = read("/rules?level=query")

    assert "/rules/Q200" in queries
    assert "/rules/X102" not in queries
    assert "Rules of the check lists them" in words(read("/rules/Z999", status=404))


def test_the_rug_is_one_table_with_a_body_for_each_domain(read):
    page = read("/rug")

    assert page.count("<table") == 1
    assert page.count("<tbody>") == page.count('scope="rowgroup"') == 9
    assert len(re.findall(r'<th class="rug__authority" scope="col">', page)) == 11
    assert len(re.findall(r'<td class="rug__cell', page)) == 31 * 11


def test_a_turned_rug_has_the_figures_of_england_and_the_region_of_every_indicator(read):
    def context(page):
        return [words(cell) for cell in re.findall(r'<td class="rug__context">.*?</td>', page)]

    upright, turned = context(read("/rug")), context(read("/rug?transpose=yes"))

    assert len(upright) == 62
    assert turned == upright[::2] + upright[1::2]


def test_why_a_row_is_not_assessed_is_hidden_in_its_head_and_said_in_the_key(read):
    page = read("/rug")
    head = re.search(
        r'<th class="rug__indicator" scope="row"><a href="/indicators/CL05">.*?</th>', page
    )
    hidden = re.search(r'<span class="govuk-visually-hidden">: (.*?)</span>', head[0])

    assert words(head[0].replace(hidden[0], "")).endswith("number, not assessed")
    assert f": {hidden[1]}</li>" in page[page.index("Key</h2>") :]


def test_every_cell_of_the_rug_holds_hidden_words(read):
    cells = cells_of(read("/rug"))

    assert len(cells) == 341
    assert all(re.search(r'visually-hidden">\. \w', cell) for cell in cells)


def test_a_rug_that_is_read_again_after_another_one_is_the_same(read):
    first, by_band = read("/rug"), read("/rug?show=band")

    assert read("/rug") == first
    assert cells_of(first) != cells_of(by_band)


def cells_of(page: str) -> list[str]:
    return re.findall(r'<td class="rug__cell.*?</td>', page, re.DOTALL)


@pytest.mark.parametrize("path", ["/rug", "/rug?show=band", "/rug?transpose=yes"])
def test_no_row_of_a_neutral_indicator_is_red_amber_or_green(read, path):
    library = load_library()
    page = read(path)
    if "transpose" in path:
        bodies = re.findall(r"<tr><th class=\"rug__indicator\".*?</tr>", page, re.DOTALL)
        codes = re.findall(r'href="/indicators/(\w+)"', page)
        cells = [re.findall(r'<td class="([^"]*)"', body) for body in bodies]
        columns = [(code, [row[at] for row in cells]) for at, code in enumerate(codes)]
    else:
        rows = re.findall(r'<tr><th class="rug__indicator".*?</tr>', page, re.DOTALL)
        columns = [
            (re.search(r"/indicators/(\w+)", row)[1], re.findall(r'<td class="([^"]*)"', row))
            for row in rows
        ]
    neutral = [
        (code, classes)
        for code, classes in columns
        if library.indicator(code, version="2026.1").polarity == "N"
    ]

    assert len(columns) == 31
    assert len(neutral) == 23
    for code, classes in neutral:
        assert not re.search(r"--(red|amber|green)\b", " ".join(classes)), code


def test_only_cells_with_an_open_alert_are_links(read):
    cells = cells_of(read("/rug"))
    linked = [cell for cell in cells if "<a " in cell]

    assert len(linked) == 1
    assert "alert open" in linked[0]
    assert 'href="/alerts/' in linked[0]


def test_missing_figures_keep_their_symbols(read):
    cells = re.findall(r'<td class="rug__cell rug__cell--missing.*?</td>', read("/rug"), re.DOTALL)
    shown = {words(cell).split(" ")[0].rstrip(".") for cell in cells}

    assert shown == {"c", "x", "z", "u", "–"}


def test_a_headline_says_who_has_returned_and_what_is_red(read):
    assert "9 of 11 authorities have returned for Quarter 2 (July to September) 2026 to 2027." in (
        words(read("/rug"))
    )


def test_filters_leave_only_what_was_asked_for(read):
    red = re.findall(r'<tr><th class="rug__indicator".*?</tr>', read("/rug?only_red=yes"), re.S)
    assert red
    assert all("rug__cell--red" in row for row in red)

    domain = read("/rug?domain=Workforce")
    assert re.findall(r'scope="rowgroup"[^>]*><span>([^<]+)', domain) == ["Workforce"]


@pytest.fixture
def read_two(make_client, library, history):
    """Reads a page where the regional return has only a period that the main one has not."""
    from schemas.events import PeriodOpened
    from services.gateway.sample.history import make_event

    opened = PeriodOpened(collection="regional-quarterly", period="2026-27-Q1", due="2026-08-11")
    later = PeriodOpened(collection="riia-quarterly", period="2026-27-Q3", due="2027-02-11")
    events = [make_event(p, time="2026-12-01T00:00:00.000Z") for p in (opened, later)]
    client = make_client(Views(make_store([*history, *events]), library=library, nation="demo"))
    return lambda path: client.get(path, headers=HTML)


@pytest.mark.parametrize(
    ("path", "chosen", "said"),
    [
        (
            "/rug?period=2026-27-Q3&collection=regional-quarterly",
            "2026-27-Q1",
            "The regional return has no Quarter 3 (October to December) 2026 to 2027. "
            "Its newest period is shown.",
        ),
        (
            "/authorities/D06?collection=regional-quarterly&period=2026-27-Q3",
            "2026-27-Q1",
            "The regional return has no Quarter 3 (October to December) 2026 to 2027. "
            "Its newest period is shown.",
        ),
        (
            "/rug?collection=riia-quarterly&domain=Permanence",
            "",
            "The quarterly return has no domain “Permanence”. All its domains are shown.",
        ),
        ("/rug?collection=early-help-quarterly&period=2026-27-Q2", "", "None yet"),
        ("/authorities/D06?collection=early-help-quarterly&period=2026-27-Q2", "", "None yet"),
    ],
)
def test_a_value_that_the_chosen_collection_lacks_falls_back_and_the_page_says_so(
    read_two, path, chosen, said
):
    page = read_two(path)

    assert page.status_code == 200
    assert said in words(page.text)
    assert f'<option value="{chosen}" selected>' in page.text
    assert '<select class="govuk-select" id="collection"' in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/rug?period=2026-27-Q2",
        "/rug?collection=riia-quarterly&domain=CP",
        "/authorities/D06?period=2026-27-Q1",
    ],
)
def test_a_value_that_the_collection_has_is_taken_without_a_word(read, path):
    assert "is shown." not in words(read(path))


@pytest.mark.parametrize(
    "path",
    [
        "/rug?domain=Gardening",
        "/authorities/D06?period=banana",
        "/v1/rug?collection=regional-quarterly&period=2026-27-Q2",
    ],
)
def test_a_value_that_nothing_has_is_refused_and_the_api_takes_no_other_collections(client, path):
    assert client.get(path).status_code == 422


def test_an_authority_is_linked_from_a_rug_with_the_collection_that_is_shown(read):
    page = read("/rug?period=2026-27-Q1")

    assert 'href="/authorities/D06?collection=riia-quarterly&amp;period=2026-27-Q1"' in page


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nothing", 404, "There is nothing at this address"),
        ("/authorities/ZZZ", 404, "There is no authority “ZZZ”"),
        ("/rug?period=banana", 422, "a period such as 2026-27-Q2"),
        ("/returns/none", 404, "There is no such return, or it is not shown yet"),
    ],
)
def test_a_browser_gets_its_problem_as_a_page_and_a_program_as_a_document(
    client, path, status, said
):
    page = client.get(path, headers=HTML)
    assert (page.status_code, said in page.text) == (status, True)
    assert page.headers["content-type"].startswith("text/html")
    assert page.text.count("<h1") == 1

    document = client.get(path)
    assert document.headers["content-type"] == "application/problem+json"
    assert document.status_code == status


@pytest.mark.parametrize(
    "path", ["/", "/rug", "/v1/rug", "/nothing", "/v1/nothing", "/openapi.json"]
)
def test_every_answer_has_its_security_headers_and_is_not_stored(client, path):
    headers = client.get(path, headers=HTML).headers

    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_a_fault_of_ours_is_a_page_for_people_and_a_document_for_programs(make_client, library):
    class Broken:
        def get(self, key):
            raise ZeroDivisionError

        def keys(self, prefix):
            return []

    client = make_client(Views(Broken(), library=library, nation="demo"))
    for headers, kind in ((HTML, "text/html"), ({}, "application/problem+json")):
        response = client.get("/v1/alerts" if not headers else "/alerts", headers=headers)
        assert response.status_code == 500
        assert response.headers["content-type"].startswith(kind)
        assert "Something went wrong on our side" in response.text
        assert "content-security-policy" in response.headers


def test_what_people_write_is_never_markup(make_client, library, history):
    from schemas.events import TextSet
    from services.gateway.sample.history import make_event

    evil = make_event(
        TextSet(id="answer-1", kind="answer", text="<script>alert(1)</script>"),
        time="2026-12-01T00:00:00.000Z",
    )
    client = make_client(Views(make_store([*history, evil]), library=library, nation="demo"))
    alert = client.get("/v1/alerts").json()["items"][0]["id"]
    page = client.get(f"/alerts/{alert}").text

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>" not in page


def test_nothing_that_the_log_says_is_markup_in_the_rug(make_client, library, history):
    store, keys, evil = make_store(history), Keys("demo"), "<script>"
    standings = store.get(keys.standings("riia-quarterly", "2026-27-Q2", "D06"))
    first, second, *_ = standings["standings"]
    said = {
        first: {"state": "missing", "symbol": evil},
        second: {"state": "reported", "reason": f"{evil} {evil}"},
    }
    told = {**standings, "standings": {**standings["standings"], **said}}
    brief = {
        "authority": "D06", "indicators": [first], "state": "open", "sign": "risk",
        "severity": "concern", "raised_at": "2026-12-01T00:00:00.000Z",
    }  # fmt: skip
    store.put(
        {
            keys.standings("riia-quarterly", "2026-27-Q2", "D06"): told,
            keys.alerts("D06"): {"alerts": {evil: brief}},
        },
        positions={},
    )
    page = make_client(Views(store, library=library, nation="demo")).get("/rug").text

    assert page.count("&lt;script&gt;") == 4
    assert "<script>" not in page


def test_an_alerts_conditions_are_words_and_the_rules_text_stands_apart(client):
    alert = client.get("/v1/alerts").json()["items"][0]
    page = client.get(f"/alerts/{alert['id']}", headers=HTML).text
    table = words(re.search(r'aria-label="Conditions".*?</section>', page, re.DOTALL)[0])

    assert alert["conditions"][0]["expression"] == "sn(WF02) >= 50 %"
    assert "Agency social workers: at least 50% worse than its statistical neighbours" in table
    assert not re.search(r"[<>]=|\w\(\w*\)|\b0\.\d", table)
    assert "sn(WF02) &gt;= 50 %" in page


def test_a_withdrawn_alert_says_so_and_why_before_what_had_been_asked(
    make_client, library, history
):
    from schemas.events import SignatureRaised, SignatureWithdrawn
    from services.gateway.sample.history import make_event

    raised = next(e.data for e in history if isinstance(e.data, SignatureRaised))
    said = {name: value for name, value in raised.model_dump().items() if name != "question"}
    ended = SignatureWithdrawn.model_validate(
        {**said, "reason": "the_authority_corrected_its_figures"}
    )
    event = make_event(ended, time="2026-12-01T00:00:00.000Z")
    client = make_client(Views(make_store([*history, event]), library=library, nation="demo"))
    page = client.get(f"/alerts/{raised.alert}", headers=HTML).text
    (listed,) = re.findall(r"<article.*?</article>", client.get("/alerts").text, re.DOTALL)

    because = "Withdrawn because the authority corrected its figures"
    assert f'<h1 class="govuk-heading-l">{because}</h1>' in page
    assert "<title>Withdrawn: " in page
    for shown in (page, listed):
        assert shown.index(because) < shown.index(raised.question)
        assert not re.search("--(watch|concern|escalate)", shown)


@pytest.fixture
def form(make_client, views):
    answers: list = []
    client = make_client(views, answers=answers)
    alert = client.get("/v1/alerts").json()["items"][0]["id"]

    def send(headers, **fields):
        return client.post(
            f"/alerts/{alert}", data=fields, headers={**HTML, **headers}, follow_redirects=False
        )

    return send, answers, alert


OWN = {"sec-fetch-site": "same-origin"}


def test_an_answer_is_taken_and_the_alert_is_shown_again(form):
    send, answers, alert = form
    response = send(OWN, kind="answer", text="  Two teams merged. ")

    assert (response.status_code, response.headers["location"]) == (303, f"/alerts/{alert}")
    assert answers == [(alert, "answer", "Two teams merged.")]


def test_an_acknowledgement_needs_no_words(form):
    send, answers, alert = form

    assert send({"origin": "http://testserver"}, kind="acknowledgement").status_code == 303
    assert answers == [(alert, "acknowledgement", "")]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
    ],
)
def test_a_form_from_elsewhere_is_refused_and_nothing_is_taken(form, headers):
    send, answers, _ = form

    assert send(headers, kind="answer", text="x").status_code == 403
    assert answers == []


def test_an_empty_answer_is_asked_for_again_beside_its_field(form):
    send, answers, _ = form
    response = send(OWN, kind="answer", text="   ")

    assert response.status_code == 422
    assert "<title>Error: " in response.text
    assert 'id="text-error"' in response.text
    assert '<a href="#text">' in response.text
    assert answers == []


def test_without_anyone_to_take_it_there_is_no_form(make_client, views):
    client = make_client(views)
    alert = client.get("/v1/alerts").json()["items"][0]["id"]

    assert "<form" not in client.get(f"/alerts/{alert}").text


def test_every_kind_of_problem_that_the_product_raises_has_its_page(root):
    raised = set()
    for path in (root / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
                slug = node.args[1] if len(node.args) > 1 else None
                if isinstance(slug, ast.Constant):
                    raised.add(slug.value)

    assert len(raised) > 5
    assert raised - set(PROBLEMS) == set()


def test_styles_are_served_under_the_name_of_their_content(client):
    page = client.get("/", headers=HTML).text
    found = re.search(r'href="(/static/tartan-[0-9a-f]+\.css)"', page)
    if found is None:
        pytest.skip("the styles are not compiled ('make styles' compiles them)")
    styles = client.get(found[1])

    assert styles.headers["content-type"].startswith("text/css")
    assert "immutable" in styles.headers["cache-control"]
    assert client.get("/static/..%2fmanifest.json").status_code == 404


def test_contracts_are_served_and_nothing_beside_them(client):
    assert client.get("/contracts/return.accepted.v1.schema.json").status_code == 200
    for outside in ("..%2f..%2fpyproject.toml", "nothing.json", "..%2fevents%2f__init__.py"):
        assert client.get(f"/contracts/{outside}").status_code == 404


class Moving:
    """A store and its feed: a return is folded and told of in the midst of a reading."""

    def __init__(self, store, event):
        self._store, self._event, self.place = store, event, "1.6.0.0"

    def get(self, key):
        if self._event is not None:
            event, self._event = self._event, None
            self._store.put(apply(self._store.get, event), positions={})
            self.place = "1.7.0.0"
        return self._store.get(key)

    def keys(self, prefix):
        return self._store.keys(prefix)


@pytest.mark.parametrize(
    "path", ["/", "/rug", "/authorities", "/authorities/D06", "/indicators/WF02", "/alerts"]
)
def test_a_page_listens_from_before_it_was_read_so_that_what_is_folded_meanwhile_is_told_to_it(
    make_client, library, history, path
):
    event = next(e for e in history if isinstance(e.data, StandingsUpdated))
    moving = Moving(make_store(history), event)
    page = make_client(Views(moving, library=library, nation="demo"), feed=moving).get(path).text

    assert moving.place == "1.7.0.0"
    assert 'data-live="/v1/events?after=1.6.0.0"' in page


def test_the_api_reference_lists_no_empty_choice_and_names_what_may_be_null(read):
    page = words(read("/developers/api"))

    assert "open or acknowledged or cleared or withdrawn or null" in page
    assert " or or " not in page
    assert "None" not in page


def test_the_method_says_why_a_figure_is_not_judged_and_what_chance_alone_would_push(read):
    page = words(read("/method"))

    assert "A plain count is not held against others" in page
    assert "Fewer than 1 in 1,000 councils" in page
    assert "chance alone would push" in page


def test_an_empty_product_has_pages_that_say_what_happens_next(make_client, library):
    client = make_client(Views(make_store([]), library=library, nation="demo"))
    for path, said in (
        ("/", "No collection has been opened yet"),
        ("/", "tartan open riia-quarterly 2026-27-Q2 --url http://testserver"),
        ("/rug", "No period of this collection has been opened yet"),
        ("/rug", "tartan open riia-quarterly"),
        ("/alerts", "No alert has been raised yet"),
        ("/notices", "Nobody has been told of anything yet"),
        ("/authorities", "No period has been opened yet, so none has returned"),
        ("/authorities/D01", "No period of the quarterly return has been opened yet."),
        ("/authorities/D01", "tartan open riia-quarterly"),
        ("/indicators/CP04", "No period of the quarterly return has been opened yet."),
        ("/indicators/EH01", "tartan open early-help-quarterly"),
        ("/indicators/CP04", "There is no figure yet"),
        ("/method", "No baseline has been fixed yet"),
    ):
        response = client.get(path, headers=HTML)
        assert (response.status_code, said in response.text) == (200, True), path


def test_an_empty_rug_is_no_table_of_dashes(make_client, library):
    client = make_client(Views(make_store([]), library=library, nation="demo"))

    assert "<table" not in client.get("/rug", headers=HTML).text


def test_before_any_period_is_open_published_figures_are_shown(make_client, library, history):
    from schemas.events import DataSetAssessed, FiguresPublished
    from services.gateway.sample.england import make_event

    published = [
        make_event(e.data, time=e.time, nation="england")
        for e in history
        if isinstance(e.data, FiguresPublished | DataSetAssessed)
    ]
    client = make_client(Views(make_store(published), library=library, nation="england"))
    authority = words(client.get("/authorities/383", headers=HTML).text)
    indicator = words(client.get("/indicators/FD04", headers=HTML).text)

    assert "has been opened yet. Below are its published figures." in authority
    assert "Financial year 2024 to 2025" in authority
    assert "tartan open riia-quarterly 2025-26-Q2" in authority
    assert re.search(r"opened yet\. From [\d.]+% in .+ to [\d.]+% in .+, published\.", indicator)


@pytest.fixture
def read_of(make_client, library, history):
    """Reads a page of the history without what some authorities returned for the newest quarter."""
    from schemas.events import ReturnAccepted, StandingsUpdated
    from services.gateway.sample.history import QUARTERS

    def read(path, *, only=None, time=None):
        from schemas.events import TextSet
        from services.gateway.sample.history import make_event

        def stays(event):
            data = event.data
            is_newest = getattr(data, "period", None) == QUARTERS[-1]
            if not isinstance(data, ReturnAccepted | StandingsUpdated) or not is_newest:
                return True
            return only is None or data.authority in only

        events = [event for event in history if stays(event)]
        if time:
            events.append(make_event(TextSet(id="t", kind="note", text="later"), time=time))
        client = make_client(Views(make_store(events), library=library, nation="demo"))
        return words(client.get(path, headers=HTML).text)

    return read


def test_who_is_late_is_shown_as_late_with_the_figures_of_the_newest_earlier_return(read_of):
    page = read_of("/authorities/D11", time="2026-11-12T09:00:00.000Z")

    assert (
        "Late: due on 28 October 2026 and not yet returned for Quarter 2 (July to September) 2026 "
        "to 2027. Below is its newest return before that, for Quarter 1 (April to June) 2026 to "
        "2027." in page
    )
    assert "Figures of Quarter 1 (April to June) 2026 to 2027" in page
    assert "Re-referrals within 12 months" in page
    assert re.search(r"Ormsthwick – – Late", read_of("/", time="2026-11-12T09:00:00.000Z"))
    rug = read_of("/rug", time="2026-11-12T09:00:00.000Z")
    assert "late . Late: due and not yet returned" in rug
    assert "late due and not yet returned" in rug[rug.index("Key") :]


def test_who_has_time_left_is_awaited_and_not_late(read_of):
    page = read_of("/authorities/D11", time=None)

    assert "Not yet returned for Quarter 2 (July to September) 2026 to 2027, due by 28 O" in page
    assert "Late" not in page


def test_one_sender_alone_is_not_said_to_be_the_highest(read_of):
    page = read_of("/indicators/CP04", only={"D02"})

    assert re.search(r"[\d.]+% in \w+, the only authority with a figure, in Quarter 2", page)


def test_figures_of_an_authority_that_has_ended_stay_readable(make_client, library, history):
    from schemas.events import DataSetAssessed
    from services.gateway.sample.england import make_event

    ended = next(iter(library.ended))
    last = [e.data for e in history if isinstance(e.data, DataSetAssessed)][-1]
    renamed = last.model_copy(update={"authorities": (ended, "999", *last.authorities[2:])})
    event = make_event(renamed, time="2026-12-01T00:00:00.000Z")
    client = make_client(Views(make_store([*history, event]), library=library, nation="demo"))

    page = client.get(f"/indicators/{last.indicator}", headers=HTML)
    assert page.status_code == 200
    assert library.ended[ended].name.replace("&", "&amp;") in page.text
    assert client.get(f"/authorities/{ended}", headers=HTML).status_code == 200


def test_england_is_no_demonstration(make_client, library):
    client = make_client(Views(make_store([]), library=library, nation="england"))

    assert "Invented figures" not in client.get("/", headers=HTML).text


def test_a_list_says_that_people_were_told_from_the_notices_that_went_out(
    make_client, library, history
):
    from schemas.events import NoticeSent, SignatureChanged, SignatureRaised
    from services.gateway.sample.history import make_event

    raised = next(e.data for e in history if isinstance(e.data, SignatureRaised))
    later = SignatureChanged.model_validate(
        {**raised.model_dump(), "push": False, "push_reason": "already_told"}
    )
    event = make_event(later, time="2026-12-01T00:00:00.000Z")
    unsent = [e for e in history if not isinstance(e.data, NoticeSent)]
    for events, said in (([*history, event], True), ([*unsent], False)):
        client = make_client(Views(make_store(events), library=library, nation="demo"))
        for path in ("/", "/alerts", "/authorities/D06"):
            page = client.get(path, headers=HTML).text
            assert ("told to the group of directors, Demonstration region" in page) is said, path


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/", "1 signature of risk and 1 of strength are open."),
        ("/authorities", "1 signature of risk and 1 of strength are open."),
        ("/authorities/D02", "1 signature of strength is open."),
        ("/authorities/D06", "1 signature of risk is open."),
        ("/alerts", "2 alerts. Not yet over: 1 signature of risk and 1 of strength."),
    ],
)
def test_strengths_are_counted_apart_from_risks(make_client, library, history, path, said):
    from schemas.events import Sign, SignatureRaised
    from services.gateway.sample.history import make_event

    raised = next(e.data for e in history if isinstance(e.data, SignatureRaised))
    strength = raised.model_copy(
        update={"alert": "s1", "authority": "D02", "signature": "S1", "sign": Sign.STRENGTH}
    )
    event = make_event(strength, time="2026-12-01T00:00:00.000Z")
    client = make_client(Views(make_store([*history, event]), library=library, nation="demo"))

    assert said in words(client.get(path, headers=HTML).text)


def test_who_answered_is_never_shown_as_an_id(make_client, library, history):
    from schemas.events import AnswerGiven, SignatureRaised, TextSet
    from services.gateway.sample.history import make_event

    raised = next(e.data for e in history if isinstance(e.data, SignatureRaised))
    given = AnswerGiven(
        answer="a1", alert=raised.alert, authority="D06", actor="name-erased", text="t1"
    )
    said = [TextSet(id="t1", kind="answer", text="We know."), given]
    events = [make_event(data, time="2026-12-01T00:00:00.000Z") for data in said]
    client = make_client(Views(make_store([*history, *events]), library=library, nation="demo"))
    page = words(client.get(f"/alerts/{raised.alert}", headers=HTML).text)

    assert "Answer by Fallowgate, 1 December 2026" in page
    assert "name-erased" not in page

"""The way in through a form: the same figures typed are the same observations and findings."""

import html
import json
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.codec import decode
from schemas.reference import load_library
from schemas.topics import Topic
from services.gateway.core.apply import apply
from services.gateway.feed import Feed
from services.gateway.http import mount
from services.gateway.views import Views
from services.ingest.example import example_json
from services.ingest.http import examine, take_in
from services.runtime.problem import install
from services.runtime.store import MemoryStore
from tests.contract.way import COLLECTION, CSV, FAULTY, ODD, OF_THE_FILE, PERIOD, Office, as_json

OWN = {"sec-fetch-site": "same-origin", "accept": "text/html"}
PATH = f"/returns/new/D01/{COLLECTION}/{PERIOD}"
JSON = {"content-type": "application/json"}


class Typist:
    """Fills the form in, page by page, as a browser without scripts does."""

    def __init__(self, office: Office) -> None:
        library, store = load_library(), MemoryStore()
        self._office, self._store = office, store
        self.look()
        app = FastAPI()
        install(app)
        desk = office.desk

        class Files:
            def examine(self, body, *, content_type):
                return examine(desk, body, content_type=content_type).model_dump(mode="json")

            def annotate(self, body, *, content_type):
                return b""

        def send(body, *, content_type, channel, supersedes, reason=None, traceparent=None):
            taken = take_in(
                desk, body, content_type=content_type, channel=channel, supersedes=supersedes
            )
            return taken.version.return_id

        views = Views(store, library=library, nation="demo")
        mount(app, views, feed=Feed("demo"), checks=Files(), send=send)
        self.client = TestClient(app, follow_redirects=False)
        self.page = self.client.get(PATH).text

    def look(self) -> None:
        """Let the views take in what the log holds."""
        for topic in (Topic.TEXTS, Topic.RETURNS):
            for stored in self._office.log.read(topic):
                self._store.put(apply(self._store.get, decode(stored.record)), positions={})

    def press(self, to: str, **typed: str) -> str:
        """Press a button of the page, with what stands in its fields and what is typed."""
        self.page = self.client.post(
            PATH, data={**self.fields(), **typed, "to": to}, headers=OWN
        ).text
        return self.page

    def fields(self) -> dict[str, str]:
        inputs = re.findall(r"<(?:input|textarea|select)[^>]*>(?:[^<]*</textarea>)?", self.page)
        found = {}
        for tag in inputs:
            at = dict(re.findall(r'(\w+)="([^"]*)"', tag))
            if at.get("type") == "checkbox" and " checked" not in tag:
                continue
            text = at.get("value") or re.sub(r"<[^>]*>", "", tag)
            found[at["name"]] = html.unescape(text)
        for name, options in re.findall(
            r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', self.page
        ):
            chosen = re.findall(r'value="([^"]*)" selected', options)
            found[name] = chosen[0] if chosen else ""
        return found

    def themes(self) -> list[str]:
        return re.findall(r'id="theme-([\w-]+)"', self.page)

    def fill_in(self, figures: dict) -> str:
        """Type every figure, theme by theme, and have the whole return checked."""
        said = {each["indicator"]: each for each in figures["observations"]}
        for theme in self.themes():
            self.press(theme)
            typed = {}
            for code in re.findall(r'id="(\w+)-numerator"', self.page):
                for name in ("numerator", "denominator", "symbol", "note"):
                    typed[f"{code}-{name}"] = str(said[code].get(name) or "")
                    if said[code].get(name) == 0:
                        typed[f"{code}-{name}"] = "0"
                typed[f"{code}-same"] = "yes"
            self.press("list", **typed)
        return self.press("check")


@pytest.fixture
def typist(office):
    return Typist(office)


def test_what_is_typed_is_stored_and_asked_about_as_if_it_were_json(office, typist):
    figures = json.loads(as_json(**ODD))
    figures["observations"][1]["note"] = "Two lines,\nthe second “quoted”."
    page = typist.fill_in(figures)
    assert "Check before you send" in page, re.findall(r"<li>.*?</li>", page)[:12]
    content = typist.fields()
    taken = typist.client.post("/returns/new/send", data=content, headers=OWN)
    assert taken.status_code == 303, taken.text
    by_form = office.digest()
    return_id = taken.headers["location"].split("/")[2]
    receipt = office.client.get(f"/v1/returns/{return_id}/receipt").json()
    assert receipt["channel"] == "form"

    withdrawn = office.client.post(
        f"/v1/returns/{return_id}/withdrawal", json={"reason": "To send it as JSON."}
    )
    assert withdrawn.status_code == 202
    sent = office.client.post("/v1/returns", content=json.dumps(figures), headers=JSON)
    assert sent.status_code == 202
    assert by_form == office.digest()


def test_the_same_figures_typed_twice_are_one_version_with_one_receipt(office, typist):
    typist.fill_in(json.loads(as_json(**ODD)))
    first = typist.client.post("/returns/new/send", data=typist.fields(), headers=OWN)
    again = typist.client.post("/returns/new/send", data=typist.fields(), headers=OWN)

    assert first.headers["location"] == again.headers["location"]
    assert len(office.log.read(Topic.RETURNS)) == 4


def test_every_fault_is_told_at_its_field_in_the_words_that_any_way_gives(office, typist):
    typist.fill_in(json.loads(as_json(**FAULTY)))
    assert "<title>Error: " in typist.page
    told = ""
    for theme in typist.themes():
        typist.page = typist.client.post(
            PATH, data={**typist.fields(), "to": theme}, headers=OWN
        ).text
        told += html.unescape(typist.page)
        typist.press("list")

    for code, _, _, detail, fix in office.findings({"content": as_json(**FAULTY), "headers": JSON}):
        if code not in OF_THE_FILE and code[0] in "CX":
            assert f"{detail} {fix}" in told, detail
    assert len(office.log.read(Topic.RETURNS)) == 3


def test_last_quarters_figures_do_not_go_in_by_themselves(office, typist, faults_of_html):
    pages = {"list": typist.page}
    for theme in typist.themes():
        pages[theme] = typist.press(theme)
        typist.press("list")
    page = typist.press("check")

    assert "Check before you send" not in page
    assert "Front door: 4 figures to put right" in page
    opened = typist.press("front-door")
    assert opened.count("tartan-carried") == 6
    assert "FD04: the numerator and the denominator are still last quarter’s." in opened
    assert faults_of_html({**pages, "errors": page, "opened": opened}) == []


def test_a_new_numerator_does_not_excuse_an_old_denominator(typist):
    typist.press("front-door")
    page = typist.press("save", **{"FD04-numerator": "199", "FD01-same": "yes"})

    assert "FD04: the denominator is still last quarter’s." in page
    assert '<a href="#FD04-denominator">' in page
    assert "FD01: the numerator is still" not in page


def test_what_is_typed_without_the_check_can_be_taken_along_as_a_file(office, typist):
    typist.press("front-door")
    typist.press("list", **{"FD01-numerator": "2,400", "FD01-note": "=A1, and a comma"})
    kept = typist.client.post(PATH, data={**typist.fields(), "to": "file"}, headers=OWN)

    assert kept.headers["content-type"].startswith("text/csv")
    assert 'FD01,"2,400",,,"=A1, and a comma"\r\n' in kept.text
    found = office.client.post("/v1/validations", content=kept.content, headers=CSV).json()
    assert found["rows"] == 4


def test_a_symbol_that_is_chosen_takes_the_place_of_the_figure_that_was_filled_in(typist):
    typist.press("front-door")
    page = typist.press("save", **{"FD01-symbol": "x"})

    assert 'id="FD01-numerator" name="FD01-numerator" type="text" inputmode="decimal" ' in page
    assert typist.fields()["FD01-numerator"] == ""
    assert "FD01: there is a figure and the symbol" not in page


def test_the_words_on_a_proposal_are_notes_when_its_figures_are_changed(typist):
    typist.fill_in(json.loads(as_json(**ODD)))
    page = typist.press("list", **{"text-FD01": "A new front door."})
    assert "Type the figures" in page

    typist.press("front-door")
    assert typist.fields()["FD01-note"].strip() == "A new front door."


def test_a_return_that_stands_is_corrected_without_typing_it_again(typist):
    figures = json.loads(as_json(**ODD))
    figures["observations"][1]["note"] = "A note."
    typist.fill_in(figures)
    typist.client.post("/returns/new/send", data=typist.fields(), headers=OWN)
    typist.look()

    typist.page = typist.client.get(PATH).text
    assert "Version 1</a> stands for this quarter" in typist.page
    assert "these very bytes were received as version 1" in typist.press("check")
    typist.press("list")
    typist.press("front-door")
    assert "tartan-carried" not in typist.page
    typist.press("list", **{"FD01-numerator": "4701"})
    assert "1 value changed" in typist.press("check")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/returns/new/X99/riia-quarterly/2026-27-Q2", 404),
        ("/returns/new/D01/no-such/2026-27-Q2", 404),
        ("/returns/new/D01/riia-quarterly/soon", 404),
        ("/returns/new/D01/riia-quarterly/2024-25", 404),
        ("/returns/new/form?authority=D02&period=2026-27-Q1", 303),
    ],
)
def test_the_form_of_what_nobody_returns_is_not_there(typist, path, status):
    assert typist.client.get(path).status_code == status


@pytest.mark.parametrize("draft", ["[", '{"typed": 5}', json.dumps({"typed": {"FD01": {"x": 1}}})])
def test_a_draft_that_is_none_is_refused_and_nothing_is_stored(office, typist, draft):
    answer = typist.client.post(PATH, data={"draft": draft, "to": "check"}, headers=OWN)

    assert answer.status_code == 422
    assert len(office.log.read(Topic.RETURNS)) == 3


def test_a_form_from_another_site_is_refused(typist):
    assert typist.client.post(PATH, data={"to": "check"}).status_code == 403


def test_the_example_has_every_figure_that_is_typed(typist):
    codes = {each["indicator"] for each in example_json()["observations"]}
    found = set()
    for theme in typist.themes():
        found |= set(re.findall(r'id="(\w+)-numerator"', typist.press(theme)))
        typist.press("list")
    assert found == codes

"""A receipt's pages: one to keep, one that says plainly whether it verifies."""

import html
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from schemas.receipt import write_receipt
from services.gateway.feed import Feed
from services.gateway.http import mount
from services.runtime.problem import Problem, install

HTML = {"accept": "text/html"}
FACTS = {
    "return_id": "return-1",
    "authority": "D01",
    "authority_name": "Averndale",
    "collection": "riia-quarterly",
    "period": "2026-27-Q2",
    "version": 2,
    "received_at": "2026-11-12T17:04:05.678Z",
    "received_at_local": "2026-11-12T17:04:05.678+00:00",
}
RECEIPT = {
    **FACTS,
    "supersedes": "return-0",
    "outcome": "accepted_late",
    "due": "2026-11-11",
    "late": True,
    "media_type": "text/csv",
    "channel": "api",
    "size": 21,
    "sha256": "ab" * 32,
    "figures": 30,
    "symbols": 1,
    "changed": 4,
    "counts": {"error": 0, "query": 1, "notice": 1},
    "contract": "return.accepted.v1",
    "rules": "2026.2",
    "catalogue": "2026.1",
    "next_step": "Look at the <report>.",
    "signature": {"algorithm": "Ed25519", "key": "21fe31dfa154a261", "value": "cd" * 64},
}


class Desk:
    """Gives one receipt and says what it was asked."""

    def __init__(self) -> None:
        self.signed = True
        self.asked: list[tuple[str, str]] = []

    def receipt(self, return_id):
        if return_id != "return-1":
            raise Problem(404, "not-found", "There is no such thing here", "Check the id.")
        return RECEIPT if self.signed else {**RECEIPT, "signature": None}

    def verification(self, return_id, *, sha256, signature):
        self.receipt(return_id)
        self.asked.append((sha256, signature))
        verifies = self.signed and sha256 != "0"
        return {
            **FACTS,
            "verifies": verifies,
            "title": f"This receipt {'verifies' if verifies else 'does not verify'}",
            "detail": "What was found.",
            "signed": self.signed,
            "same_sha256": None if not sha256 else sha256 != "0",
            "same_signature": None,
        }


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def client(views, desk) -> TestClient:
    app = FastAPI(title="Tartan", docs_url=None, redoc_url=None)
    install(app)
    mount(app, views, feed=Feed("demo"), receipts=desk)
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture
def read(client):
    def read(path: str) -> str:
        response = client.get(path, headers=HTML)
        assert response.status_code == 200
        return response.text

    return read


def rows(page: str) -> dict[str, str]:
    found = re.findall(r"<dt[^>]*>(.*?)</dt><dd[^>]*>(.*?)</dd>", page)
    return {label: html.unescape(said) for label, said in found}


def test_the_page_shows_the_same_lines_as_the_text_for_a_log_file(read, faults_of_html):
    page = read("/returns/return-1/receipt")

    assert faults_of_html({"receipt": page}) == []
    shown = rows(page)
    for line in write_receipt(RECEIPT).splitlines():
        label, _, said = line.partition(":")
        if label != "Next step":
            assert shown[label] == said.strip()
    assert "Look at the &lt;report&gt;." in page
    assert 'href="/returns/return-1#asked"' in page
    assert 'href="/returns/return-0/receipt"' in page
    assert "Accepted late" in page


def test_the_text_is_saved_under_the_receipts_number(client):
    text = client.get("/returns/return-1/receipt.txt")

    assert text.text == write_receipt(RECEIPT)
    assert text.headers["content-type"].startswith("text/plain")
    assert text.headers["content-disposition"] == 'attachment; filename="receipt-return-1.txt"'


def test_a_receipt_without_a_signature_says_so_and_offers_no_proof(desk, read):
    desk.signed = False
    page = read("/returns/return-1/receipt")

    assert rows(page)["Signature"].startswith("Not signed")
    assert "tartan receipt verify" not in page
    assert "This receipt does not verify" in read("/receipts/return-1")


def test_whether_it_verifies_stands_first_and_no_figure_stands_there(read, desk, faults_of_html):
    page = read("/receipts/return-1")

    assert faults_of_html({"verification": page}) == []
    assert '<h1 class="govuk-heading-l">This receipt verifies</h1>' in page
    assert rows(page)["Received"].startswith("12 November 2026 at 17:04:05 UK time")
    assert "Figures" not in rows(page)
    assert desk.asked == [("", "")]


def test_a_copy_that_says_otherwise_is_told_at_its_field(read, desk, faults_of_html):
    page = read("/receipts/return-1?sha256=%200%20&signature=")

    assert faults_of_html({"verification": page}) == []
    assert desk.asked == [("0", "")]
    assert "This receipt does not verify" in page
    assert 'id="sha256-error"' in page
    assert 'id="signature-error"' not in page


def test_what_is_asked_about_is_shown_as_words_alone(read):
    assert "<script>" not in read("/receipts/return-1?signature=%3Cscript%3E").split("<main")[1]


def test_a_receipt_that_was_never_given_is_a_page_that_says_so(client):
    for path in ("/returns/none/receipt", "/receipts/none", "/returns/none/receipt.txt"):
        response = client.get(path, headers=HTML)
        assert response.status_code == 404
        assert "Check the id." in response.text

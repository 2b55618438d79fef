"""Receipts: signed, the same for ever, proven by a public key alone."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.events import Finding, Severity
from schemas.receipt import receipt_lines, write_receipt
from schemas.reference import load_library
from services.ingest.core.proof import Unproven, prove, signed_content
from services.ingest.core.signature import (
    Keyring,
    key_id,
    read_keyring,
    write_private,
    write_public,
)
from services.ingest.core.version import Version
from services.ingest.desk import Desk
from services.ingest.example import example_json
from services.ingest.http import router
from services.ingest.process import create_app
from services.ingest.receipt import Receipt
from services.runtime.log import Log
from services.runtime.memory_log import MemoryLog
from services.runtime.problem import install
from services.runtime.settings import Settings

COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q2"
# The secret key of the first test of RFC 8032, known to everybody.
KEY = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
RING = read_keyring(write_private(KEY))
OTHER = read_keyring(write_private(bytes(32)))
PUBLIC = Keyring(public=RING.public)
GIVEN = Path(__file__).parent / "receipt.json"
SENT = b"the bytes of a return"
VERSION = Version(
    return_id="545c6267-eebb-576b-a3d3-52eb7dea8c73",
    authority="D01",
    collection=COLLECTION,
    period=PERIOD,
    number=2,
    supersedes="9a2e7be4-9d0e-5d0a-8f38-0c1b1df5f0aa",
    received_at="2026-11-12T17:04:05.678Z",
    sha256=sha256(SENT).hexdigest(),
    size=len(SENT),
    media_type="text/csv",
    channel="api",
    rules="2026.2",
    catalogue="2026.1",
    due="2026-11-11",
    late=True,
    figures=30,
    symbols=1,
    replaces="9a2e7be4-9d0e-5d0a-8f38-0c1b1df5f0aa",
    findings=(
        Finding(code="Q200", severity=Severity.QUERY, indicator="CP01", detail="CP01: 470."),
        Finding(code="D250", severity=Severity.NOTICE, indicator="CP09"),
    ),
)


@dataclass
class Clock:
    """A clock that tests move."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 10, 20, 9, tzinfo=UTC))

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


def replica(log: Log, keyring: Keyring) -> TestClient:
    app = FastAPI()
    install(app)
    desk = Desk(log, library=load_library(), nation="demo", now=Clock())
    app.include_router(router(desk, keyring=keyring))
    return TestClient(app)


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def another(log) -> Callable[[Keyring], TestClient]:
    """A replica over the same log with keys of its own."""
    return lambda keyring: replica(log, keyring)


@pytest.fixture
def client(log) -> TestClient:
    found = replica(log, RING)
    assert found.post(f"/v1/periods/{COLLECTION}/{PERIOD}/open").status_code == 200
    return found


def body(families: int = 2310) -> bytes:
    return json.dumps(
        {
            **(made := example_json()),
            "observations": [
                {**o, "numerator": families} if o["indicator"] == "FD01" else o
                for o in made["observations"]
            ],
        }
    ).encode()


def send(client: TestClient, families: int = 2310) -> dict:
    response = client.post(
        "/v1/returns", content=body(families), headers={"content-type": "application/json"}
    )
    assert response.status_code in {200, 202}, response.text
    return response.json()


def verify(client: TestClient, receipt: dict, **claimed: str) -> dict:
    response = client.get(f"/v1/receipts/{receipt['return_id']}/verify", params=claimed)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    return response.json()


def file_of(receipt: dict) -> bytes:
    return json.dumps(receipt, separators=(",", ":"), ensure_ascii=False).encode()


# ------------------------------------------------------------------ what it says


def test_a_receipt_says_what_was_received_when_and_by_what_it_was_checked(client):
    receipt = send(client)

    assert receipt["received_at_local"] == "2026-10-20T10:00:03.000+01:00"
    assert receipt["received_at"] == "2026-10-20T09:00:03.000Z"
    assert (receipt["contract"], receipt["size"]) == ("return.accepted.v1", len(body()))
    assert receipt["links"]["verify"] == f"/v1/receipts/{receipt['return_id']}/verify"
    assert receipt["signature"]["algorithm"] == "Ed25519"
    assert receipt["signature"]["key"] == key_id(RING.public[0])


def test_for_a_log_file_the_receipt_is_plain_text_with_a_line_for_each_fact(client):
    receipt = send(client)
    text = client.get(receipt["links"]["receipt"], headers={"accept": "text/plain"})

    assert text.headers["content-type"].startswith("text/plain")
    assert text.text == write_receipt(receipt)
    lines = dict(receipt_lines(receipt))
    assert len(text.text.splitlines()) == len(lines)
    assert lines["Authority"] == "Averndale (D01)"
    assert lines["Received"] == "20 October 2026 at 10:00:03 UK time (2026-10-20T09:00:03.000Z)"
    assert lines["Due"] == "11 November 2026"
    assert lines["Outcome"] == "Accepted in time"
    assert lines["Figures"] == "30 and 1 symbol"
    assert lines["Check"] == "0 errors, 0 queries, 0 notices"
    assert lines["Versions"].startswith("schema return.accepted.v1, rules 20")
    assert lines["Signature"] == receipt["signature"]["value"]


def test_a_receipt_that_was_given_once_is_given_the_same_to_the_last_byte():
    """What it says, in which words, is its form; another form needs another name beside it."""
    receipt = Receipt.of(VERSION, authority_name="Côte d’Averndale").signed(RING)

    assert file_of(receipt.model_dump(mode="json")) == GIVEN.read_bytes().strip()


def test_every_replica_signs_alike_and_the_same_bytes_have_the_same_receipt(client, another):
    receipt = send(client)

    assert send(another(RING)) == receipt
    assert another(RING).get(receipt["links"]["receipt"]).json() == receipt


# ------------------------------------------------------------------ verifying at its address


def test_the_receipt_of_a_version_that_was_superseded_still_verifies(client):
    first = send(client)
    second = send(client, families=2400)

    assert second["supersedes"] == first["return_id"]
    assert client.get(first["links"]["receipt"]).json() == first
    for receipt in (first, second):
        found = verify(client, receipt, sha256=receipt["sha256"],
                       signature=receipt["signature"]["value"])  # fmt: skip
        assert (found["verifies"], found["same_sha256"], found["same_signature"]) == (True,) * 3
        assert prove(file_of(receipt), PUBLIC) == receipt


def test_whoever_verifies_is_told_no_figure_and_needs_no_more_than_the_number(client):
    receipt = send(client)

    found = verify(client, receipt)

    assert (found["verifies"], found["title"]) == (True, "This receipt verifies")
    assert (found["same_sha256"], found["same_signature"]) == (None, None)
    assert not {"sha256", "observations", "figures", "counts", "size"} & set(found)


def test_a_copy_that_says_otherwise_does_not_verify_and_is_told_where(client):
    receipt = send(client)
    signature = receipt["signature"]["value"]

    other_file = verify(client, receipt, sha256="0" * 64, signature=signature)
    other_signature = verify(client, receipt, sha256=receipt["sha256"], signature="f" * 128)

    assert other_file["title"] == "This copy does not verify"
    assert (other_file["verifies"], other_file["same_sha256"]) == (False, False)
    assert other_file["same_signature"] is True
    assert "The SHA-256 that you gave is not that of the bytes" in other_file["detail"]
    assert (other_signature["verifies"], other_signature["same_signature"]) == (False, False)
    assert "The signature that you gave is not one of this receipt" in other_signature["detail"]


def test_digits_that_were_copied_with_blanks_and_capitals_are_the_same(client):
    receipt = send(client)
    signature = receipt["signature"]["value"]

    found = verify(client, receipt, sha256=f" {receipt['sha256'].upper()} ",
                   signature=f"{signature[:64]}\n{signature[64:]}")  # fmt: skip

    assert found["verifies"]


def test_after_a_new_key_receipts_that_the_old_one_signed_still_verify(client, another):
    receipt = send(client)
    rotated = another(read_keyring(write_private(bytes(32)) + write_private(KEY)))

    found = verify(rotated, receipt, signature=receipt["signature"]["value"])
    keys = rotated.get("/v1/receipts/key").content

    assert (found["verifies"], found["key"]) == (True, receipt["signature"]["key"])
    assert prove(file_of(receipt), read_keyring(keys)) == receipt


def test_without_a_key_receipts_are_given_unsigned_and_say_so_and_nothing_else_breaks(
    client, another
):
    unsigned = another(Keyring())
    receipt = send(unsigned)

    assert receipt["signature"] is None
    assert receipt["outcome"] == "accepted"
    found = verify(unsigned, receipt, sha256=receipt["sha256"])
    assert (found["verifies"], found["signed"], found["same_sha256"]) == (False, False, True)
    assert "is not signed" in found["detail"]
    assert unsigned.get("/v1/receipts/key").status_code == 404
    assert write_receipt(receipt).splitlines()[-1].startswith("Signature:")
    assert "Not signed" in write_receipt(receipt)
    with pytest.raises(Unproven, match="is not signed"):
        prove(file_of(receipt), PUBLIC)


def test_the_distributed_service_signs_with_the_key_that_its_setting_names(tmp_path):
    file = tmp_path / "receipt-key.pem"
    file.write_bytes(write_private(KEY))
    ingest = TestClient(create_app(Settings(receipt_key=file), now=Clock()))

    assert ingest.get("/v1/receipts/key").text == write_public(RING)


def test_a_receipt_that_was_never_given_does_not_verify(client):
    answer = client.get("/v1/receipts/none/verify")

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


# ------------------------------------------------------------------ proving it, asking nobody


@pytest.fixture(scope="module")
def kept() -> bytes:
    """The receipt as its holder kept it."""
    return GIVEN.read_bytes().strip()


def test_a_public_key_alone_proves_a_receipt_and_the_file_that_it_is_of(kept):
    keys = replica(MemoryLog(), RING).get("/v1/receipts/key").content

    assert prove(kept, read_keyring(keys), file=SENT)["version"] == 2
    with pytest.raises(Unproven, match="not of this file"):
        prove(kept, read_keyring(keys), file=SENT + b" ")


def test_openssl_proves_a_receipt_by_what_the_documentation_says_is_signed(kept, openssl, tmp_path):
    receipt = json.loads(kept)
    signature = bytes.fromhex(receipt.pop("signature")["value"])
    content = json.dumps(receipt, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    (tmp_path / "keys.pem").write_text(write_public(RING))
    (tmp_path / "signature").write_bytes(signature)

    def verdict(signed: str) -> int:
        (tmp_path / "content").write_text(signed, encoding="utf-8")
        call = [openssl, "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "keys.pem",
                "-in", "content", "-sigfile", "signature"]  # fmt: skip
        return subprocess.run(call, cwd=tmp_path, capture_output=True, check=False).returncode

    assert verdict(content) == 0
    assert verdict(content.replace("Averndale", "averndale")) == 1


def test_a_receipt_that_a_program_laid_out_anew_is_the_same_receipt(kept):
    laid_out = json.dumps(json.loads(kept), indent=2, sort_keys=True)

    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert prove(laid_out.encode(encoding), PUBLIC)["return_id"]


@given(st.data())
def test_one_flipped_byte_anywhere_in_a_receipt_fails(data):
    content = bytearray(GIVEN.read_bytes().strip())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises(Unproven):
        prove(bytes(content), PUBLIC)


def test_each_bit_of_every_byte_counts(kept):
    for at in range(len(kept)):
        flipped = kept[:at] + bytes([kept[at] ^ (1 << at % 8)]) + kept[at + 1 :]
        with pytest.raises(Unproven):
            prove(flipped, PUBLIC)


@given(st.binary(max_size=200))
@example(b"[" * 60_000)
@example(b"[NaN]")
@example(b'{"return_id":"\\ud800"}')
@example(b"1" * 5_000)
@example(b" " * 70_000)
def test_whatever_the_file_is_it_is_told_in_words_that_it_is_no_receipt(content):
    with pytest.raises(Unproven):
        prove(content, PUBLIC)


def changed(kept: bytes, **members: object) -> bytes:
    return file_of({**json.loads(kept), **members})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda kept: changed(kept, size=1), "its signature do not match"),
        (lambda kept: changed(kept, more=1), "its signature do not match"),
        (lambda kept: kept[:-40], "cannot be read as JSON"),
        (lambda kept: kept.replace(b'"version"', b'"size":1,"version"', 1), "as JSON"),
        (lambda kept: changed(kept, signature=None), "is not signed"),
        (lambda kept: changed(kept, signature={"key": "a"}), "not a whole one"),
        (lambda kept: changed(kept, signature={**json.loads(kept)["signature"], "key": "a" * 16}),
         f"names the key “{'a' * 16}”, and the keys given are {key_id(RING.public[0])}"),
    ],
)  # fmt: skip
def test_who_holds_a_receipt_that_fails_is_told_what_does_not_match(kept, change, said):
    with pytest.raises(Unproven, match=said) as told:
        prove(change(kept), PUBLIC)

    assert str(told.value).endswith(".")
    assert "invalid" not in str(told.value).lower()


def test_a_receipt_by_another_key_is_told_which_key_it_names(kept):
    with pytest.raises(Unproven, match="GET /v1/receipts/key"):
        prove(kept, Keyring(public=OTHER.public))


def test_something_else_that_the_key_signed_is_not_taken_for_a_receipt(kept):
    receipt = {**json.loads(kept), "form": "another.v1"}
    value, key = RING.sign(signed_content(receipt))
    receipt["signature"] = {"algorithm": "Ed25519", "key": key, "value": value}

    with pytest.raises(Unproven, match="no receipt of the form"):
        prove(file_of(receipt), PUBLIC)

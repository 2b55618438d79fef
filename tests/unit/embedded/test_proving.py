"""The command that proves a receipt, with no network and no log."""

import json

import pytest

from services.embedded.command import main
from services.ingest.core.proof import signed_content
from services.ingest.core.signature import read_keyring, write_private, write_public

SENT = b"the bytes of a return"
RECEIPT = {
    "form": "tartan-receipt.v1",
    "return_id": "return-1",
    "authority": "D01",
    "authority_name": "Averndale",
    "collection": "riia-quarterly",
    "period": "2026-27-Q2",
    "version": 1,
    "supersedes": None,
    "outcome": "accepted",
    "received_at": "2026-07-20T09:00:03.000Z",
    "received_at_local": "2026-07-20T10:00:03.000+01:00",
    "due": None,
    "media_type": "text/csv",
    "channel": "api",
    "size": len(SENT),
    "sha256": "1568405c456ed77d5ea7c41747860eb89284042541b3c132efa8f6229417a6d7",
    "figures": 30,
    "symbols": 1,
    "counts": {"error": 0, "query": 0, "notice": 0},
    "contract": "return.accepted.v1",
    "rules": "2026.2",
    "catalogue": None,
    "changed": None,
    "next_step": "Nothing more is needed.",
}


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A folder with a receipt, its keys and the file that was sent."""
    keyring = read_keyring(write_private(bytes(32)))
    value, key = keyring.sign(signed_content(RECEIPT))
    signature = {"algorithm": "Ed25519", "key": key, "value": value}
    (tmp_path / "receipt.json").write_text(json.dumps({**RECEIPT, "signature": signature}))
    (tmp_path / "keys.pem").write_text(write_public(keyring))
    (tmp_path / "sent.csv").write_bytes(SENT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def verify(*more: str) -> int:
    return main(["receipt", "verify", "receipt.json", "--key", "keys.pem", *more])


def test_a_receipt_that_verifies_is_printed_with_what_it_says(kept, capsys):
    assert verify() == 0

    said = capsys.readouterr().out
    assert said.startswith("receipt.json verifies.\nReceipt number:       return-1\n")
    assert "Averndale (D01)" in said


def test_the_file_that_was_sent_is_held_against_the_receipt(kept, capsys):
    assert verify("--return", "sent.csv") == 0
    assert "and sent.csv is the file that it is of." in capsys.readouterr().out
    (kept / "sent.csv").write_bytes(SENT + b"\n")

    assert verify("--return", "sent.csv") == 1
    assert "it is not of this file" in capsys.readouterr().err


def test_one_byte_that_was_changed_fails_and_is_told(kept, capsys):
    content = (kept / "receipt.json").read_bytes()
    (kept / "receipt.json").write_bytes(content.replace(b"Averndale", b"Bverndale"))

    assert verify() == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("receipt.json does not verify. The receipt and its signature do not")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("keys.pem", b"a password", "keys.pem: It holds no key in PEM."),
        ("keys.pem", b"", "the keys given are none"),
        ("keys.pem", None, "keys.pem cannot be read: No such file or directory."),
        ("receipt.json", None, "receipt.json cannot be read"),
        ("receipt.json", b"Receipt number: 1", "receipt.json does not verify."),
    ],
)
def test_what_cannot_be_looked_at_is_named(kept, capsys, name, content, said):
    if content is None:
        (kept / name).unlink()
    else:
        (kept / name).write_bytes(content)

    assert verify() == 1
    assert said in capsys.readouterr().err

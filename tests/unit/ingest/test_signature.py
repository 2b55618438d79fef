"""Signatures: RFC 8032's own values, and the keys as they come in files."""

import subprocess
from pathlib import Path

import pytest

from services.ingest.core.signature import (
    Keyring,
    KeyUnfit,
    key_id,
    read_keyring,
    write_private,
    write_public,
)

# RFC 8032, 7.1: secret key, public key, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
        "f9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0"
        "f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f76098"
        "4dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
NEW, OLD = bytes(range(32)), bytes(range(32, 64))


def ring(private: bytes) -> Keyring:
    return read_keyring(write_private(private))


@pytest.mark.parametrize(("private", "public", "message", "signature"), VECTORS)
def test_a_signature_is_the_one_that_rfc_8032_gives(private, public, message, signature):
    keyring = ring(bytes.fromhex(private))

    assert keyring.public == (bytes.fromhex(public),)
    assert keyring.sign(bytes.fromhex(message)) == (signature, key_id(bytes.fromhex(public)))
    assert keyring.signer_of(bytes.fromhex(message), signature) == key_id(bytes.fromhex(public))


def test_a_signature_of_other_bytes_of_another_key_or_in_other_digits_is_nobodys():
    keyring = ring(NEW)
    signature, _ = keyring.sign(b"a receipt")

    assert keyring.signer_of(b"another", signature) is None
    assert ring(OLD).signer_of(b"a receipt", signature) is None
    assert keyring.signer_of(b"a receipt", signature.upper()) is None
    for torn in ("", signature[:-2], f"{signature}00", "no digits at all"):
        assert keyring.signer_of(b"a receipt", torn) is None


def test_after_a_new_key_the_old_one_verifies_what_it_signed_and_signs_no_more():
    old = ring(OLD)
    signature, signer = old.sign(b"a receipt")

    for kept in (write_private(OLD), write_public(old).encode()):
        rotated = read_keyring(write_private(NEW) + kept)
        assert rotated.signer_of(b"a receipt", signature) == signer
        assert rotated.sign(b"a receipt") == ring(NEW).sign(b"a receipt")
        assert rotated.public == (*ring(NEW).public, *old.public)


def test_public_keys_are_read_as_they_are_written_and_never_hold_a_private_one():
    rotated = read_keyring(write_private(NEW) + write_private(OLD))
    written = write_public(rotated)

    assert "PRIVATE" not in written
    assert read_keyring(written.encode()) == Keyring(public=rotated.public)
    assert [key_id(key) in written for key in rotated.public] == [True, True]


def test_an_empty_file_holds_no_key_and_signs_nothing():
    assert read_keyring(b" \n") == Keyring()
    assert Keyring().sign(b"a receipt") is None
    assert Keyring(public=ring(NEW).public).sign(b"a receipt") is None


def test_a_key_shows_nothing_of_itself_where_it_is_printed():
    assert repr(NEW) not in repr(ring(NEW))


def test_what_is_no_key_is_said_to_be_none_with_what_to_do():
    torn = write_private(NEW).replace(b"M", b"!", 1)
    for content in (
        b"a password",
        torn,
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
    ):
        with pytest.raises(KeyUnfit, match="in PEM"):
            read_keyring(content)


def test_a_key_of_another_kind_is_refused_by_name(openssl):
    other = subprocess.run(
        [openssl, "genpkey", "-algorithm", "x25519"], capture_output=True, check=True
    )

    with pytest.raises(KeyUnfit, match="another kind than Ed25519"):
        read_keyring(other.stdout)


def test_openssl_makes_keys_that_sign_here_and_verifies_what_they_signed(openssl, tmp_path: Path):
    made = subprocess.run(
        [openssl, "genpkey", "-algorithm", "ed25519"], capture_output=True, check=True
    )
    keyring = read_keyring(made.stdout)
    signature, _ = keyring.sign(b"a receipt")
    for name, content in (
        ("public.pem", write_public(keyring).encode()),
        ("signature", bytes.fromhex(signature)),
        ("true", b"a receipt"),
        ("false", b"a Receipt"),
    ):
        (tmp_path / name).write_bytes(content)

    verdicts = {
        name: subprocess.run(
            [openssl, "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "public.pem",
             "-sigfile", "signature", "-in", name],
            cwd=tmp_path, capture_output=True, check=False,
        ).returncode
        for name in ("true", "false")
    }  # fmt: skip

    assert verdicts == {"true": 0, "false": 1}

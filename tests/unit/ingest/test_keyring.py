"""The file of the keys: made once for its owner alone, or taken from where a setting says."""

import stat

import pytest

from services.ingest.core.signature import Keyring, write_private
from services.ingest.keyring import KEY_FILE, mounted_keyring, own_keyring
from services.runtime.settings import SettingsError


def test_a_data_directory_gets_a_key_of_its_own_once_that_nobody_else_may_read(tmp_path):
    first = own_keyring(None, directory=tmp_path / "data")
    again = own_keyring(None, directory=tmp_path / "data")

    assert first == again
    assert first.private is not None
    assert first != own_keyring(None, directory=tmp_path / "other")
    assert stat.S_IMODE((tmp_path / "data" / KEY_FILE).stat().st_mode) == 0o600
    assert [file.name for file in (tmp_path / "data").iterdir()] == [KEY_FILE]


def test_a_start_that_was_cut_short_leaves_no_half_of_a_key(tmp_path):
    (tmp_path / "receipt-key.new").write_bytes(b"-----BEGIN PRIV")

    assert own_keyring(None, directory=tmp_path).private is not None
    assert [file.name for file in tmp_path.iterdir()] == [KEY_FILE]


def test_a_key_that_a_setting_names_is_taken_and_none_is_made(tmp_path):
    file = tmp_path / "named.pem"
    file.write_bytes(write_private(bytes(32)))

    assert own_keyring(file, directory=tmp_path / "data").private == bytes(32)
    assert mounted_keyring(file).private == bytes(32)
    assert not (tmp_path / "data").exists()


def test_without_a_file_or_with_an_empty_one_nothing_is_signed_and_the_log_says_so(
    tmp_path, caplog
):
    (tmp_path / "empty.pem").touch()

    for file in (None, tmp_path / "absent.pem", tmp_path / "empty.pem"):
        caplog.clear()
        assert mounted_keyring(file) == Keyring()
        assert caplog.messages == ["receipts are not signed"]


def test_a_file_that_cannot_be_used_is_named_with_what_to_do(tmp_path):
    file = tmp_path / "named.pem"
    file.write_text("a password")

    with pytest.raises(SettingsError, match=r"TARTAN_RECEIPT_KEY: .*named\.pem: .*openssl"):
        mounted_keyring(file)


def test_a_file_that_cannot_be_read_is_named_with_what_to_do(tmp_path):
    directory = tmp_path / "named.pem"
    directory.mkdir()

    with pytest.raises(SettingsError, match=r"named\.pem cannot be read: .* Let the user that"):
        mounted_keyring(directory)

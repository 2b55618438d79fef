"""Redis behind its door, as far as it can be tried without one."""

import time

import pytest
from pydantic import ValidationError
from redis.exceptions import (
    AuthenticationError,
    ConnectionError,
    OutOfMemoryError,
    ResponseError,
    TimeoutError,
)

from schemas.topics import Topic
from services.runtime.redis.fault import asking
from services.runtime.redis.kept import BEFORE_ALL, Held, Kept, State
from services.runtime.redis.packing import pack, unpack
from services.runtime.redis.setting import RedisSettings
from services.runtime.redis.store import RedisStore
from services.runtime.redis.wire import keys_of, read_positions, write_positions
from services.runtime.settings import Settings, SettingsError
from services.runtime.store import StoreDamaged, StoreUnavailable

A, B = Held({"n": 1}, 10), Held({"n": 2}, 10)


def test_settings_come_from_variables_and_no_secret_is_shown():
    settings = Settings.from_environment(
        {
            "TARTAN_REDIS_URL": "rediss://views.example:6390/3",
            "TARTAN_REDIS_USER": "tartan",
            "TARTAN_REDIS_PASSWORD": "let me in",
        }
    ).redis

    assert (settings.host, settings.port, settings.database) == ("views.example", 6390, 3)
    assert settings.encrypted
    assert "let me in" not in repr(settings)
    assert settings.address == "views.example:6390"


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"URL": "localhost:6379"}, "write redis://host:6379/0"),
        ({"URL": "http://localhost"}, "write redis://host:6379/0"),
        ({"URL": "redis://localhost:99999"}, "write redis://host:6379/0"),
        ({"URL": "redis://localhost/0?password=x"}, "write redis://host:6379/0"),
        ({"URL": "redis://tartan:secret@localhost"}, "variables of their own, not here"),
        ({"USER": "tartan"}, "a user needs a password"),
        ({"CA": "/nowhere.pem", "URL": "rediss://h"}, "there is no file /nowhere.pem"),
        ({"CA": __file__}, "redis:// takes no certificates"),
        ({"PREFIX": "a:b"}, "use letters, digits"),
        ({"PATIENCE": "0"}, "TARTAN_REDIS_PATIENCE"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_what_to_write(variables, said):
    with pytest.raises(SettingsError) as fault:
        Settings.from_environment({f"TARTAN_REDIS_{k}": v for k, v in variables.items()})

    assert said in str(fault.value)
    assert "secret" not in str(fault.value)


def test_a_url_with_a_password_is_not_repeated_by_the_error():
    with pytest.raises(ValidationError) as fault:
        RedisSettings(url="redis://tartan:secret@localhost")

    assert "of their own" in str(fault.value)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionError("Connection refused to k with secret"), "did not answer in time"),
        (TimeoutError("Timeout reading from socket"), "did not answer in time"),
        (AuthenticationError("invalid username-password pair"), "Set another user or password"),
        (ResponseError("NOPERM this user has no permissions"), "Set another user or password"),
        (OutOfMemoryError("OOM command not allowed when used memory"), "raise its maxmemory"),
        (ResponseError("READONLY You can't write against a read only replica."), "the primary"),
        (ResponseError("unknown command, with args beginning with: secret"), "ResponseError"),
    ],
)
def test_a_fault_says_what_to_do_and_quotes_nothing(error, said):
    with pytest.raises(StoreUnavailable) as fault, asking(RedisSettings(url="redis://h:1")):
        raise error

    assert "h:1" in str(fault.value)
    assert said in str(fault.value)
    assert "secret" not in str(fault.value)


def test_without_a_redis_a_store_can_be_made_and_says_so_soon():
    store = RedisStore(
        RedisSettings(url="redis://127.0.0.1:1", patience=0.2), nation="demo", layout=1
    )
    begun = time.monotonic()

    with pytest.raises(StoreUnavailable):
        store.get("a")
    assert "127.0.0.1:1" in store.health().detail
    assert time.monotonic() - begun < 2
    store.close()


def test_a_number_that_json_cannot_hold_is_not_packed_and_a_word_that_is_spelt_so_is():
    with pytest.raises(ValueError, match="JSON"):
        pack({"value": float("nan")})

    assert unpack(pack({"note": "NaN, Infinity"})) == {"note": "NaN, Infinity"}


@pytest.mark.parametrize("damaged", [b"", b"{}", pack({"a": 1})[:-1]])
def test_bytes_that_are_not_a_document_are_damage_and_never_a_figure(damaged):
    with pytest.raises(StoreDamaged, match="built from the log again"):
        unpack(damaged)


@pytest.mark.parametrize("text", [b"[1]", b"{", b'{"gone.v1": 1}', b'{"returns.v1": []}'])
def test_places_that_cannot_be_read_are_damage(text):
    with pytest.raises(StoreDamaged):
        read_positions(text)


def test_places_have_one_text():
    assert write_positions({Topic.TEXTS: 0, Topic.RETURNS: 7}) == b'{"returns.v1":7}'
    assert read_positions(b'{"returns.v1":7}') == dict.fromkeys(Topic, 0) | {Topic.RETURNS: 7}


def test_nations_layouts_and_prefixes_have_keys_of_their_own():
    keys = {
        key
        for prefix in ("tartan", "other")
        for nation in ("demo", "england")
        for layout in (1, 2)
        for key in keys_of(prefix, nation=nation, layout=layout)
    }

    assert len(keys) == 16


def state(number: int, *, asked: float | None = None) -> State:
    return State((number, 0), 0, time.monotonic() if asked is None else asked)


@pytest.fixture
def kept() -> Kept:
    kept = Kept(room=100)
    kept.learn(state(5), {"a": A, "b": B})
    return kept


def test_what_is_kept_is_found_until_a_later_revision_is_learnt(kept):
    assert kept.find("a") == A
    assert kept.find("c") is None
    kept.learn(state(6), {"c": A})

    assert kept.find("a") is None
    assert kept.find("c") == A


def test_a_put_takes_away_what_it_changed_and_leaves_the_rest(kept):
    kept.advance(state(6), before=(5, 0), changed=["a", "c"])

    assert kept.find("a") is None
    assert kept.find("b") == B


def test_after_puts_that_went_by_unheard_nothing_is_left(kept):
    kept.advance(state(8), before=(7, 0), changed=["a"])

    assert kept.find("b") is None


def test_an_answer_that_was_on_its_way_for_long_is_not_kept(kept):
    asked = time.monotonic()
    kept.advance(state(6), before=(5, 0), changed=["a"])
    kept.learn(state(5, asked=asked), {"a": A})

    assert kept.find("a") is None


def test_what_redis_says_now_counts_though_it_is_an_earlier_revision(kept):
    kept.learn(State(BEFORE_ALL, None, time.monotonic()), {"a": Held(None, 0)})

    assert kept.find("a") == Held(None, 0)
    assert kept.find("b") is None
    assert kept.state().lacking is None


def test_a_put_that_was_learnt_of_before_changes_nothing(kept):
    kept.advance(state(5), before=(4, 0), changed=["a"])
    kept.advance(state(4), before=(3, 0), changed=["a"])

    assert kept.find("a") == A


def test_nothing_is_used_longer_than_a_second_without_word_from_redis():
    now = [100.0]
    kept = Kept(clock=lambda: now[0])
    kept.learn(state(5, asked=100.0), {"a": A})
    now[0] = 100.9
    assert kept.find("a") == A

    now[0] = 101.1
    assert kept.find("a") is None
    assert kept.state() is None


def test_what_was_used_last_stays_when_room_runs_out(kept):
    kept.learn(state(5), {"c": Held({}, 75)})
    kept.find("a")
    kept.learn(state(5), {"d": Held({}, 10)})

    assert [key for key in "abcd" if kept.find(key)] == ["a", "c", "d"]

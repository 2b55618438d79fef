"""Redis behind TLS and a user's password: who is let in, and what the others hear."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from schemas.topics import Topic
from services.runtime.redis.setting import RedisSettings
from services.runtime.redis.store import RedisStore
from services.runtime.store import NOWHERE, StoreUnavailable
from tests.integration.service import wait_for
from tests.machine import NO_CONTAINERS, free_port

pytestmark = pytest.mark.integration
PASSWORD = "let-me-in-29"
LIMIT_SECONDS = 10.0
ACL = f"user default off\nuser tartan on >{PASSWORD} ~{{own* +@all\n"


@pytest.fixture(scope="module")
def vault(
    redis: Any, certificate: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:  # the Redis of the run proves Docker
    """Settings that a Redis with TLS and users takes; it shows the certificate of loopback."""
    testcontainers = pytest.importorskip("testcontainers.core.container", reason=NO_CONTAINERS)
    folder, port, plain = tmp_path_factory.mktemp("vault"), free_port(), free_port()
    for source, name in zip(certificate, ("key.pem", "own.pem"), strict=True):
        (folder / name).write_bytes(source.read_bytes())
    (folder / "users.acl").write_text(ACL)
    for path in folder.iterdir():
        path.chmod(0o644)
    folder.chmod(0o755)
    container = testcontainers.DockerContainer("redis:7.0-bookworm")
    container.with_volume_mapping(str(folder), "/vault")
    container.with_bind_ports(6380, port).with_bind_ports(6379, plain)
    container.with_command(
        "redis-server --port 6379 --tls-port 6380 --tls-cert-file /vault/own.pem "
        "--tls-key-file /vault/key.pem --tls-auth-clients no --aclfile /vault/users.acl "
        "--protected-mode no --save '' --dir /tmp"
    )
    with container:
        options = {
            "url": f"rediss://127.0.0.1:{port}/0",
            "user": "tartan",
            "password": PASSWORD,
            "ca": certificate[1],
            "patience": 5.0,
        }
        wait_for(lambda: "no views yet" in said(options))
        yield options | {"plain": f"rediss://127.0.0.1:{plain}/0"}


NUMBERS = count()


def open_store(options: dict[str, Any], **changed: Any) -> RedisStore:
    wanted = {name: value for name, value in options.items() if name != "plain"}
    prefix = {"prefix": f"own{next(NUMBERS)}"}
    settings = RedisSettings.model_validate(wanted | prefix | changed)
    return RedisStore(settings, nation="england", layout=1)


def said(options: dict[str, Any], **changed: Any) -> str:
    """Return what ``/ready`` would say of the store."""
    store = open_store(options, **changed)
    try:
        return store.health().detail
    finally:
        store.close()


def test_tls_and_a_users_password_let_every_part_of_the_store_in(vault):
    store = open_store(vault)
    heard: list[object] = []
    store.listen(lambda *news: heard.append(news))

    store.put({"a": {"b": 1}}, positions={**NOWHERE, Topic.RETURNS: 1})

    assert store.get("a") == {"b": 1}
    wait_for(lambda: bool(heard))
    assert store.health().ok
    store.close()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"password": "other-77"}, "TARTAN_REDIS_PASSWORD"),
        ({"user": "nobody"}, "TARTAN_REDIS_USER"),
        ({"user": None, "password": None}, "TARTAN_REDIS_USER"),
        ({"prefix": "others"}, "all rights to the keys beginning with “{others:”"),
        ({"ca": None}, "set TARTAN_REDIS_CA"),
        ({"url": "127.0.0.2"}, "made out to another name"),
        ({"url": "plain"}, "redis:// where not"),
        ({"url": "unguarded", "ca": None}, "rediss:// where it wants TLS"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_who_is_not_let_in_is_told_what_is_wrong_where_and_what_to_do(
    vault, changed, sentence, caplog
):
    urls = {
        "127.0.0.2": vault["url"].replace("127.0.0.1", "127.0.0.2"),
        "plain": vault["plain"],
        "unguarded": vault["url"].replace("rediss", "redis"),
    }
    changed = changed | ({"url": urls[changed["url"]]} if "url" in changed else {})
    began = monotonic()

    detail = said(vault, **changed)

    assert monotonic() - began < LIMIT_SECONDS
    assert sentence in detail
    assert "Redis at 127.0.0." in detail
    told = detail + " ".join(str(record.__dict__) for record in caplog.records)
    assert PASSWORD not in told
    assert "other-77" not in told
    store = open_store(vault, **changed)
    with pytest.raises(StoreUnavailable):
        store.positions()
    store.close()

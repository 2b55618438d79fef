"""Kafka behind TLS, passwords and client certificates: who is let in, and what the others hear."""

import logging
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from kafka.admin import ScramMechanism, UserScramCredentialUpsertion

from schemas.codec import Record
from schemas.reference import load_library
from schemas.topics import Topic
from services.ingest.core.document import Format
from services.ingest.desk import Desk
from services.runtime.clock import now
from services.runtime.kafka.client import make_admin
from services.runtime.kafka.diagnosis import Greeting, greet
from services.runtime.kafka.gate import Gate
from services.runtime.kafka.lease import Lease
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.kafka.topic import prepare
from services.runtime.log import Commit, LogUnavailable
from tests.faults.history import write_return
from tests.integration.service import Service, wait_for
from tests.machine import KAFKA, NO_CONTAINERS, free_port

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]
PATIENCE = 3.0
LIMIT_SECONDS = 25.0
"""Within which whoever is not let in hears why: patience, a few seconds, and a slow machine."""
PASSWORD, KEY_PASSWORD = "let-me-in-29", "open-sesame-31"
PASSWORDS, MUTUAL, STALE, SINGLE = 9095, 9096, 9097, 9098
COLLECTION, PERIOD = "riia-quarterly", "2026-27-Q1"
WAYS = ("SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN", "certificate")


@dataclass(frozen=True)
class Authority:
    """Makes certificates for tests, as an operator's own authority does."""

    openssl: str
    folder: Path

    def __post_init__(self) -> None:
        self.run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=own",
                 "-keyout", "ca.key", "-out", "ca.pem")  # fmt: skip

    def run(self, *arguments: str) -> None:
        subprocess.run([self.openssl, *arguments], cwd=self.folder, capture_output=True, check=True)

    def issue(
        self, name: str, *, days: tuple[str, str] | None = None, locked: bool = False
    ) -> Path:
        """Make ``name.pem`` and ``name.key``; ``days`` are its first and last one."""
        lock = ["-passout", f"pass:{KEY_PASSWORD}"] if locked else ["-nodes"]
        self.run("req", "-newkey", "rsa:2048", *lock, "-subj", f"/CN={name}",
                 "-keyout", f"{name}.key", "-out", f"{name}.csr")  # fmt: skip
        (self.folder / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        (self.folder / "index").write_text("")
        (self.folder / "index.attr").write_text("unique_subject = no\n")
        (self.folder / "ca.cnf").write_text(
            "[ca]\ndefault_ca = own\n[own]\ndatabase = index\nnew_certs_dir = .\n"
            "default_md = sha256\npolicy = any\nrand_serial = yes\n[any]\ncommonName = supplied\n"
        )
        span = ["-startdate", days[0], "-enddate", days[1]] if days else ["-days", "2"]
        self.run("ca", "-batch", "-notext", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile",
                 "ca.key", "-in", f"{name}.csr", "-out", f"{name}.pem", "-extfile", "names",
                 *span)  # fmt: skip
        return self.folder / f"{name}.pem"


@dataclass(kw_only=True)
class Fortress:
    """A Kafka with an address for each way in; ``plain`` is the operator's own back door."""

    plain: str
    ports: dict[int, int]
    tls: Path
    numbers: Iterator[int]

    def settings(self, way: str, **changed: Any) -> KafkaSettings:
        """Return settings that the way lets in, changed as told, with topics of their own."""
        options: dict[str, Any] = {
            "servers": f"127.0.0.1:{self.ports[MUTUAL if way == 'certificate' else PASSWORDS]}",
            "prefix": f"way{next(self.numbers)}.",
            "partitions": 2,
            "replicas": 1,
            "patience": PATIENCE,
            "ca": self.tls / "ca.pem",
        }
        if way == "certificate":
            options |= {
                "protocol": "SSL",
                "certificate": self.tls / "client.pem",
                "key": self.tls / "client.key",
                "key_password": KEY_PASSWORD,
            }
        else:
            options |= {
                "protocol": "SASL_SSL",
                "mechanism": way,
                "user": "tartan",
                "password": PASSWORD,
            }
        return KafkaSettings.model_validate(options | changed)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of certificates, good and stale, of an authority and of another one."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl on this machine (Debian: apt-get install openssl)")
    folder = tmp_path_factory.mktemp("fortress")
    own = Authority(openssl, folder)
    past = ("20200101000000Z", "20200201000000Z")
    own.issue("client", locked=True)
    own.issue("former", days=past)
    for name, days in {"broker": (), "stale": past}.items():
        pem = own.issue(name, days=days)
        (folder / f"{name}.both").write_bytes(
            (folder / f"{name}.key").read_bytes() + pem.read_bytes()
        )
    (folder / "other").mkdir()
    Authority(openssl, folder / "other").issue("stranger")
    for path in folder.iterdir():
        path.chmod(0o755 if path.is_dir() else 0o644)
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def fortress(kafka: Any, tls: Path) -> Iterator[Fortress]:  # the broker of the run proves Docker
    testcontainers = pytest.importorskip("testcontainers.core.container", reason=NO_CONTAINERS)
    ports = {inside: free_port() for inside in (9092, PASSWORDS, MUTUAL, STALE, SINGLE)}
    container = testcontainers.DockerContainer(KAFKA)
    container.with_volume_mapping(str(tls), "/tls")
    for inside, outside in ports.items():
        container.with_bind_ports(inside, outside)
    for name, value in broker_options(ports).items():
        container.with_env(f"KAFKA_{name}", value)
    with container:
        plain = f"127.0.0.1:{ports[9092]}"
        enrol(plain)
        yield Fortress(plain=plain, ports=ports, tls=tls, numbers=count())


def broker_options(ports: dict[int, int]) -> dict[str, str]:
    protocols = {
        "BACK": "PLAINTEXT",
        "PASSWORDS": "SASL_SSL",
        "MUTUAL": "SSL",
        "STALE": "SSL",
        "SINGLE": "SASL_SSL",
    }
    names = dict(zip(ports, protocols, strict=True))
    module = "org.apache.kafka.common.security"
    options = {
        "PROCESS_ROLES": "broker,controller",
        "NODE_ID": "1",
        "CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "LISTENERS": ",".join(
            [f"{name}://:{inside}" for inside, name in names.items()]
            + ["CONTROLLER://:9093", "INSIDE://localhost:9094"]
        ),
        "ADVERTISED_LISTENERS": ",".join(
            [f"{name}://127.0.0.1:{ports[inside]}" for inside, name in names.items()]
            + ["INSIDE://localhost:9094"]
        ),
        "LISTENER_SECURITY_PROTOCOL_MAP": ",".join(
            [f"{name}:{protocol}" for name, protocol in protocols.items()]
            + ["CONTROLLER:PLAINTEXT", "INSIDE:PLAINTEXT"]
        ),
        "CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "INTER_BROKER_LISTENER_NAME": "INSIDE",
        "LISTENER_NAME_MUTUAL_SSL_CLIENT_AUTH": "required",
        "LISTENER_NAME_MUTUAL_SSL_TRUSTSTORE_TYPE": "PEM",
        "LISTENER_NAME_MUTUAL_SSL_TRUSTSTORE_LOCATION": "/tls/ca.pem",
        "LISTENER_NAME_PASSWORDS_SASL_ENABLED_MECHANISMS": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        "LISTENER_NAME_PASSWORDS_PLAIN_SASL_JAAS_CONFIG": (
            f'{module}.plain.PlainLoginModule required user_tartan="{PASSWORD}";'
        ),
        "GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "AUTO_CREATE_TOPICS_ENABLE": "false",
        "OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "OFFSETS_TOPIC_NUM_PARTITIONS": "1",
        "HEAP_OPTS": "-Xmx300m",
    }
    options["LISTENER_NAME_SINGLE_SASL_ENABLED_MECHANISMS"] = "PLAIN"
    options["LISTENER_NAME_SINGLE_PLAIN_SASL_JAAS_CONFIG"] = options[
        "LISTENER_NAME_PASSWORDS_PLAIN_SASL_JAAS_CONFIG"
    ]
    shown = {"PASSWORDS": "broker", "MUTUAL": "broker", "SINGLE": "broker", "STALE": "stale"}
    for name, pem in shown.items():
        options[f"LISTENER_NAME_{name}_SSL_KEYSTORE_TYPE"] = "PEM"
        options[f"LISTENER_NAME_{name}_SSL_KEYSTORE_LOCATION"] = f"/tls/{pem}.both"
    for bits in ("256", "512"):
        options[f"LISTENER_NAME_PASSWORDS_SCRAM___SHA___{bits}_SASL_JAAS_CONFIG"] = (
            f"{module}.scram.ScramLoginModule required;"
        )
    return options


def enrol(plain: str) -> None:
    """Give the user a password for both kinds of SCRAM, once the broker takes it."""
    admin = make_admin(KafkaSettings(servers=plain, replicas=1), patience=90)
    for kind in (ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512):
        wanted = UserScramCredentialUpsertion("tartan", kind, PASSWORD.encode())
        assert admin.alter_user_scram_credentials([wanted]) == {"tartan": None}
    admin.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Starts services with all that the settings say, and ends what still runs after the test."""
    started: list[Service] = []

    def start_(name: str, kafka: KafkaSettings, *options: str) -> Service:
        said = {
            "protocol": kafka.protocol,
            "ca": kafka.ca,
            "certificate": kafka.certificate,
            "key": kafka.key,
            "key_password": kafka.key_password and kafka.key_password.get_secret_value(),
            "mechanism": kafka.mechanism,
            "user": kafka.user,
            "password": kafka.password and kafka.password.get_secret_value(),
            "patience": kafka.patience,
        }
        more = {f"TARTAN_KAFKA_{k}".upper(): str(v) for k, v in said.items() if v is not None}
        directory = tmp_path / f"{name}-{len(started)}"
        started.append(Service(name, kafka, directory, *options, more=more))
        return started[-1]

    yield start_
    for service in started:
        if service.running.poll() is None:
            service.end(signal.SIGKILL)


# -------------------------------------------------------------------------------------- let in


@pytest.mark.parametrize("way", WAYS)
def test_every_part_of_the_log_is_let_in(fortress, way):
    settings = fortress.settings(way)
    prepare(settings)
    log, lease = KafkaLog.of("england", settings), Lease(settings, "alerts", session=6.0)
    heard: list[int] = []
    log.listen(lambda: heard.append(1))
    lease.start()

    log.append([Record(Topic.RETURNS, "england", {}, b"in")], commit=Commit("me", Topic.RETURNS, 1))

    assert [stored.record.value for stored in log.read(Topic.RETURNS)] == [b"in"]
    assert log.committed("me", Topic.RETURNS) == 1
    assert greet(settings.servers, settings) is Greeting.ANSWERED
    wait_for(lambda: bool(heard) and lease.holds(log.partition))
    lease.stop()
    log.close()


def test_the_worker_of_benchmark_is_let_in_every_way(fortress, start):
    logs: dict[str, KafkaLog] = {}
    workers = {}
    for way in WAYS:
        settings = fortress.settings(way)
        prepare(settings)
        logs[way] = KafkaLog.of("england", settings)
        desk = Desk(logs[way], library=load_library(), nation="england", now=now)
        desk.open_period(COLLECTION, PERIOD)
        desk.submit(write_return("383", PERIOD, families=170), format=Format.JSON)
        workers[way] = start("benchmark", settings, "--session", "6")

    for way, log in logs.items():
        wait_for(lambda log=log: bool(log.read(Topic.STANDINGS)), seconds=180)
        workers[way].wait_until_ready()
        log.close()


# ---------------------------------------------------------------------------------- not let in


def refusals(fortress: Fortress) -> dict[str, tuple[KafkaSettings, str]]:
    """Return settings that are wrong in one thing each, and what the operator is to be told."""
    tls = fortress.tls
    port = fortress.ports[PASSWORDS]
    stranger = {
        "certificate": tls / "other/stranger.pem",
        "key": tls / "other/stranger.key",
        "key_password": None,
    }
    former = {"certificate": tls / "former.pem", "key": tls / "former.key", "key_password": None}
    none = {"certificate": None, "key": None, "key_password": None}
    scram, proof = "SCRAM-SHA-512", "certificate"
    return {
        "password": (fortress.settings(scram, password="other-77"), "user or the password"),
        "plain password": (fortress.settings("PLAIN", password="other-77"), "user or the password"),
        "user": (fortress.settings("SCRAM-SHA-256", user="nobody"), "user or the password"),
        "authority": (fortress.settings(scram, ca=tls / "other/ca.pem"), "set TARTAN_KAFKA_CA"),
        "name": (fortress.settings(scram, servers=f"127.0.0.2:{port}"), "to another name"),
        "broker's day": (
            fortress.settings(proof, servers=f"127.0.0.1:{fortress.ports[STALE]}"),
            "past its last day: renew it",
        ),
        "no certificate": (fortress.settings(proof, **none), "does not take our certificate"),
        "former": (fortress.settings(proof, **former), "does not take our certificate"),
        "stranger": (fortress.settings(proof, **stranger), "does not take our certificate"),
        "no TLS there": (fortress.settings(scram, servers=fortress.plain), "TARTAN_KAFKA_PROTOCOL"),
        "no TLS here": (
            KafkaSettings(servers=f"127.0.0.1:{port}", replicas=1, patience=PATIENCE),
            "protocol",
        ),
        "mechanism": (
            fortress.settings(
                scram,
                servers=f"127.0.0.1:{fortress.ports[MUTUAL]}",
                certificate=tls / "client.pem",
                key=tls / "client.key",
                key_password=KEY_PASSWORD,
            ),
            "asks for no name and password",
        ),
        "kind of password": (
            fortress.settings(scram, servers=f"127.0.0.1:{fortress.ports[SINGLE]}"),
            "knows PLAIN, not SCRAM-SHA-512",
        ),
        "address": (fortress.settings(scram, servers="none.test:9092"), "not know the name"),
        "port": (fortress.settings(scram, servers="127.0.0.1:1"), "it runs and listens"),
    }


def test_who_is_not_let_in_is_told_what_is_wrong_where_and_what_to_do_and_no_secret(
    fortress, caplog
):
    caplog.set_level(logging.DEBUG)
    for wrong, (settings, sentence) in refusals(fortress).items():
        gate, began = Gate(settings), monotonic()

        assert not gate.knock()

        said = gate.health().detail
        assert monotonic() - began < LIMIT_SECONDS, wrong
        assert sentence in said, (wrong, said)
        assert settings.servers in said, (wrong, said)
    told = " ".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "user or the password" in told
    assert not any(secret in told for secret in (PASSWORD, KEY_PASSWORD, "other-77"))


def test_a_call_of_the_log_that_is_not_let_in_ends_in_time(fortress):
    for wrong in ("password", "authority", "former"):
        settings, _ = refusals(fortress)[wrong]
        log = KafkaLog.of("england", settings, patience=1.0)
        for ask in (
            lambda log=log: log.read(Topic.RETURNS),
            lambda log=log: log.append([Record(Topic.RETURNS, "england", {}, b"x")]),
        ):
            began = monotonic()
            with pytest.raises(LogUnavailable):
                ask()
            assert monotonic() - began < LIMIT_SECONDS
        log.close()


def test_the_services_say_so_at_their_doors_and_in_their_logs_and_end_when_told(fortress, start):
    wrong = refusals(fortress)
    services = {
        start("ingest", wrong["password"][0]): wrong["password"][1],
        start("benchmark", wrong["authority"][0]): wrong["authority"][1],
        start("benchmark", wrong["former"][0]): wrong["former"][1],
    }

    for service, sentence in services.items():
        wait_for(lambda s=service, t=sentence: t in detail(s), seconds=90)
        assert service.end(signal.SIGTERM) == 0
        logged = "".join(path.read_text() for path in service.directory.glob("*.log"))
        assert sentence in logged
        assert not any(secret in logged for secret in (PASSWORD, KEY_PASSWORD, "other-77"))


def detail(service: Service) -> str:
    """Return what ``/ready`` says of Kafka, empty while nobody answers there."""
    assert service.running.poll() is None
    try:
        return service.ask("/ready")[1]["kafka"]["detail"]
    except OSError:
        return ""


def test_a_key_that_does_not_open_is_said_before_anything_is_begun(fortress):
    for password in (None, "wrong-key-41"):
        with pytest.raises(ValueError, match="or the key's password is another") as refused:
            fortress.settings("certificate", key_password=password)
        assert "wrong-key-41" not in str(refused.value)

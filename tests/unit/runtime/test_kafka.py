"""Kafka's part that needs no broker: names, places, settings, waves, and an address without one."""

import logging
from itertools import pairwise
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.consumer.fetcher import ConsumerRecord
from kafka.partitioner import murmur2

from schemas.codec import Record
from schemas.topics import Topic
from services.runtime.journal import Seldom
from services.runtime.kafka.client import BATCH, LARGEST, ends_of, options_of
from services.runtime.kafka.conversion import headers_of, size_of, stored_of
from services.runtime.kafka.fault import reading
from services.runtime.kafka.log import KafkaLog
from services.runtime.kafka.partition import partition_of, place_of
from services.runtime.kafka.setting import KafkaSettings
from services.runtime.kafka.writer import make_waves
from services.runtime.log import Commit, LogUnavailable, LogUncertain, Stored
from services.runtime.settings import Settings, SettingsError
from tests.machine import free_port


def make_record(value: bytes = b"{}", *, topic: Topic = Topic.RETURNS, key: str = "england"):
    return Record(topic, key, {"ce_id": "1", "ce_type": "x"}, value)


# -------------------------------------------------------------------------- where a nation's log is


@pytest.mark.parametrize(
    ("key", "hashed"),
    [
        # Apache Kafka, clients/src/test/java/org/apache/kafka/common/utils/UtilsTest.java
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_the_hash_is_kafkas_own(key, hashed):
    assert int(murmur2(key)) & 0xFFFFFFFF == hashed & 0xFFFFFFFF


def test_a_nations_partition_follows_from_its_name_and_their_number():
    assert partition_of("foobar", 7) == (-790332482 & 0x7FFFFFFF) % 7
    assert [partition_of("england", n) for n in (1, 2, 4)] == [0, 0, 2]
    assert [partition_of("demo", n) for n in (1, 2, 4)] == [0, 1, 3]


def test_texts_are_one_partition_and_a_prefix_stands_before_every_name():
    settings = KafkaSettings(prefix="east.", partitions=4)

    assert place_of(Topic.RETURNS, settings, partition=2) == ("east.returns.v1", 2)
    assert place_of(Topic.TEXTS, settings, partition=2) == ("east.texts.v1", 0)


# ------------------------------------------------------------------------------ records on the wire


def consumed(record: Record, *, offset: int, key: bytes | None = None, **other) -> ConsumerRecord:
    fields = dict.fromkeys(ConsumerRecord._fields)
    fields |= {
        "offset": offset,
        "key": record.key.encode() if key is None else key,
        "headers": headers_of(record),
        "value": record.value,
    }
    return ConsumerRecord(**(fields | other))


@given(
    st.text(max_size=20),
    st.dictionaries(st.text(max_size=20), st.text(max_size=20)),
    st.binary(max_size=50),
    st.integers(0, 2**62),
)
def test_what_was_sent_comes_back_one_place_further_on(key, headers, value, offset):
    record = Record(Topic.RETURNS, key, headers, value)

    assert stored_of(Topic.RETURNS, consumed(record, offset=offset)) == Stored(offset + 1, record)


def test_a_strangers_record_that_is_not_utf_8_keeps_its_value_and_can_be_parked():
    message = consumed(
        make_record(b"\xff\xfe"), offset=3, key=b"\xffngland", headers=[("ce_id", b"\xff")]
    )

    stored = stored_of(Topic.RETURNS, message)

    assert stored.record == Record(Topic.RETURNS, "�ngland", {"ce_id": "�"}, b"\xff\xfe")


def test_a_record_without_key_or_value_comes_back_empty():
    message = consumed(make_record(), offset=0)._replace(key=None, value=None)

    assert stored_of(Topic.TEXTS, message) == Stored(
        1, Record(Topic.TEXTS, "", make_record().headers, b"")
    )


# -------------------------------------------------------------------------------------------- waves


records = st.lists(
    st.builds(
        lambda topic, size: make_record(b"x" * size, topic=topic),
        st.sampled_from(Topic),
        st.sampled_from([1, 1000, 300_000, 900_000, 2_000_000]),
    ),
    max_size=12,
)


@given(records)
def test_waves_hold_every_record_once_in_its_topics_order(records):
    waves = make_waves(records)

    for topic in Topic:
        flat = [index for wave in waves for index, record in wave if record.topic is topic]
        assert flat == [index for index, record in enumerate(records) if record.topic is topic]


@given(records)
def test_topics_follow_one_another_as_each_first_stands(records):
    topics = [record.topic for wave in make_waves(records) for _, record in wave]

    assert list(dict.fromkeys(topics)) == list(dict.fromkeys(r.topic for r in records))
    assert sum(a is not b for a, b in pairwise(topics)) == max(0, len(set(topics)) - 1)


@given(records)
def test_a_wave_fits_in_one_batch_of_the_producers(records):
    for wave in make_waves(records):
        assert {record.topic for _, record in wave} == {wave[0][1].topic}
        assert len(wave) == 1 or sum(size_of(record) for _, record in wave) < BATCH


def test_a_record_that_kafka_would_refuse_is_refused_before_anything_is_sent():
    with pytest.raises(LogUnavailable, match=r"Nothing was appended: a record for returns\.v1"):
        make_waves([make_record(), make_record(b"x" * LARGEST)])


# ----------------------------------------------------------------------------------------- settings


def test_kafkas_settings_bear_its_name():
    settings = Settings.from_environment(
        {
            "TARTAN_LOG_LEVEL": "DEBUG",
            "TARTAN_KAFKA_SERVERS": "a.example:9092, b.example:9092",
            "TARTAN_KAFKA_PARTITIONS": "2",
        }
    )

    assert settings.kafka.addresses == ["a.example:9092", "b.example:9092"]
    assert settings.kafka.partitions == 2
    assert settings.kafka.replicas == 3


def test_a_misspelt_setting_of_kafkas_is_named_with_the_one_that_was_meant():
    with pytest.raises(
        SettingsError, match=r"TARTAN_KAFKA_SERVRES\. Did you mean TARTAN_KAFKA_SERV"
    ):
        Settings.from_environment({"TARTAN_KAFKA_SERVRES": "a:1"})


def test_every_setting_that_cannot_be_used_is_named_at_once():
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(
            {
                "TARTAN_KAFKA_SERVERS": "a.example",
                "TARTAN_KAFKA_PARTITIONS": "0",
                "TARTAN_KAFKA_PREFIX": "a/b",
                "TARTAN_KAFKA_PROTOCOL": "TLS",
            }
        )

    named = {line.split(":")[0] for line in str(refused.value).splitlines()}
    assert named == {
        f"TARTAN_KAFKA_{name}" for name in ("SERVERS", "PARTITIONS", "PREFIX", "PROTOCOL")
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"PROTOCOL": "SASL_SSL", "USER": "tartan"}, "needs a mechanism, a user and a password"),
        ({"PASSWORD": "hidden"}, "sends no mechanism, user or password"),
        ({"CA": "pyproject.toml"}, "PLAINTEXT takes no certificates"),
        ({"PROTOCOL": "SSL", "CERTIFICATE": "pyproject.toml"}, "come together"),
        ({"PROTOCOL": "SSL", "CA": "nowhere.pem"}, "there is no file nowhere.pem"),
    ],
)
def test_settings_that_do_not_go_together_are_an_error_at_start(given, said):
    with pytest.raises(SettingsError, match=said) as refused:
        Settings.from_environment({f"TARTAN_KAFKA_{name}": v for name, v in given.items()})

    assert "hidden" not in str(refused.value)


def test_a_client_is_told_who_we_are_and_settings_do_not_show_it(certificate):
    key, own = certificate
    settings = KafkaSettings(
        servers="a.example:9093",
        protocol="SASL_SSL",
        ca=own,
        certificate=own,
        key=key,
        key_password="opens",
        mechanism="SCRAM-SHA-512",
        user="tartan",
        password="hidden",
    )

    options = options_of(settings)

    assert options["security_protocol"] == "SASL_SSL"
    assert [made["subject"] for made in options["ssl_context"].get_ca_certs()] == [
        ((("commonName", "localhost"),),)
    ]
    assert options["sasl_mechanism"] == "SCRAM-SHA-512"
    assert options["sasl_plain_username"] == "tartan"
    assert options["sasl_plain_password"] == "hidden"
    assert "hidden" not in repr(settings)
    assert "opens" not in repr(settings)


@pytest.mark.parametrize("part", ["ca", "key"])
def test_a_file_that_is_no_certificate_or_another_ones_key_is_said_at_start(
    certificate, part, tmp_path
):
    key, own = certificate
    (tmp_path / "empty.pem").touch()
    files = {"ca": own, "certificate": own, "key": key} | {part: tmp_path / "empty.pem"}

    with pytest.raises(ValueError, match=r"empty\.pem.* PEM"):
        KafkaSettings(protocol="SSL", **files)


def test_without_tls_or_sasl_no_such_option_is_given():
    assert not [name for name in options_of(KafkaSettings()) if name.startswith(("ssl", "sasl"))]


# -------------------------------------------------------------------------- nobody at the other end


@pytest.fixture
def nowhere():
    """A log whose broker is not there: a port of loopback that nobody listens on."""
    log = KafkaLog.of("england", KafkaSettings(servers=f"127.0.0.1:{free_port()}"), patience=0.4)
    yield log
    log.close()


@pytest.mark.parametrize(
    ("ask", "fault"),
    [
        (lambda log: log.read(Topic.RETURNS), LogUnavailable),
        (lambda log: log.append([make_record()]), LogUnavailable),
        (lambda log: log.committed("benchmark", Topic.RETURNS), LogUnavailable),
        (lambda log: log.append([], commit=Commit("benchmark", Topic.RETURNS, 1)), LogUncertain),
    ],
)
def test_while_kafka_is_away_every_call_says_so_in_time(nowhere, ask, fault):
    began = monotonic()

    with pytest.raises(fault, match=r"did not answer in time\. See that it runs"):
        ask(nowhere)

    assert monotonic() - began < 1.5


def test_a_record_of_another_partitions_nation_is_refused_before_anything_is_sent(nowhere):
    began = monotonic()

    with pytest.raises(LogUnavailable, match="belongs to a nation of partition 3"):
        nowhere.append([make_record(), make_record(key="demo")])

    assert monotonic() - began < 0.2


def test_the_client_never_logs_what_it_sends_and_repeats_itself_seldom():
    line = logging.makeLogRecord({"name": "kafka.net", "msg": "Connection failed: %s"})
    other = logging.makeLogRecord({"name": "kafka.net", "msg": "Bootstrap failed: %s"})
    seldom = Seldom()

    assert logging.getLogger("kafka.producer.kafka").getEffectiveLevel() >= logging.WARNING
    assert [seldom.filter(each) for each in (line, line, other, line)] == [True, False, True, False]


class Forgetful:
    """A client that finds no end, as kafka-python does where a broker did not know a partition."""

    def end_offsets(self, places, timeout_ms):
        raise KeyError(places[0])


def test_an_end_that_the_client_has_no_answer_for_is_one_that_kafka_did_not_say():
    place = place_of(Topic.RETURNS, KafkaSettings(), partition=0)

    with (
        pytest.raises(LogUnavailable, match=r"returns.v1 could not be read"),
        reading("returns.v1", KafkaSettings()),
    ):
        ends_of(Forgetful(), [place], patience=1)

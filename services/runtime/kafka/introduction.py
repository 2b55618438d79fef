"""How a broker takes our name and password, asked on a connection of our own.

A broker that refuses them says so and hangs up at once, and the client then knows only that the
connection is gone. The requests are Kafka's SaslHandshake (17) and SaslAuthenticate (36).
"""

import socket
import struct

from kafka.net.sasl import get_sasl_mechanism

from services.runtime.kafka.setting import KafkaSettings

_HANDSHAKE, _AUTHENTICATE = (17, 1), (36, 0)
_UNSUPPORTED, _REFUSED = 33, 58
_NUMBER, _LARGEST = 4, 64 * 1024
"""Bytes of the number before an answer, and of the largest answer there can be."""


def introduce(stream: socket.socket, host: str, settings: KafkaSettings) -> str:
    """Return what the broker has against us, for behind its address; empty if it lets us in.

    Raises OSError where it hangs up or does not answer in the stream's time, ValueError or
    struct.error for what no Kafka answers.
    """
    mechanism = str(settings.mechanism)
    answer = ask(stream, _HANDSHAKE, _text(mechanism))
    code, *offered = _offers(answer)
    if code == _UNSUPPORTED:
        return f"knows {', '.join(map(str, offered))}, not {mechanism}: set TARTAN_KAFKA_MECHANISM"
    if code:
        return "asks for no name and password: set TARTAN_KAFKA_PROTOCOL to what it expects"
    password = settings.password.get_secret_value() if settings.password else ""
    talk = get_sasl_mechanism(mechanism)(
        host=host,
        security_protocol=settings.protocol,
        sasl_mechanism=mechanism,
        sasl_plain_username=settings.user,
        sasl_plain_password=password,
    )
    while not talk.is_done():
        token = talk.auth_bytes()
        answer = ask(stream, _AUTHENTICATE, struct.pack(">i", len(token)) + token)
        (code,) = struct.unpack_from(">h", answer)
        if code == _REFUSED:
            return (
                f"does not know the user or the password that it was told by {mechanism}: set "
                "TARTAN_KAFKA_USER and TARTAN_KAFKA_PASSWORD to what was set up there"
            )
        if code:
            return f"broke off when it was told user and password ({code}): see its own log"
        talk.receive(_bytes_behind_message(answer))
    return ""


def ask(stream: socket.socket, request: tuple[int, int], body: bytes) -> bytes:
    """Send a request, which is its number and version, and return the answer's body.

    Raises OSError where the broker hangs up or does not answer in the stream's time.
    """
    message = struct.pack(">hhi", *request, 0) + _text("tartan") + body
    stream.sendall(struct.pack(">i", len(message)) + message)
    (size,) = struct.unpack(">i", _receive(stream, _NUMBER))
    if not _NUMBER <= size <= _LARGEST:
        raise ConnectionError("that is no answer of Kafka's")
    return _receive(stream, size)[_NUMBER:]


def _receive(stream: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = stream.recv(size - len(found))
        if not more:
            raise ConnectionError("it hung up")
        found += more
    return found


def _text(text: str) -> bytes:
    return struct.pack(">h", len(text.encode())) + text.encode()


def _offers(answer: bytes) -> tuple[int | str, ...]:
    """Return the code, and the mechanisms that the broker takes."""
    code, count = struct.unpack_from(">hi", answer)
    found, at = [], 6
    for _ in range(count):
        (size,) = struct.unpack_from(">h", answer, at)
        found.append(answer[at + 2 : at + 2 + size].decode())
        at += 2 + size
    return (code, *found)


def _bytes_behind_message(answer: bytes) -> bytes:
    (size,) = struct.unpack_from(">h", answer, 2)
    at = 4 + max(0, size)
    return answer[at + 4 :]

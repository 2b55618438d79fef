"""Why a broker cannot be talked to, found out by one connection of our own to each.

The client says no more than that nobody answered in time. An operator needs to know whether it was
the address, the protocol, the broker's certificate, ours, or the password.
"""

import socket
import ssl
import struct
from enum import StrEnum

from services.runtime.certificate import fault_of_certificate
from services.runtime.kafka.introduction import ask, introduce
from services.runtime.kafka.setting import KafkaSettings, host_and_port
from services.runtime.kafka.trust import TrustFault

_SECONDS = 3.0
"""For each step with each broker."""
_GREETING_SECONDS = 0.9
_VERSIONS = (18, 0)
"""Kafka's ApiVersions, which every broker answers to everybody."""
_ALERT_SECONDS = 0.5
"""How long a broker that does not take our certificate may take to say so after the handshake."""
_PROTOCOL = "set TARTAN_KAFKA_PROTOCOL to what it expects at this address"


def diagnose(settings: KafkaSettings) -> str:
    """Return what is wrong at each broker's address and what to do; empty if that is not seen.

    It takes a few seconds for each at most.
    """
    try:
        context = settings.trust()
    except TrustFault as error:
        return f"{error}."
    faults = ((at, _fault_at(at, settings, context)) for at in settings.addresses)
    return " ".join(f"Kafka at {address} {fault}." for address, fault in faults if fault)


class Greeting(StrEnum):
    """What came of greeting a broker: it answered, said nothing within a second, or is gone."""

    ANSWERED = "answered"
    MUTE = "mute"
    GONE = "gone"


def greet(broker: str, settings: KafkaSettings) -> Greeting:
    """Ask a broker what it can do, nothing else, on a connection of our own."""
    try:
        context = settings.trust()
        host, port = host_and_port(broker)
        with socket.create_connection((host, port), _GREETING_SECONDS) as plain:
            if context is None:
                ask(plain, _VERSIONS, b"")
            else:
                with context.wrap_socket(plain, server_hostname=host) as secured:
                    ask(secured, _VERSIONS, b"")
    except TimeoutError:
        return Greeting.MUTE
    except (OSError, ValueError, struct.error, TrustFault):
        return Greeting.GONE
    return Greeting.ANSWERED


def _fault_at(address: str, settings: KafkaSettings, context: ssl.SSLContext | None) -> str:
    host, port = host_and_port(address)
    try:
        stream = socket.create_connection((host, port), _SECONDS)
    except socket.gaierror:
        return "cannot be found: this machine does not know the name; mend the address"
    except TimeoutError:
        return "does not answer: see that it runs, and what lies between"
    except OSError as error:
        return f"is not reached ({type(error).__name__}): see that it runs and listens"
    with stream:
        if context is None:
            return _fault_of_name(stream, host, settings)
        return _fault_of_tls(stream, host, settings, context)


def _fault_of_tls(
    stream: socket.socket, host: str, settings: KafkaSettings, context: ssl.SSLContext
) -> str:
    try:
        secured = context.wrap_socket(stream, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        fault = fault_of_certificate(error, authority="TARTAN_KAFKA_CA")
        return f"shows a certificate that {fault}"
    except OSError as error:
        if "ALERT" in str(getattr(error, "reason", "")):
            return _refused(error)
        return f"does not speak TLS: {_PROTOCOL}"
    with secured:
        return _fault_of_ours(secured) or _fault_of_name(secured, host, settings)


def _fault_of_ours(secured: ssl.SSLSocket) -> str:
    """In TLS 1.3 a broker judges our certificate after the handshake, and else waits for us."""
    secured.settimeout(_ALERT_SECONDS)
    try:
        hung_up = secured.recv(1) == b""
    except TimeoutError:
        return ""
    except OSError as error:
        return _refused(error)
    finally:
        secured.settimeout(_SECONDS)
    return _refused(ConnectionResetError()) if hung_up else ""


def _fault_of_name(stream: socket.socket, host: str, settings: KafkaSettings) -> str:
    if not settings.protocol.startswith("SASL"):
        return ""
    try:
        return introduce(stream, host, settings)
    except (OSError, ValueError, struct.error) as error:
        return f"hung up when we said who we are ({type(error).__name__}): {_PROTOCOL}"


def _refused(error: OSError) -> str:
    reason = getattr(error, "reason", None) or type(error).__name__
    return (
        f"does not take our certificate ({reason}): set TARTAN_KAFKA_CERTIFICATE and "
        "TARTAN_KAFKA_KEY to one that it knows and that is not past its last day"
    )

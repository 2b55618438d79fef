"""What this machine gives a test or a measurement: free ports, containers, a broker's options."""

import shutil
import socket
import subprocess

KAFKA = "apache/kafka:4.1.0"
REDIS = "redis:7.0-bookworm"
NO_CONTAINERS = "testcontainers is not installed ('make setup' installs it)"
"""Why a test is skipped that needs a container."""
_ALONE = (
    "OFFSETS_TOPIC_REPLICATION_FACTOR",
    "OFFSETS_TOPIC_NUM_PARTITIONS",
    "TRANSACTION_STATE_LOG_REPLICATION_FACTOR",
    "TRANSACTION_STATE_LOG_MIN_ISR",
    "SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR",
    "SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR",
)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lacks_docker() -> str | None:
    """Say why no container can be had on this machine; None where one can."""
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "info"], capture_output=True).returncode:
        return "no Docker engine answers on this machine (Debian: apt-get install docker.io)"
    return None


def broker_options(port: int, *, heap: str) -> dict[str, str]:
    """Return the settings of a broker alone, which clients of this machine reach at the port.

    Its container listens on 9092. ``heap`` is the most memory of it, as Java says it.
    """
    return {
        "PROCESS_ROLES": "broker,controller",
        "NODE_ID": "1",
        "CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093,INSIDE://localhost:9094",
        "ADVERTISED_LISTENERS": f"PLAINTEXT://127.0.0.1:{port},INSIDE://localhost:9094",
        "CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "INTER_BROKER_LISTENER_NAME": "INSIDE",
        "LISTENER_SECURITY_PROTOCOL_MAP": (
            "CONTROLLER:PLAINTEXT,INSIDE:PLAINTEXT,PLAINTEXT:PLAINTEXT"
        ),
        "GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        "AUTO_CREATE_TOPICS_ENABLE": "false",
        "HEAP_OPTS": f"-Xmx{heap}",
        **dict.fromkeys(_ALONE, "1"),
    }

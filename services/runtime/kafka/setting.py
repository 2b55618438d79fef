"""How Kafka is reached: ``TARTAN_KAFKA_…`` variables."""

import re
import ssl
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from services.runtime.kafka.trust import TrustFault, make_context

_SERVER = re.compile(r"^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$")
_PREFIX = re.compile(r"^[A-Za-z0-9._-]{0,64}$")


def host_and_port(address: str) -> tuple[str, int]:
    """Return the parts of ``host:port``; an address of IPv6 stands in brackets."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


class KafkaSettings(BaseModel):
    """Where Kafka is, who we are to it, and how its topics are laid out."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    servers: str = Field(
        "localhost:9092", description="brokers to ask first, `host:port`, with commas between them"
    )
    prefix: str = Field(
        "", description="stands before the name of every topic and group, on a shared cluster"
    )
    partitions: int = Field(
        4, ge=1, le=1000, description="of each topic that is keyed by nation; never to be changed"
    )
    replicas: int = Field(
        3, ge=1, le=9, description="copies of each partition; all but one must have a record"
    )
    patience: float = Field(
        10.0, ge=0.2, le=300, description="seconds within which a call to Kafka answers or fails"
    )
    protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="`PLAINTEXT`, `SSL`, `SASL_PLAINTEXT` or `SASL_SSL`"
    )
    ca: Path | None = Field(None, description="PEM file: who vouches for the brokers")
    certificate: Path | None = Field(None, description="PEM file: who we are, for SSL")
    key: Path | None = Field(None, description="PEM file: the certificate's key")
    key_password: SecretStr | None = Field(None, description="opens the key")
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = Field(
        None, description="of SASL: `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`"
    )
    user: str | None = Field(None, description="our name, for SASL")
    password: SecretStr | None = Field(None, description="our password, for SASL")

    @property
    def addresses(self) -> list[str]:
        """The brokers to ask first."""
        return [server.strip() for server in self.servers.split(",")]

    def trust(self) -> ssl.SSLContext | None:
        """Return what TLS goes by, made anew from the files; None where there is no TLS.

        Raises TrustFault.
        """
        if not self.protocol.endswith("SSL"):
            return None
        password = self.key_password.get_secret_value() if self.key_password else None
        return make_context(
            ca=self.ca, certificate=self.certificate, key=self.key, password=password
        )

    @field_validator("servers")
    @classmethod
    def _are_addresses(cls, servers: str) -> str:
        wrong = [s.strip() for s in servers.split(",") if not _SERVER.match(s.strip())]
        if wrong:
            raise ValueError(
                f"write host:port, with commas between several; not {', '.join(wrong)}"
            )
        return servers

    @field_validator("prefix")
    @classmethod
    def _fits_a_name(cls, prefix: str) -> str:
        if not _PREFIX.match(prefix):
            raise ValueError("use letters, digits, dots, hyphens and underscores, 64 at most")
        return prefix

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        faults = [*self._faults_of_sasl(), *self._faults_of_ssl()]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _faults_of_sasl(self) -> list[str]:
        given = [self.mechanism, self.user, self.password]
        if self.protocol.startswith("SASL") and None in given:
            return [f"{self.protocol} needs a mechanism, a user and a password"]
        if not self.protocol.startswith("SASL") and given != [None] * len(given):
            return [f"{self.protocol} sends no mechanism, user or password: choose SASL_SSL"]
        return []

    def _faults_of_ssl(self) -> list[str]:
        faults = []
        if not self.protocol.endswith("SSL") and (self.ca or self.certificate or self.key):
            faults.append(f"{self.protocol} takes no certificates: choose SSL or SASL_SSL")
        if (self.certificate is None) != (self.key is None):
            faults.append("a certificate and its key come together")
        files = [path for path in (self.ca, self.certificate, self.key) if path is not None]
        faults += [f"there is no file {path}" for path in files if not path.is_file()]
        if faults:
            return faults
        try:
            self.trust()
        except TrustFault as error:
            return [str(error)]
        return []

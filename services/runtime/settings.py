"""Settings: ``TARTAN_…`` variables, read once at start. A misspelt one is an error.

Addresses, tokens and the URLs of channels are settings and never stand in the log.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from services.runtime.kafka.setting import KafkaSettings
from services.runtime.redis.setting import RedisSettings

PREFIX = "TARTAN_"


class SettingsError(Exception):
    """A setting that cannot be used; the message names all of them and what to write."""


class Settings(BaseModel):
    """Every setting, with the value it has when it is not set."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    data: Path = Field(
        Path(".data/tartan"), description="the data directory of the embedded product"
    )
    base_url: str = Field(
        "http://127.0.0.1:8000",
        description="the address that notices link to; without it, that which is served",
    )
    nation: str = Field(
        "england", description="whose figures a service of the distributed product takes or shows"
    )
    hold: float = Field(
        15.0,
        ge=0,
        le=60,
        description="seconds for which ingest holds a request while another broker takes over for "
        "one that fell silent; where none does, it answers 503 within two",
    )
    ingest_url: str = Field(
        "http://127.0.0.1:8001",
        description="where the gateway finds the service that takes explanations",
    )
    alerts_url: str = Field(
        "http://127.0.0.1:8003",
        description="where the gateway finds the service that takes answers",
    )
    receipt_key: Path | None = Field(
        None,
        description="PEM file: what signs receipts; without it the embedded product makes its own, "
        "and the distributed one gives them unsigned",
    )
    audiences: Path | None = Field(None, description="a TOML file: who is told, and where")
    smtp_url: SecretStr | None = Field(
        None, description="smtp://user:password@host:587?starttls=1; without it notices are files"
    )
    mail_from: str = Field("tartan@localhost", description="the sender's address of notices")
    private_network: bool = Field(
        False,
        description="`yes`: a service may listen on any address, because only a proxy that knows "
        "who comes can reach it",
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    kafka: KafkaSettings = Field(
        default_factory=KafkaSettings, description="the log of the distributed product"
    )
    redis: RedisSettings = Field(
        default_factory=RedisSettings, description="the views of the distributed product"
    )

    @classmethod
    def variables(cls) -> dict[str, tuple[str, ...]]:
        """Return the path of every setting by its variable; a group's settings bear its name."""
        paths: dict[str, tuple[str, ...]] = {}
        for name, field in cls.model_fields.items():
            if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
                group = field.annotation.model_fields
                paths |= {f"{PREFIX}{name}_{part}".upper(): (name, part) for part in group}
            else:
                paths[f"{PREFIX}{name}".upper()] = (name,)
        return paths

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the settings; SettingsError names every variable that cannot be used."""
        variables = cls.variables()
        given = {name: value for name, value in environment.items() if name.startswith(PREFIX)}
        faults = [_unknown(name, variables) for name in given if name.upper() not in variables]
        if faults:
            raise SettingsError("\n".join(faults))
        try:
            return cls.model_validate(
                _nested({variables[name.upper()]: value for name, value in given.items()})
            )
        except ValidationError as error:
            raise SettingsError("\n".join(_fault(e) for e in error.errors())) from error


def _nested(values: Mapping[tuple[str, ...], str]) -> dict[str, object]:
    nested: dict[str, object] = {path[0]: v for path, v in values.items() if len(path) == 1}
    for group in {path[0] for path in values if len(path) > 1}:
        nested[group] = {path[1]: v for path, v in values.items() if path[0] == group}
    return nested


def _fault(error: ErrorDetails) -> str:
    message = error["msg"].removeprefix("Value error, ")
    return f"{PREFIX}{'_'.join(str(part) for part in error['loc']).upper()}: {message}"


def _unknown(name: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(name.upper(), known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"There is no setting {name}.{hint}"

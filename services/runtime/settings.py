"""Settings: ``TARTAN_…`` variables, read once at start. A misspelt one is an error.

Addresses, tokens and the URLs of channels are settings and never stand in the log.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

PREFIX = "TARTAN_"


class SettingsError(Exception):
    """A setting that cannot be used; the message names all of them and what to write."""


class Settings(BaseModel):
    """Every setting, with the value it has when it is not set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path = Field(
        Path(".data/tartan"), description="the data directory of the embedded product"
    )
    base_url: str = Field(
        "http://127.0.0.1:8000",
        description="the address that notices link to; without it, that which is served",
    )
    audiences: Path | None = Field(None, description="a TOML file: who is told, and where")
    smtp_url: SecretStr | None = Field(
        None, description="smtp://user:password@host:587?starttls=1; without it notices are files"
    )
    mail_from: str = Field("tartan@localhost", description="the sender's address of notices")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the settings; SettingsError names every variable that cannot be used."""
        given = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if name.startswith(PREFIX)
        }
        faults = [
            _unknown(name, cls.model_fields) for name in given if name not in cls.model_fields
        ]
        if faults:
            raise SettingsError("\n".join(faults))
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise SettingsError(
                "\n".join(f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
            ) from error


def _unknown(name: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f" Did you mean {PREFIX}{near[0].upper()}?" if near else ""
    return f"There is no setting {PREFIX}{name.upper()}.{hint}"

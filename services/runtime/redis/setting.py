"""How Redis is reached: ``TARTAN_REDIS_…`` variables."""

import re
from pathlib import Path
from typing import Self
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

_PREFIX = re.compile(r"^[A-Za-z0-9._-]{1,64}$")
_DATABASE = re.compile(r"^(?:/\d{0,4})?$")
_PORT = 6379
_FORM = "write redis://host:6379/0, or rediss:// for TLS"


class RedisSettings(BaseModel):
    """Where Redis is and who we are to it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: str = Field(
        "redis://localhost:6379/0", description="`redis://host:port/database`, `rediss://` for TLS"
    )
    prefix: str = Field("tartan", description="stands before every key, on a shared Redis")
    patience: float = Field(
        0.8, ge=0.1, le=60, description="seconds within which a call to Redis answers or fails"
    )
    connections: int = Field(48, ge=2, le=1000, description="the most that one process opens")
    user: str | None = Field(None, description="our name, where Redis has more than one user")
    password: SecretStr | None = Field(None, description="our password")
    ca: Path | None = Field(None, description="PEM file: who vouches for Redis, for `rediss://`")

    @property
    def address(self) -> str:
        """Where Redis is, for an operator to read."""
        return f"{self.host}:{self.port}"

    @property
    def host(self) -> str:
        """The machine."""
        return self._parts.hostname or ""

    @property
    def port(self) -> int:
        """The port."""
        return self._parts.port or _PORT

    @property
    def database(self) -> int:
        """The number of the database."""
        return int(self._parts.path.removeprefix("/") or 0)

    @property
    def encrypted(self) -> bool:
        """Whether the connection is TLS."""
        return self._parts.scheme == "rediss"

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self.url)

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise ValueError(_FORM) from error
        if "@" in parts.netloc:
            raise ValueError("name the user and the password in variables of their own, not here")
        unfit = parts.scheme not in {"redis", "rediss"} or not parts.hostname or port == 0
        if unfit or parts.query or parts.fragment or not _DATABASE.match(parts.path):
            raise ValueError(_FORM)
        return url

    @field_validator("prefix")
    @classmethod
    def _fits_a_key(cls, prefix: str) -> str:
        if not _PREFIX.match(prefix):
            raise ValueError("use letters, digits, dots, hyphens and underscores, 1 to 64")
        return prefix

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        faults = []
        if self.user is not None and self.password is None:
            faults.append("a user needs a password")
        if self.ca is not None and not self.encrypted:
            faults.append("redis:// takes no certificates: write rediss://")
        if self.ca is not None and not self.ca.is_file():
            faults.append(f"there is no file {self.ca}")
        if faults:
            raise ValueError("; ".join(faults))
        return self

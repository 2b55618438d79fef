"""Audiences as settings: who is told of whom, and at which addresses.

The log knows an audience by an opaque id and the names of its channels; its addresses stand here
alone. A TOML file names them:

    [[audience]]
    id = "group-1"                       # opaque: it stands in the log for ever
    region = "E12000003"                 # or authority = "383"
    email = ["first@example.org", "second@example.org"]
    webhook = { url = "https://example.org/tartan", secret = "whsec_…" }

Without a file each region's group and each authority's director has the outbox.
"""

import tomllib
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from schemas.errors import UnknownCode
from schemas.events import AudienceSet
from schemas.reference import Library

_PREFIX = "whsec_"
_SECRET_BYTES = range(24, 65)
EMAIL, WEBHOOK, OUTBOX = "email", "webhook", "outbox"


class AudienceFault(Exception):
    """A file of audiences that cannot be used; ``faults`` names each, and never an address."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(("The file of audiences cannot be used:", *faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told of what, with the addresses. None but the channels ever sees those."""

    told: AudienceSet
    email: tuple[str, ...] = field(default=(), repr=False)
    url: str = field(default="", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _Webhook(_Strict):
    url: str
    secret: str | tuple[str, ...]

    @field_validator("url")
    @classmethod
    def _is_safe(cls, url: str) -> str:
        scheme, _, rest = url.partition("://")
        host = rest.partition("/")[0].rpartition("@")[2]
        if scheme == "https" or (scheme == "http" and _is_loopback(host)):
            return url
        raise ValueError("the address begins with https:// (http:// on this machine alone)")

    @field_validator("secret")
    @classmethod
    def _are_keys(cls, secret: str | tuple[str, ...]) -> tuple[str, ...]:
        keys = (secret,) if isinstance(secret, str) else secret
        if not keys or not all(map(_is_key, keys)):
            raise ValueError("a secret is “whsec_” and the base64 of 24 to 64 bytes")
        return keys


class _Entry(_Strict):
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    region: str | None = None
    authority: str | None = None
    email: tuple[str, ...] = ()
    webhook: _Webhook | None = None

    @field_validator("email")
    @classmethod
    def _are_addresses(cls, email: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_is_address(each) for each in email):
            raise ValueError("an e-mail address has one @, no spaces and no line breaks")
        return email

    @model_validator(mode="after")
    def _is_whole(self) -> "_Entry":
        if (self.region is None) == (self.authority is None):
            raise ValueError("name either a region or an authority")
        if not self.email and self.webhook is None:
            raise ValueError("give an email, a webhook or both")
        return self


class _File(_Strict):
    audience: tuple[_Entry, ...] = Field(min_length=1)


def read_audiences(text: str, *, library: Library, nation: str, mail: bool) -> tuple[Audience, ...]:
    """Read the file; AudienceFault names every fault. Audiences of other nations are left out.

    ``mail`` says whether there is a mail server; without one what would be mailed is a file.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AudienceFault((f"It is not TOML: {error}",)) from None
    try:
        file = _File.model_validate(document)
    except ValidationError as error:
        raise AudienceFault(tuple(_say_faults(error, document))) from None
    faults = tuple(_find_faults(file, library))
    if faults:
        raise AudienceFault(faults)
    known = (_make(entry, library=library, nation=nation, mail=mail) for entry in file.audience)
    return tuple(audience for audience in known if audience.told.authorities)


def default_audiences(library: Library, nation: str) -> tuple[Audience, ...]:
    """Return each region's group and each authority's director, all with the outbox."""
    senders = library.senders(nation)
    regions = sorted({authority.region for authority in senders.values()})
    groups = (
        AudienceSet(
            audience=f"region-{region.lower()}",
            kind="region",
            covers=region,
            authorities=_within(region, library, nation),
            channels=(OUTBOX,),
        )
        for region in regions
    )
    directors = (
        AudienceSet(
            audience=f"authority-{authority.lower()}",
            kind="authority",
            covers=authority,
            authorities=(authority,),
            channels=(OUTBOX,),
        )
        for authority in sorted(senders)
    )
    return tuple(Audience(told) for told in (*groups, *directors))


def _make(entry: _Entry, *, library: Library, nation: str, mail: bool) -> Audience:
    if entry.region is not None:
        kind, covers = "region", entry.region
        authorities = _within(covers, library, nation)
    else:
        kind, covers = "authority", str(entry.authority)
        authorities = (covers,) if covers in library.senders(nation) else ()
    channels = [EMAIL if mail else OUTBOX] if entry.email else []
    told = AudienceSet.model_validate(
        {
            "audience": entry.id,
            "kind": kind,
            "covers": covers,
            "authorities": authorities,
            "channels": (*channels, *((WEBHOOK,) if entry.webhook else ())),
        }
    )
    hook = entry.webhook
    secrets = tuple(hook.secret) if hook else ()
    return Audience(told, entry.email, hook.url if hook else "", secrets)


def _within(region: str, library: Library, nation: str) -> tuple[str, ...]:
    return tuple(
        code
        for code, authority in sorted(library.senders(nation).items())
        if region in (authority.region, authority.sub_region)
    )


def _find_faults(file: _File, library: Library) -> Iterator[str]:
    ids = [entry.id for entry in file.audience]
    for twice in sorted({each for each in ids if ids.count(each) > 1}):
        yield f"audience {twice}: the id stands twice; give each audience an id of its own"
    for entry in file.audience:
        try:
            if entry.region is not None:
                library.region(entry.region)
            else:
                library.authority(str(entry.authority))
        except UnknownCode as error:
            yield f"audience {entry.id}: {error}"


def _say_faults(error: ValidationError, document: Mapping[str, Any]) -> Iterator[str]:
    words = {"missing": "is missing", "extra_forbidden": "is not known here; take it out"}
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        where = list(fault["loc"])
        place = ""
        if len(where) > 1 and where[0] == "audience" and isinstance(where[1], int):
            place = f"audience {_name(document['audience'][where[1]], where[1])}: "
            where = where[2:]
        key = ".".join(f"{part}" for part in where if isinstance(part, str))
        what = words.get(fault["type"], fault["msg"].removeprefix("Value error, "))
        yield f"{place}{f'“{key}” ' if key else ''}{what}"


def _name(entry: object, place: int) -> str:
    name = entry.get("id") if isinstance(entry, Mapping) else None
    return name if isinstance(name, str) and "@" not in name else f"number {place + 1}"


def _is_loopback(host: str) -> bool:
    name = host.rpartition("]")[0].lstrip("[") or host.partition(":")[0]
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _is_key(secret: str) -> bool:
    try:
        length = len(b64decode(secret.removeprefix(_PREFIX), validate=True))
    except NotBase64:
        return False
    return secret.startswith(_PREFIX) and length in _SECRET_BYTES


def _is_address(text: str) -> bool:
    name, at, host = text.partition("@")
    return bool(name and at and host) and "@" not in host and text.isprintable() and " " not in text

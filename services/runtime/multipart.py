"""A file as a form or ``curl -F`` sends it, taken out of its envelope in memory, or put into one.

The usual readers of forms write larger parts to temporary files. Here nothing may stay on disk of
what is refused, so the parts are kept where the body already is.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from services.runtime.problem import Problem

MEDIA_TYPE = "multipart/form-data"


@dataclass(slots=True)
class _Part:
    """One part: its headers by name, and its content."""

    headers: dict[str, bytes] = field(default_factory=dict)
    content: bytearray = field(default_factory=bytearray)

    @property
    def is_file(self) -> bool:
        """Whether it is a file that was chosen; a field left empty has a blank name."""
        return bool(self._options.get(b"filename"))

    @property
    def name(self) -> str:
        """What the form calls it."""
        return self._options.get(b"name", b"").decode("utf-8", "replace")

    @property
    def _options(self) -> Mapping[bytes, bytes]:
        _, options = parse_options_header(self.headers.get("content-disposition", b""))
        return options


@dataclass(frozen=True, slots=True)
class Form:
    """The one file of a form, and the form's other fields by their names."""

    content: bytes
    fields: Mapping[str, bytes]


def read_form(body: bytes, *, content_type: str) -> Form:
    """Return what a form holds; a Problem where there is not exactly one file in it."""
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise _not_a_form("The Content-Type names no boundary.")
    parts: list[_Part] = []
    try:
        parser = MultipartParser(boundary, callbacks=_callbacks(parts))
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise _not_a_form("The parts of the form cannot be told apart.") from error
    files = [part for part in parts if part.is_file]
    if len(files) != 1:
        found = "no file" if not files else f"{len(files)} files"
        raise _not_a_form(f"There is {found} in the form.")
    fields = {part.name: bytes(part.content) for part in parts if not part.is_file}
    return Form(bytes(files[0].content), fields)


def write_form(form: Form) -> tuple[bytes, str]:
    """Return a form as a body, and its content type."""
    boundary = secrets.token_hex(16)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="'
    parts = [f'{head}{name}"\r\n\r\n'.encode() + said for name, said in form.fields.items()]
    parts.append(f'{head}file"; filename="return"\r\n\r\n'.encode() + form.content)
    body = b"".join(part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
    return body, f"{MEDIA_TYPE}; boundary={boundary}"


def _callbacks(parts: list[_Part]) -> Any:  # noqa: ANN401 - the library's own table of functions
    name, value = bytearray(), bytearray()

    def kept(buffer: Callable[[], bytearray]) -> Callable[[bytes, int, int], None]:
        def keep(data: bytes, start: int, end: int) -> None:
            buffer().extend(data[start:end])

        return keep

    def header_ended() -> None:
        parts[-1].headers[name.decode("latin-1").lower()] = bytes(value)
        name.clear()
        value.clear()

    return {
        "on_part_begin": lambda: parts.append(_Part()),
        "on_header_field": kept(lambda: name),
        "on_header_value": kept(lambda: value),
        "on_header_end": header_ended,
        "on_part_data": kept(lambda: parts[-1].content),
    }


def _not_a_form(because: str) -> Problem:
    return Problem(
        422,
        "request-not-understood",
        "The form could not be understood",
        f"{because} Send the one file of the return, as curl does with -F file=@return.xlsx, or "
        "send it as the body itself.",
    )

"""A letter: what a notice says, apart from how it looks; written out as text and as HTML."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from textwrap import fill

_WIDTH = 76


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: the first cell names it, and a remark may follow below."""

    name: str
    cells: tuple[str, ...]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Figures side by side; ``columns`` names the cells."""

    caption: str
    head: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it, in this order: paragraphs, the table, bullets."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None
    bullets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A whole message. ``title`` is its one main heading, ``link`` where to read on."""

    subject: str
    title: str
    paragraphs: tuple[str, ...]
    sections: tuple[Section, ...]
    link: str
    link_words: str
    footer: str


def write_text(letter: Letter) -> str:
    """Return the letter as plain text, wrapped so that any mail program shows it well."""
    blocks = [letter.title, *map(_wrap, letter.paragraphs)]
    for section in letter.sections:
        blocks.append(f"{section.heading}\n{'-' * len(section.heading)}")
        blocks.extend(map(_wrap, section.paragraphs))
        if section.table is not None:
            blocks.extend(_text_rows(section.table))
        if section.bullets:
            blocks.append("\n".join(_wrap(line, "* ", "  ") for line in section.bullets))
    blocks += [f"{letter.link_words}:\n{letter.link}", _wrap(letter.footer)]
    return "\n\n".join(blocks) + "\n"


def _wrap(text: str, first: str = "", then: str = "") -> str:
    return fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _text_rows(table: Table) -> Iterator[str]:
    for row in table.rows:
        cells = zip(table.columns, row.cells, strict=True)
        lines = [row.name, *(_wrap(f"{name}: {cell}", "  ", "    ") for name, cell in cells)]
        if row.remark:
            lines.append(_wrap(row.remark, "  ", "  "))
        yield "\n".join(lines)


def write_html(letter: Letter) -> str:
    """Return the letter as HTML: headings in order, a table with named rows and columns."""
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en-GB">',
        f'<head><meta charset="utf-8"><title>{escape(letter.subject)}</title></head>',
        "<body>",
        f"<h1>{escape(letter.title)}</h1>",
        *_paragraphs(letter.paragraphs),
    ]
    for section in letter.sections:
        parts.append(f"<h2>{escape(section.heading)}</h2>")
        parts.extend(_paragraphs(section.paragraphs))
        if section.table is not None:
            parts.extend(_html_table(section.table))
        if section.bullets:
            items = (f"<li>{escape(line)}</li>" for line in section.bullets)
            parts += ["<ul>", *items, "</ul>"]
    link = f'<a href="{escape(letter.link)}">{escape(letter.link_words)}</a>'
    parts += [f"<p>{link}</p>", "<hr>", *_paragraphs((letter.footer,)), "</body>", "</html>"]
    return "\n".join(parts) + "\n"


def _paragraphs(paragraphs: tuple[str, ...]) -> Iterator[str]:
    for paragraph in paragraphs:
        yield f"<p>{escape(paragraph)}</p>"


def _html_table(table: Table) -> Iterator[str]:
    names = (table.head, *table.columns)
    yield "<table>"
    yield f"<caption>{escape(table.caption)}</caption>"
    yield (
        "<thead><tr>"
        + "".join(f'<th scope="col">{escape(n)}</th>' for n in names)
        + "</tr></thead>"
    )
    yield "<tbody>"
    for row in table.rows:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row.cells)
        yield f'<tr><th scope="row">{escape(row.name)}</th>{cells}</tr>'
    yield "</tbody>"
    yield "</table>"
    remarks = [
        f"<li>{escape(row.name)}: {escape(row.remark)}</li>" for row in table.rows if row.remark
    ]
    if remarks:
        yield "<ul>"
        yield from remarks
        yield "</ul>"

"""Ugly workbooks. Each is the example return with one thing done to it."""

import datetime
import zipfile
from io import BytesIO

from tests.unit.ingest.ugly.edit import WHOLE, wide
from tests.unit.ingest.ugly.pack import (
    beside,
    book,
    cell,
    put,
    repacked,
    row_of,
    table,
    zipped,
)
from tests.unit.ingest.ugly.tables import twelve

LAST = table(WHOLE.replace("2026-27-Q2", "2026-27-Q1"))
FEBRUARY = datetime.date(2026, 2, 9)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = "xl/worksheets/sheet1.xml"


def as_texts() -> list[list[str]]:
    return [["" if each is None else f"{each:g}" if isinstance(each, float) else each
             for each in row] for row in table()]  # fmt: skip


def merged_heads(made, sheet) -> None:
    for index, value in enumerate(("D01", "riia-quarterly", "2026-27-Q2")):
        sheet.merge_range(1, index, len(table()) - 1, index, value, made.add_format())


def merged_figures(made, sheet) -> None:
    sheet.merge_range(row_of("CP03"), 4, row_of("CP04"), 4, 94, made.add_format())


def merged_across(made, sheet) -> None:
    sheet.merge_range(row_of("CP04"), 4, row_of("CP04"), 5, 77, made.add_format())


def dated(made, sheet) -> None:
    looks = made.add_format({"num_format": "mmm-yy"})
    for number in range(1, len(table())):
        sheet.write(number, 2, datetime.date(2026, 7, 1), looks)


def summed(_made, sheet) -> None:
    sheet.write_formula(row_of("FD01"), 4, "=1155*2", None, 2310)


def sums_beside(_made, sheet) -> None:
    sheet.write(3, 9, "total")
    sheet.write(3, 10, 4000)
    sheet.write(len(table()) + 1, 0, "Source: case management system")


def titled() -> bytes:
    def change(made, sheet) -> None:
        other = made.add_worksheet("Cover")
        put(other, [["Name", "A. Officer"], ["Telephone", "01632 960000"]])
        sheet.write(0, 0, "Quarterly return")
        put(sheet, table(), down=3, across=1)

    return book(change, rows=[])


def hidden_return(made, sheet) -> None:
    made.add_worksheet("Cover").activate()
    sheet.hide()


def uncached(body: bytes, left: bytes = b"") -> bytes:
    """As a program saves formulas that has not worked them out."""
    return repacked(
        body, edit=lambda name, content: content.replace(b"</f><v>2310</v>", b"</f>" + left)
    )


def pivoted(body: bytes) -> bytes:
    names = b'<cacheFields><cacheField name="UPN"/><cacheField name="Ward"/></cacheFields>'
    return repacked(
        body,
        more={
            "xl/pivotCache/pivotCacheDefinition1.xml": b"<pivotCacheDefinition>"
            + names
            + b"</pivotCacheDefinition>"
        },
    )


def far_away(_made, sheet) -> None:
    sheet.write(1_048_575, 16_383, "x")


def declared(name: str, content: bytes) -> bytes:
    if name != SHEET:
        return content
    return content.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet', 1)


def lying(body: bytes) -> bytes:
    """A part that says it is smaller than it is."""
    with zipfile.ZipFile(BytesIO(body)) as archive:
        size = archive.getinfo(SHEET).file_size
    return body.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))


def many_rows(number: int) -> bytes:
    head, first = table()[:2]
    return book(rows=[head, *[first] * number], options={"constant_memory": False})


WORKBOOKS: dict[str, bytes] = {
    # ------------------------------------------------------------ what cells hold
    "as Excel saves it": book(),
    "figures kept as texts": book(rows=as_texts()),
    "a thousands comma in a text": book(cell("FD01", "numerator", "2,310")),
    "a count formatted with thousands commas": book(cell("FD01", "numerator", 2310, "#,##0")),
    "a count formatted as money": book(cell("FD01", "numerator", 2310, "£#,##0.00")),
    "a sum of tenths": book(cell("WF01", "numerator", 201.20000000000002)),
    "a count formatted as a percentage": book(cell("CP04", "numerator", 0.82, "0%")),
    "a whole that is formatted as a percentage": book(cell("FD01", "numerator", 1, "0.00%")),
    "a date made of 9-2": book(cell("CP09", "numerator", FEBRUARY, "dd-mmm")),
    "a date of a workbook that counts from 1904": book(
        cell("CP09", "numerator", FEBRUARY, "dd-mmm"), options={"date_1904": True}
    ),
    "a quarter that became a date": book(dated),
    "true in the place of a count": book(cell("FD01", "numerator", True)),
    "spaces around texts": book(
        rows=[[f" {each} " if isinstance(each, str) else each for each in row] for row in table()]
    ),
    # ------------------------------------------------------------ formulas
    "a formula with its result": book(summed),
    "a formula that was never worked out": uncached(book(summed)),
    "a formula that was never worked out, with room for its result": uncached(
        book(summed), b"<v></v>"
    ),
    "a formula whose result is an empty text": repacked(
        book(summed),
        edit=lambda name, content: content.replace(
            b'<c r="E2"><f>1155*2</f><v>2310</v>', b'<c r="E2" t="str"><f>""</f><v></v>'
        ),
    ),
    "a formula that went wrong": repacked(
        book(summed),
        edit=lambda name, content: content.replace(
            b'<c r="E2"><f>1155*2</f><v>2310</v>', b'<c r="E2" t="e"><f>1/0</f><v>#DIV/0!</v>'
        ),
    ),
    # ------------------------------------------------------------ merged cells
    "authority and quarter merged over all rows": book(
        merged_heads, rows=[row if n == 0 else [None] * 3 + row[3:]
                            for n, row in enumerate(table())],
    ),
    "a figure merged over two rows": book(merged_figures),
    "a figure merged over two columns": book(merged_across),
    # ------------------------------------------------------------ where the table stands
    "a title above, a column before, a cover sheet with a name": titled(),
    "sums beside the table and a source under it": book(sums_beside),
    "one row, a column for each indicator": book(rows=table(wide())),
    "last quarter on a hidden sheet": book(beside("Q1", LAST, hidden=True)),
    "lists and notes on other sheets": book(
        beside("Lists", [["z"], ["x"]], hidden=True), beside("Notes", [["late data"]])
    ),
    "two quarters on two sheets": book(beside("Q1", LAST)),
    "the return on a hidden sheet": book(hidden_return, beside("Notes", [["see Return"]])),
    "no sheet with a return": book(beside("More", [["b"]]), rows=[["a"]], name="Cover"),
    "a header nearly right": book(rows=[["denomiator" if each == "denominator" else each
                                         for each in row] for row in table()]),
    "nothing in it": book(rows=[]),
    "twelve planted faults": book(rows=table(twelve())),
    # ------------------------------------------------------------ children
    "records of children on a hidden sheet": book(
        beside("Data", [["Surname", "DOB"], ["Example", "2015-01-01"]], hidden=True)
    ),
    "names and postcodes beside the return": book(
        beside("Data", [["Name", "Postcode"], ["Example", "XX1 1XX"]])
    ),
    "a pupil number on a sheet of notes": book(beside("Notes", [["ask about A123456789012"]])),
    "a pivot table made from records": pivoted(book()),
    # ------------------------------------------------------------ what is not opened
    "a password": OLE + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512,
    "the old kind of workbook": OLE + b"\0" * 1024,
    "macros": repacked(book(), more={"xl/vbaProject.bin": b"\xcc\x61"}),
    "a Word document inside": repacked(book(), more={"xl/embeddings/letter.docx": b"PK"}),
    "a zip file inside": repacked(book(), more={"xl/media/image1.png": zipped(a=b"a")}),
    "a binary workbook": zipped(xl__workbook_bin=b"\x83\x01"),
    "an OpenDocument file": zipped(mimetype=b"application/vnd", content_xml=b"<x/>"),
    "a Word document": zipped(word__document_xml=b"<x/>"),
    "some other zip file": zipped(a_txt=b"a"),
    "a CSV file under the name of a workbook": WHOLE.encode(),
    "JSON under the name of a workbook": b'{"authority": "D01"}',
    "broken off": book()[:4000],
    "nothing but the first letters": b"PK\x03\x04",
    "three hundred parts and more": zipped(**{f"xl__{n}": b"" for n in range(301)}),
    "a part that swells": repacked(book(), more={"xl/media/blank.bmp": b"\0" * 2_000_000}),
    "a part that says it is smaller than it is": lying(book()),
    "entities": repacked(book(), edit=declared),
    "a sheet that is no XML": repacked(
        book(), edit=lambda name, content: b"<worksheet" if name == SHEET else content
    ),
    "a value in the farthest cell": book(far_away),
    "two thousand rows and more": many_rows(2_100),
}  # fmt: skip

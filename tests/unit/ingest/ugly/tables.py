"""Ugly CSV as it really arrives. Each is the example return with one thing done to it."""

from tests.unit.ingest.ugly.edit import HEADER, WHEN, WHOLE, edited, row, wide, with_rows

FIRST = row("FD01", "2310,,,")
LINES = WHOLE.rstrip().split("\r\n")


def beside(name: str, value: str) -> str:
    """The example with a column of one's own."""
    return "\r\n".join([f"{LINES[0]},{name}", *(f"{line},{value}" for line in LINES[1:])])


def twelve() -> str:
    """A return with twelve planted faults."""
    return with_rows(
        "FD01,n/a,,,", "FD03,-815,,,", "FD04,900,815,,", "FD07,231,,,", "AS01,790,62520,,",
        "AS02,76O,,,", "AS03,65%,760,,", "CN02,102.5,,,", "CP01,,,q,", "CP06,86,,c,", "CP07,,,,",
        "WF01,201.25,,,",
    )  # fmt: skip


TABLES: dict[str, bytes | str] = {
    # ------------------------------------------------------------ how it was saved
    "a byte order mark": b"\xef\xbb\xbf" + WHOLE.encode(),
    "bare line feeds": WHOLE.replace("\r\n", "\n"),
    "bare carriage returns": WHOLE.replace("\r\n", "\r"),
    "no line end at the end": WHOLE.rstrip(),
    "UTF-16, little end first": WHOLE.encode("utf-16"),
    "UTF-16, big end first": b"\xfe\xff" + WHOLE.encode("utf-16-be"),
    "UTF-16, little end first, without its mark": WHOLE.encode("utf-16-le"),
    "UTF-16, big end first, without its mark": WHOLE.encode("utf-16-be"),
    "Windows-1252": edited("the new HR system cannot say yet", "café – “late”").encode("cp1252"),
    "UTF-16 with tabs, as Excel saves “Unicode text”": WHOLE.replace(",", "\t").encode("utf-16"),
    "semicolons": WHOLE.replace(",", ";"),
    "tabs": WHOLE.replace(",", "\t"),
    "vertical bars": WHOLE.replace(",", "|"),
    "a first line that says which delimiter": "sep=;\r\n" + WHOLE.replace(",", ";"),
    "semicolons and commas in the notes": edited(
        "FD01;2310;;;", "FD01;2310;;;late, and counted since", within=WHOLE.replace(",", ";")
    ),
    "every value in quotation marks": "\r\n".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) for line in LINES
    ),
    "a note over three lines": edited("FD01,2310,,,", 'FD01,2310,,,"one\r\ntwo\r\nthree"'),
    "a fault below a note over three lines": edited(
        "FD03,815", "FD03,8l5",
        within=edited("FD01,2310,,,", 'FD01,2310,,,"one\r\ntwo\r\nthree"'),
    ),
    "quotation marks inside a note": edited(
        "FD01,2310,,,", 'FD01,2310,,,"the ""new"" system"'
    ),
    # ------------------------------------------------------------ how it was laid out
    "blank rows at the end": WHOLE + ",,,,,,,\r\n,,,,,,,\r\n\r\n",
    "blank rows between": WHOLE.replace("\r\nD01", "\r\n,,,,,,,\r\nD01", 3),
    "blank columns at the end": WHOLE.replace("\r\n", ",,,\r\n"),
    "a blank column at the front": "".join(f",{line}\r\n" for line in LINES),
    "columns in another order": "".join(
        ",".join(reversed(line.split(","))) + "\r\n" for line in LINES
    ),
    "headers in other case and spelling": edited(HEADER, HEADER.upper().replace(",", " , ")),
    "spaces around values": edited(FIRST, " D01 , riia-quarterly , 2026-27-Q2 , fd01 ,2310 ,,,"),
    "rows in another order": "\r\n".join([LINES[0], *reversed(LINES[1:])]),
    "no symbol and no note": "\r\n".join(
        line.rsplit(",", 2)[0] for line in with_rows("WF03,33.4,234.6,,").split("\r\n")
    ),
    "a title and a date above the header": "Quarterly return\r\nprinted 6 October 2026\r\n\r\n"
    + WHOLE,
    "a source under the table": WHOLE + "\r\nSource: case management system\r\n",
    "empty lines of a form": WHOLE + f"D01,{WHEN},,,,,\r\n" * 3,
    "a column of one's own": beside("rate", "1"),
    "the quarter written otherwise": WHOLE.replace("2026-27-Q2", "Q2 2026/27"),
    # ------------------------------------------------------------ one row, a column for each
    "wide": wide(),
    "wide, codes alone": wide(bare=True),
    "wide, between semicolons": wide().replace(",", ";"),
    "wide, headers in other spelling": wide().replace(" numerator", "_Numerator"),
    "wide, a fault in two cells": wide(FD01_numerator="n/a", CP04_numerator="95"),
    "wide, a symbol in place of a figure": wide(FD01_numerator="x"),
    "wide, a header nearly right": wide().replace("CP04 denominator", "CP04 denom"),
    "wide, an unknown indicator": wide().replace("CP04 ", "CP4 "),
    "wide, an indicator missing": wide(bare=True).replace("FD01,", "", 1).replace("2310,", "", 1),
    "wide, an indicator twice": wide().replace("FD03 numerator", "FD01"),
    "wide, two authorities": wide() + wide().split("\r\n")[1].replace("D01", "D02"),
    "wide, a column worked out": wide(**{"CP04_rate": "81.9"}),
    "wide, no authority": wide().replace("authority,", "", 1).replace("D01,", "", 1),
    # ------------------------------------------------------------ how figures were written
    "a thousands comma": edited("FD01,2310", 'FD01,"2,310"'),
    "thousands apart": edited("FD01,2310", "FD01,2 310"),
    "a pound sign": edited("FD01,2310", 'FD01,"£2,310.00"'),
    "an apostrophe before a figure": edited("FD01,2310", "FD01,'2310"),
    "quotation marks that stayed": edited("FD01,2310", 'FD01,"""2310"""'),
    "a whole number with decimals": edited("FD01,2310", "FD01,2310.0"),
    "three notices and no error": edited(
        "FD03,815,", 'FD03,"£815.00",', within=edited("FD01,2310", 'FD01,"2,310"')
    ).replace("2026-27-Q2", "2026/27 Q2"),
    "a percentage in the place of a count": edited("CP04,77,94", "CP04,82%,94"),
    "an unquoted thousands comma": edited("FD01,2310,,,", "FD01,2,310,,"),
    "an unquoted thousands comma in a percentage": edited("FD04,180,815,,", "FD04,1,180,815,,"),
    "a date made of 9-2": edited("CP09,9,86", "CP09,09-Feb,86"),
    "a count in brackets": edited("FD01,2310", "FD01,(2310)"),
    "a formula": edited("FD01,2310", "FD01,=SUM(A1:A9)"),
    "a formula that went wrong": edited("FD01,2310", "FD01,#DIV/0!"),
    "a column too narrow": edited("FD01,2310", "FD01,#####"),
    "a decimal comma": edited("WF01,201.2", 'WF01,"201,2"'),
    "a number cut short": edited("FD01,2310", "FD01,2.31E+03"),
    "a proper minus": edited("FD01,2310", "FD01,−5"),
    "words beside a figure": edited("FD01,2310", "FD01,2310 (est.)"),
    "figures that ran together": edited("FD01,2310", "FD01," + "9" * 5000),
    "a symbol of old": edited("FD01,2310,,,", "FD01,,,:,"),
    "a dash for nothing": edited("FD01,2310,,,", "FD01,-,,,"),
    "twelve planted faults": twelve(),
    # ------------------------------------------------------------ what cannot be taken
    "nothing": b"",
    "blank lines": "\r\n , , \r\n",
    "a PDF": b"%PDF-1.7 \xe2\xe3",
    "bytes of no text": b"authority,\x81\x8d\x00",
    "a heading alone": HEADER,
    "no heading": "\r\n".join(LINES[1:2]),
    "a quotation mark left open": edited("FD03,815,,,", 'FD03,815,,,"so'),
    "a quotation mark inside a note": edited("FD03,815,,,", 'FD03,815,,,"new" system'),
    "a header nearly right": edited("denominator", "denomiator"),
    "headers as the office calls them": edited(HEADER, "LA,collection,quarter,measure,num,den"),
    "a header twice": edited("symbol,note", "symbol,symbol").replace("the new HR system", ""),
    "two columns of eight": "indicator,numerator\r\nFD01,2310\r\n",
    "a comma in a note without quotation marks": edited(
        "FD01,2310,,,", "FD01,2310,,,late, counted since"
    ),
    "an indicator twice and one not at all": edited("FD03,", "FD01,"),
    "an indicator by its name": edited("FD01,2310", "Initial contacts,2310"),
    "an indicator of another collection": WHOLE + row("EH01", "120,,,\r\n"),
    "the name of an authority": WHOLE.replace("\nD01,", "\nAverndale,"),
    "a real authority in the demonstration": WHOLE.replace("\nD01,", "\n383,"),
    "two authorities": edited(f"D01,{WHEN},LA0", f"D02,{WHEN},LA0", 3),
    "a year for a quarter": WHOLE.replace("2026-27-Q2", "2026-27"),
    "last quarter's file, not open": WHOLE.replace("2026-27-Q2", "2025-26-Q4"),
    "no authority in three rows": edited(f"D01,{WHEN},LA0", f",{WHEN},LA0", 3),
    "emoji in place of a code": edited("D01", "\U0001f600"),
    "an extract of records": "child_id,surname,dob\r\n1,Example,2015-01-01\r\n",
    "a pupil number in a note": edited("FD01,2310,,,", "FD01,2310,,,see A123456789012"),
    "two thousand rows and more": WHOLE + (FIRST + "\r\n") * 2_100,
}  # fmt: skip

"""Rules of the body as a whole: can it be read at all, and how was it read."""

from schemas.events.returns import Severity
from schemas.rulebook.form import Rule

RULES = (
    Rule(
        "F001",
        Severity.ERROR,
        title="The file is empty.",
        one="There is nothing in the file.",
        fix="Check that this is the file you saved the return in, and send it again.",
        example="  \n",
    ),
    Rule(
        "F002",
        Severity.ERROR,
        title="The file is not text.",
        one="The file cannot be read as text.",
        fix="Save the file as “CSV UTF-8”, or write the JSON in UTF-8, and send it again.",
        example="indicator,numerator\nFD01,\0",
    ),
    Rule(
        "F003",
        Severity.NOTICE,
        title="The encoding was recognised, not given.",
        one="The file was read as {encoding}.",
        fix="Do nothing if the notes read well. Saving as “CSV UTF-8” makes it certain.",
        example="FD01,5123,,,caf\xe9 records not yet entered",
        encoding="cp1252",
    ),
    Rule(
        "F004",
        Severity.ERROR,
        title="The file is of a kind that is not taken.",
        one="The file is {kind}.",
        fix="Send the return as an Excel workbook (.xlsx), as CSV or as JSON.",
        example="%PDF-1.7 and so on",
    ),
    Rule(
        "F005",
        Severity.ERROR,
        title="The JSON cannot be read.",
        one="The JSON cannot be read beyond line {line}, character {character}.",
        fix="Look there for a comma, quotation mark or bracket too few or too many, or let a "
        "library write it.",
        example='{"authority": "D01",, }',
    ),
    Rule(
        "F007",
        Severity.ERROR,
        title="The JSON is nested too deeply.",
        one="The JSON has lists or objects more than {deepest} deep.",
        fix="A return is an object with one list of observations: send nothing beyond that.",
        example='{"observations": ' + "[" * 20 + "]" * 20 + "}",
    ),
    Rule(
        "F008",
        Severity.ERROR,
        title="The file is too large to be a return.",
        one="The file has more than {most} {what}.",
        fix="Send one authority, one collection and one period, a row for each indicator. Delete "
        "what stands far below the table or beside it.",
        example="FD01,5123,,,",
        times=2_001,
    ),
    Rule(
        "F009",
        Severity.NOTICE,
        title="The columns are not divided by commas.",
        one="The columns were read as divided by {delimiter}.",
        fix="Do nothing if no fault follows from it. Saving as “CSV UTF-8” makes it certain.",
        example="authority;collection;period;indicator;numerator;denominator;symbol;note\n"
        "D01;riia-quarterly;2026-27-Q2;FD01;5123;;;",
    ),
    Rule(
        "F010",
        Severity.ERROR,
        title="The file looks like data on single children.",
        one="The file has a header or a number that belongs to data on single children, such as "
        "upn, dob, child_id, nhs_number, first_name, surname or name. It was refused, and nothing "
        "of it was kept.",
        fix="Send counts alone. If the file held children's data, tell your information governance "
        "lead that it was sent here.",
        example="upn,surname,dob\nA123456789012,Example,2015-01-01",
    ),
    Rule(
        "F011",
        Severity.ERROR,
        title="The CSV cannot be divided into columns.",
        one="The row that begins in line {line} cannot be divided into columns: a "
        "quotation mark is open or stands inside a value, or one value is very long.",
        fix="Put the whole value in quotation marks and double those inside it, or save the sheet "
        "as “CSV UTF-8” once more.",
        example='FD01,5123,,,"left open',
    ),
    Rule(
        "F012",
        Severity.ERROR,
        title="The file is of another kind than was said.",
        one="The file was sent as {said}, but it is {kind}.",
        fix="Send it as what it is. The Content-Type of CSV is text/csv, of JSON application/json, "
        "of an Excel workbook "
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.",
        example="PK\x03\x04 and so on",
        since="2026.2",
    ),
    Rule(
        "F013",
        Severity.ERROR,
        title="The workbook is protected with a password.",
        one="The workbook is protected with a password, so nothing in it can be read.",
        fix="Take the password away (in Excel: File, Info, Protect Workbook, Encrypt with "
        "Password, and clear it), save it, and send it again.",
        example="A workbook saved with a password to open it.",
        since="2026.2",
        workbook=True,
    ),
    Rule(
        "F014",
        Severity.ERROR,
        title="The workbook cannot be read.",
        one="The workbook is damaged: it cannot be read.",
        fix="Open it in Excel, save it under another name as an Excel workbook (.xlsx), and send "
        "that file.",
        example="A workbook whose sending broke off.",
        since="2026.2",
        workbook=True,
    ),
    Rule(
        "F015",
        Severity.ERROR,
        title="The workbook is larger than a return can be.",
        one="The workbook has {what}.",
        fix="Copy the sheet with the return into a new workbook, save it as .xlsx, and send that "
        "file.",
        example="A small file that unpacks to a hundred mebibytes.",
        since="2026.2",
        workbook=True,
    ),
    Rule(
        "F016",
        Severity.ERROR,
        title="The workbook has macros.",
        one="The workbook has macros, and workbooks with macros are not opened.",
        fix="Save it as “Excel Workbook (.xlsx)”, which leaves the macros out, and send that file.",
        example="A workbook with macros (.xlsm) under the name of one without.",
        since="2026.2",
        workbook=True,
    ),
    Rule(
        "F017",
        Severity.ERROR,
        title="The workbook has another file in it.",
        one="The workbook has another file embedded in it, and files within files are not opened.",
        fix="Delete the embedded object, or copy the sheet with the return into a new workbook, "
        "and send that file.",
        example="A workbook in which a Word document is embedded.",
        since="2026.2",
        workbook=True,
    ),
    Rule(
        "F018",
        Severity.ERROR,
        title="More than one sheet has a return.",
        one="The sheets {sheets} are each headed like a return, so it cannot be told which is to "
        "be sent.",
        fix="Keep the return on one sheet: delete the others or hide them.",
        example="Last quarter on one sheet, this quarter on the next.",
        since="2026.2",
        workbook=True,
    ),
    Rule(
        "F019",
        Severity.ERROR,
        title="The sheet with the return is hidden.",
        one="The return stands on {sheets}, and what is hidden is not sent.",
        fix="Unhide the sheet, look whether its figures are the ones to send, save, and send the "
        "file again.",
        example="A return on a sheet that was hidden.",
        since="2026.2",
        workbook=True,
    ),
    Rule(
        "F020",
        Severity.ERROR,
        title="No sheet has a return.",
        one="No sheet has the header of a return; there are {sheets}.",
        fix="Name the columns authority, collection, period, indicator, numerator, denominator, "
        "symbol and note, in any order, in one row above the figures.",
        example="A cover sheet and a chart.",
        since="2026.2",
        workbook=True,
    ),
    Rule(
        "F021",
        Severity.NOTICE,
        title="Only one of the sheets was read.",
        one="The return was read from the sheet {sheet} alone, without {others}.",
        fix="Do nothing if that is the return; if not, delete the sheets that are not.",
        example="A return with a sheet of notes beside it.",
        since="2026.2",
        workbook=True,
    ),
)

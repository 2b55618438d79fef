"""Child-level data: how a body that names single children is known, so that it can be refused.

Only names from our own list are ever told; nothing of the body is.
"""

import re
from collections.abc import Iterable

# Written without spaces, underscores and case: "Child ID", "child_id" and "childId" are one.
_NAMES = {
    "address", "birthdate", "childid", "childname", "childref", "childsname",
    "clientid", "dateofbirth", "dob", "familyname", "firstname", "forename", "forenames",
    "formerupn", "fullname", "givenname", "homeaddress", "homepostcode", "lachildid",
    "lastname", "maidenname", "middlename", "name", "nhsno", "nhsnumber", "nino", "personid",
    "postcode", "preferredname", "pupilid", "pupilname", "surname", "uln", "upn", "youngpersonid",
}  # fmt: skip
# A word that gives such a column away wherever it stands in the header: "pers_upn", "Mother DOB".
_WORDS = {"dob", "forename", "forenames", "nhs", "postcode", "surname", "uln", "upn"}
_ALSO_OF_ADULTS = {"address", "full name", "name", "postcode"}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_APART = re.compile(r"[^a-z0-9]+")
_UPN = re.compile(r"(?<![A-Za-z0-9])[A-HJ-NP-RT-Z]\d{11}[0-9A-HJ-NP-RT-Z](?![A-Za-z0-9])", re.ASCII)
_NHS = re.compile(r"(?<![\d-])(\d{3})[ -](\d{3})[ -](\d{4})(?![\d-])", re.ASCII)
_NHS_MODULUS = 11


def names_a_child(header: str) -> bool:
    """Say whether a header, or the name of a JSON member, is one of data on single children."""
    words = _APART.sub(" ", _CAMEL.sub(" ", header.strip()).lower()).split()
    return "".join(words) in _NAMES or not _WORDS.isdisjoint(words)


def heads_a_list(cells: Iterable[str]) -> bool:
    """Say whether a line beside a return is the header of a list of children.

    A cover sheet may have a cell “Name” or “Address” for whoever filled it in; two such names in
    one line, or one that only a child's record has, may not stand there.
    """
    named = {cell.strip().lower() for cell in cells if names_a_child(cell)}
    return len(named) > 1 or not named <= _ALSO_OF_ADULTS


def any_names_a_child(headers: Iterable[str]) -> bool:
    """Say whether one of the headers is one of data on single children."""
    return any(names_a_child(header) for header in headers)


def holds_a_child(text: str) -> bool:
    """Say whether a text holds a unique pupil number, or an NHS number as it is written (3-3-4)."""
    if _UPN.search(text):
        return True
    return any(_is_nhs_number("".join(found.groups())) for found in _NHS.finditer(text))


def _is_nhs_number(digits: str) -> bool:
    # The tenth digit is a check on the nine before it (NHS Data Dictionary, NHS NUMBER).
    weighed = sum(int(digits[i]) * (10 - i) for i in range(9))
    check = (_NHS_MODULUS - weighed % _NHS_MODULUS) % _NHS_MODULUS
    return check == int(digits[9])

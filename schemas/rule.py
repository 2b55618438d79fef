"""The rule catalogue: every rule that a return can meet, as data, released under one version."""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.rulebook import (
    cell,
    crossfield,
    disclosure,
    file,
    head,
    plausibility,
    structure,
    timeliness,
)
from schemas.rulebook.form import Rule

__all__ = ["PARTS", "RULES", "RULES_VERSION", "Rule"]

RULES_VERSION = "2026.2"
"""The version of the rules as a whole; any change of a rule is a new one."""

PARTS: Mapping[str, str] = MappingProxyType(
    {
        "F": "The file",
        "S": "Its structure",
        "C": "Single cells",
        "X": "Figures beside one another",
        "Q": "Plausibility",
        "D": "Small numbers",
        "T": "Time",
    }
)
"""What the first letter of a code stands for, in the order of the catalogue."""

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.code: rule
        for part in (file, head, structure, cell, crossfield, plausibility, disclosure, timeliness)
        for rule in part.RULES
    }
)
"""Every rule by its code, in the order of the catalogue."""

"""The rule catalogue: every rule that a return can meet, as data, released under one version."""

from collections.abc import Mapping
from types import MappingProxyType

from services.ingest.core.rulebook import cell, crossfield, file, plausibility, structure
from services.ingest.core.rulebook.form import Rule

__all__ = ["RULES", "RULES_VERSION", "Rule"]

RULES_VERSION = "2026.1"
"""The version of the rules as a whole; any change of a rule is a new one."""

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.code: rule
        for part in (file, structure, cell, crossfield, plausibility)
        for rule in part.RULES
    }
)
"""Every rule by its code, in the order of the catalogue."""

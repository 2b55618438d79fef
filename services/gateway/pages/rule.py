"""The rules of the check as pages: the catalogue, and what one of them asks for."""

import re

from fastapi import APIRouter, Request, Response

from schemas.events import Severity
from schemas.rule import PARTS, RULES, RULES_VERSION, Rule
from services.gateway.api.parameter import missing, one_of
from services.gateway.core import wording
from services.gateway.pages.furniture import Furniture

CRUMBS = (("/rules", "Rules of the check"),)
_FACT = re.compile(r"\{[a-z_]+\}")
_LONGEST = 400
_ROWS = re.compile(r"(?:[A-Z]{2}\d+)?,")
_HEADER = "indicator,numerator,denominator,symbol,note"


def router(furniture: Furniture) -> APIRouter:
    """Serve the rules."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/rules")
    def list_rules(request: Request, level: str | None = None) -> Response:
        wanted = one_of("level", level, list(Severity))
        found = [rule for rule in RULES.values() if wanted in (None, rule.severity)]
        parts = {letter: [r for r in found if r.part == letter] for letter in PARTS}
        return furniture.page(
            request,
            "rules.html",
            title="Rules of the check",
            live=False,
            headline=f"{wording.plural(len(found), 'rule')}, version {RULES_VERSION}. A return is "
            "held against all of them at once.",
            parts=[(PARTS[letter], rules) for letter, rules in parts.items() if rules],
            levels=[("", "All"), *((str(s), wording.LEVELS[s][0]) for s in Severity)],
            wanted=wanted or "",
        )

    @routes.get("/rules/{code}")
    def read_rule(request: Request, code: str) -> Response:
        rule = RULES.get(code.upper())
        if rule is None:
            raise missing("rule", code, where="The page Rules of the check lists them.")
        word, meaning = wording.LEVELS[rule.severity]
        return furniture.page(
            request,
            "rule.html",
            title=f"{rule.code}: {rule.title.removesuffix('.')}",
            crumbs=CRUMBS,
            live=False,
            rule=rule,
            part_name=PARTS[rule.part],
            level=word,
            meaning=meaning,
            said=_without_facts(rule.one),
            fix=_without_facts(rule.fix),
            example=_example(rule.example, rule),
            before=_example(rule.before, rule) if rule.before else "",
            quiet=_example(rule.quiet, rule) if rule.quiet else "",
        )

    return routes


def _without_facts(words: str) -> str:
    """Return words with an ellipsis where the check puts in what it found."""
    spoken = words.replace("{hint}", "").replace("{who}", "The indicator or row").strip()
    return _FACT.sub("…", spoken)


def _example(body: str, rule: Rule) -> str:
    """Return an example as it would be typed; a long one is cut, rows have their header."""
    shown = "".join(letter if _shows(letter) else ascii(letter)[1:-1] for letter in body)
    if len(shown) > _LONGEST:
        shown = f"{shown[:_LONGEST]}…"
    if rule.times > 1:
        shown += f"\n… {rule.times:,} times"
    return f"{_HEADER}\n{shown}" if _ROWS.match(body) else shown


def _shows(letter: str) -> bool:
    return letter.isprintable() or letter == "\n"

"""Reading: a rule file as parsed from TOML becomes rules, or every fault in it at once."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from schemas.catalogue import Indicator
from schemas.errors import TartanError
from services.benchmark.core.evaluation import Contrary
from services.benchmark.core.expression import And, KOf, Node, Not, Or, Persist, Unit, bind
from services.benchmark.core.grammar import parse
from services.benchmark.core.lexeme import Unreadable
from services.benchmark.core.meaning import check_meaning
from services.benchmark.core.preparation import Terms, leaves, prepare
from services.benchmark.core.rule import Rule, RuleBook, Touched
from services.benchmark.core.rule_file import Grading, Returned, RuleFile, SignatureText


class RuleFileFault(TartanError):
    """A rule file that cannot be used; ``faults`` names every one: rule, column, what to do."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(("The rule file cannot be used:", *faults)))
        self.faults = faults


def read_rules(document: Mapping[str, Any], *, catalogue: Mapping[str, Indicator]) -> RuleBook:
    """Read a rule file as parsed from TOML, against the catalogue of the version it names.

    Raises RuleFileFault with all that is wrong with it: shape first, then every rule's texts.
    """
    try:
        file = RuleFile.model_validate(dict(document))
    except ValidationError as error:
        raise RuleFileFault(tuple(_shape_faults(error, document))) from None
    reader = _Reader(file, catalogue)
    rules = reader.read()
    if reader.faults:
        raise RuleFileFault(tuple(reader.faults))
    composites = tuple(rule for rule in rules if rule.composite)
    single: dict[str, tuple[Rule, ...]] = {}
    for rule in rules:
        if not rule.composite:
            single[rule.collection] = (*single.get(rule.collection, ()), rule)
    return RuleBook(
        version=file.version,
        ladder=file.severity,
        rules=MappingProxyType({rule.id: rule for rule in rules}),
        _composites=Touched.of(composites),
        _touching=MappingProxyType(
            {name: Touched.of(composites + own) for name, own in single.items()}
        ),
    )


class _Reader:
    """Reads the texts of a well-shaped file and gathers what is wrong with them."""

    def __init__(self, file: RuleFile, catalogue: Mapping[str, Indicator]) -> None:
        self.faults: list[str] = []
        self._file = file
        self._catalogue = catalogue
        self._collections = frozenset(i.collection for i in catalogue.values())
        self._sets = {name: self._spell_out(name, given) for name, given in file.sets.items()}

    def read(self) -> list[Rule]:
        for code in self._file.least_n.indicators:
            if code not in self._catalogue:
                self._fault("least_n", f"there is no indicator “{code}” in the catalogue")
        ids = [text.id for text in self._file.signature]
        for twice in sorted({id_ for id_ in ids if ids.count(id_) > 1}):
            self._fault(twice, "stands twice in the file; give each signature an id of its own")
        return [rule for text in self._file.signature for rule in self._rules(text)]

    def _rules(self, text: SignatureText) -> Iterator[Rule]:
        terms = self._terms(text)
        condition = self._parse(text, "condition", text.condition, terms)
        clear = None if text.clear is None else self._parse(text, "clear", text.clear, terms)
        self._check_home(text)
        if condition is None or (clear is None and text.clear is not None) or self.faults:
            return
        if text.each is None:
            yield _make(text, condition, clear, terms, indicator=None)
            return
        for indicator in self._chosen(text):
            own = None if clear is None else bind(clear, indicator.code)
            yield _make(text, bind(condition, indicator.code), own, terms, indicator=indicator)

    def _parse(self, text: SignatureText, key: str, words: str, terms: Terms) -> Node | None:
        try:
            node = parse(words, placeholder=text.each is not None)
        except Unreadable as fault:
            self._fault(text.id, f"{key}, {fault}")
            return None
        before = len(self.faults)
        for wrong in _check_sets(node, terms):
            self._fault(text.id, f"{key}, {wrong}")
        if len(self.faults) == before:
            self._check_leaves(text, key, node, terms)
        return node if len(self.faults) == before else None

    def _check_leaves(self, text: SignatureText, key: str, node: Node, terms: Terms) -> None:
        codes = [i.code for i in self._chosen(text)] if text.each else [None]
        told = set()
        for code in codes:
            for leaf in leaves(node if code is None else bind(node, code), terms):
                wrong = check_meaning(leaf, self._catalogue)
                if wrong is not None and wrong not in told:
                    told.add(wrong)
                    self._fault(text.id, f"{key}, column {leaf.measure.column}: {wrong}")

    def _check_home(self, text: SignatureText) -> None:
        if (text.collection is None) == (text.each is None):
            self._fault(text.id, "name either the collection it belongs to, or “each”")
        named = text.each.collections if text.each else (text.collection,)
        for collection in named:
            if collection is not None and collection not in self._collections:
                self._fault(text.id, f"there is no collection “{collection}” in the catalogue")
        if text.each is not None and text.grading is not Grading.AT_ONCE:
            self._fault(text.id, "a template is of one indicator: its grading is “at_once”")

    def _chosen(self, text: SignatureText) -> list[Indicator]:
        each = text.each
        if each is None:
            return []
        return [
            indicator
            for indicator in self._catalogue.values()
            if indicator.collection in each.collections
            and indicator.polarity in each.polarity
            and indicator.kind in each.kinds
        ]

    def _terms(self, text: SignatureText) -> Terms:
        least = self._file.least_n
        if text.least_n is not None:
            return Terms(self._sets, text.least_n, {})
        return Terms(self._sets, least.default, least.indicators)

    def _spell_out(self, name: str, given: tuple[str, ...] | Returned) -> tuple[str, ...]:
        if isinstance(given, tuple):
            return given
        codes = tuple(i.code for i in self._catalogue.values() if i.collection == given.collection)
        if not codes:
            self._fault(
                f"set {name}", f"there is no collection “{given.collection}” in the catalogue"
            )
        return codes

    def _fault(self, where: str, what: str) -> None:
        self.faults.append(f"{where}: {what}")


def _make(
    text: SignatureText,
    condition: Node,
    clear: Node | None,
    terms: Terms,
    *,
    indicator: Indicator | None,
) -> Rule:
    check = prepare(condition, terms)
    codes = (leaf.measure.indicator for leaf in leaves(condition, terms))
    name = indicator.name if indicator else ""
    return Rule(
        id=f"{text.id}:{indicator.code}" if indicator else text.id,
        sign=text.sign,
        grading=text.grading,
        collection=indicator.collection if indicator else str(text.collection),
        text=str(condition),
        check=check,
        clear=Contrary(check) if clear is None else prepare(clear, terms),
        indicators=frozenset(code for code in codes if code is not None),
        pushed=text.pushed,
        question=text.question.replace("{indicator}", name),
        caveats=text.caveats,
    )


def _check_sets(node: Node, terms: Terms) -> Iterator[str]:
    match node:
        case Not(condition=condition) | Persist(condition=condition):
            yield from _check_sets(condition, terms)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _check_sets(part, terms)
        case KOf(members=str(name)) if name not in terms.sets:
            known = ", ".join(sorted(terms.sets)) or "none"
            yield f"column {node.column}: the file has no set “{name}”; it has {known}"
        case KOf(condition=condition, count=count):
            size = len(terms.members(node))
            if count.unit is Unit.PLAIN and count.value > size:
                yield f"column {node.column}: “{count}” of a set of {size} can never hold"
            yield from _check_sets(condition, terms)


def _shape_faults(error: ValidationError, document: Mapping[str, Any]) -> Iterator[str]:
    words = {"missing": "is missing", "extra_forbidden": "is not known here; take it out"}
    for fault in error.errors(include_url=False, include_context=False):
        *where, key = fault["loc"] or ("the file",)
        what = words.get(fault["type"], fault["msg"][:1].lower() + fault["msg"][1:])
        yield f"{_place(where, document)}“{key}” {what}"


def _place(where: list[int | str], document: Mapping[str, Any]) -> str:
    if len(where) > 1 and where[0] == "signature" and isinstance(where[1], int):
        entry = document["signature"][where[1]]
        id_ = entry.get("id") if isinstance(entry, Mapping) else None
        return f"{id_ or f'signature {where[1] + 1}'}: "
    return "".join(f"{part}: " for part in where)

"""Modules are small, named for one thing, say what they are for, and cores stay pure."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

BUDGET = 300
FORBIDDEN_MODULES = {
    "utils", "util", "utilities", "common", "helpers", "helper", "manager", "managers", "misc",
}  # fmt: skip
FORBIDDEN_CLASS = re.compile(r"(?:Manager|Helper|Helpers|Util|Utils)$")
ABBREVIATED_AUTHORITY = re.compile(r"(?:^|_)las?(?:_|$)", re.IGNORECASE)

# What a core may import of Python: the parts that touch nothing outside.
PURE = {
    "__future__", "abc", "bisect", "collections", "contextlib", "copy", "csv",
    "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions", "functools",
    "graphlib", "hashlib", "heapq", "hmac", "html", "io", "itertools", "json", "keyword",
    "math", "numbers", "operator", "re", "statistics", "string", "struct", "textwrap",
    "tomllib", "types", "typing", "unicodedata", "uuid", "zlib", "zoneinfo", "zipfile",
}  # fmt: skip
PACKAGES_OF_CORES = {"cryptography", "numpy", "pydantic", "pydantic_core", "schemas", "scipy"}
# The language also reads the tables that are released inside its own package.
READS_ITS_TABLES = {"gzip", "importlib", "pathlib"}
# Parts of Python that reach out of the process, and the one or two modules that may use each.
DOORS = {
    "http.client": {"services/alerts/channel/webhook.py", "services/gateway/relay.py"},
    "socket": {
        "services/runtime/kafka/diagnosis.py",
        "services/runtime/kafka/introduction.py",
    },
    "ssl": {
        "services/runtime/certificate.py",
        "services/runtime/redis/fault.py",
        "services/alerts/channel/smtp.py",
        "services/alerts/channel/webhook.py",
        "services/runtime/kafka/diagnosis.py",
        "services/runtime/kafka/setting.py",
        "services/runtime/kafka/trust.py",
    },
    "urllib.request": {
        "services/alerts/channel/webhook.py",
        "services/embedded/remote.py",
        "services/gateway/relay.py",
        "services/gateway/script/submit.py",
    },
}


@pytest.fixture(scope="session")
def modules(root: Path) -> dict[str, ast.Module]:
    """Every module of the product by its path."""
    paths = [
        path
        for top in ("schemas", "services", "tools")
        for path in sorted((root / top).rglob("*.py"))
    ]
    assert len(paths) > 10
    return {
        str(path.relative_to(root)): ast.parse(path.read_text(encoding="utf-8")) for path in paths
    }


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "."


def named(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def test_every_module_says_what_it_is_for(modules):
    assert [name for name, tree in modules.items() if not ast.get_docstring(tree)] == []


def test_no_module_is_longer_than_its_budget(modules, root):
    lengths = {
        name: len((root / name).read_text(encoding="utf-8").splitlines()) for name in modules
    }

    assert {name: length for name, length in lengths.items() if length > BUDGET} == {}


def test_no_module_is_named_for_being_useful(modules):
    assert [
        name for name in modules if FORBIDDEN_MODULES & {*Path(name).parts, Path(name).stem}
    ] == []


def test_no_class_is_named_for_being_useful(modules):
    assert [
        f"{name}: {node.name}"
        for name, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and FORBIDDEN_CLASS.search(node.name)
    ] == []


def test_an_authority_is_called_an_authority(modules):
    assert [
        f"{name}: {word}"
        for name, tree in modules.items()
        for word in sorted(set(named(tree)))
        if ABBREVIATED_AUTHORITY.search(word)
    ] == []


def test_a_core_imports_the_language_and_arithmetic_and_itself_alone(modules):
    offences = []
    for name, tree in modules.items():
        parts = Path(name).parts
        if parts[0] != "services" or "core" not in parts[:3]:
            continue
        own = ".".join(parts[:3])
        offences += [
            f"{name}: {module}"
            for module in imported(tree)
            if module.split(".")[0] not in PURE | PACKAGES_OF_CORES
            and module != own
            and not module.startswith(own + ".")
        ]

    assert offences == []


def test_what_reaches_out_of_the_process_goes_through_its_door(modules):
    assert [
        f"{name}: {module}"
        for name, tree in modules.items()
        for module in imported(tree)
        if name not in DOORS.get(module, {name})
    ] == []


def test_the_language_imports_pydantic_and_itself_alone(modules):
    allowed = PURE | READS_ITS_TABLES | {"pydantic", "pydantic_core", "schemas"}

    assert [
        f"{name}: {module}"
        for name, tree in modules.items()
        if name.startswith("schemas/") and "__main__" not in name
        for module in imported(tree)
        if module.split(".")[0] not in allowed
    ] == []


def catches_all(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id in {"Exception", "BaseException"}
    )


def test_no_error_is_swallowed_whole(modules):
    assert [
        f"{name}:{node.lineno}"
        for name, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and catches_all(node)
        and all(isinstance(statement, ast.Pass | ast.Continue) for statement in node.body)
    ] == []


def test_every_package_has_an_init_and_no_test_folder_has_one(root):
    packages = {
        path.parent for top in ("schemas", "services") for path in (root / top).rglob("*.py")
    }

    assert [str(folder) for folder in packages if not (folder / "__init__.py").is_file()] == []
    assert [str(path) for path in (root / "tests").rglob("__init__.py")] == []


def test_what_counts_as_pure_is_part_of_python():
    assert sys.stdlib_module_names >= PURE | READS_ITS_TABLES

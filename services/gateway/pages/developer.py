"""The API reference, rendered from the OpenAPI document that the very process serves."""

from collections.abc import Iterator, Mapping
from json import loads
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response

from services.gateway.api.parameter import missing
from services.gateway.pages.furniture import Furniture

CONTRACTS = Path(__file__).resolve().parents[3] / "schemas" / "contracts"
_JSON = "application/json"
_KINDS = {
    ".schema.json": "application/schema+json",
    ".table-schema.json": "application/vnd.tableschema+json",
    ".datapackage.json": "application/vnd.datapackage+json",
    ".csv-metadata.json": "application/csvm+json",
}
_METHODS = ("get", "post", "put", "patch", "delete")
Schema = Mapping[str, Any]


def router(furniture: Furniture, *, contracts: Path = CONTRACTS) -> APIRouter:
    """Serve the reference and the contracts of the events."""
    routes = APIRouter(include_in_schema=False)
    files = sorted(path.name for path in contracts.glob("*.json"))

    @routes.get("/developers/api")
    def reference(request: Request) -> Response:
        document = request.app.openapi()
        schemas = document.get("components", {}).get("schemas", {})
        return furniture.page(
            request,
            "reference.html",
            title="API reference",
            live=False,
            contracts=files,
            groups=_groups(document),
            schemas=[_schema(name, schema) for name, schema in sorted(schemas.items())],
        )

    @routes.get("/contracts/{file}")
    def contract(file: str) -> Response:
        if file not in files:
            raise missing("contract", file, where="The page API reference lists them.")
        text = (contracts / file).read_bytes()
        kind = next((kind for end, kind in _KINDS.items() if file.endswith(end)), _JSON)
        return Response(text, media_type=kind, headers={"Cache-Control": "max-age=3600"})

    return routes


def contract_of(text: str) -> Schema:
    """Return a contract as data."""
    found: Schema = loads(text)
    return found


def _groups(document: Schema) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method in _METHODS:
            if method in operations:
                operation = operations[method]
                tag = (operation.get("tags") or ["Other"])[0]
                groups.setdefault(tag, []).append(_operation(method, path, operation))
    return sorted(groups.items())


def _operation(method: str, path: str, operation: Schema) -> dict[str, Any]:
    return {
        "id": f"{method}{path}".translate(str.maketrans("/{}.", "----")),
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary", ""),
        "description": [
            text for text in operation.get("description", "").split("\n\n") if text.strip()
        ],
        "parameters": [_parameter(p) for p in operation.get("parameters", [])],
        "body": sorted(operation.get("requestBody", {}).get("content", {})),
        "responses": [_response(*said) for said in operation["responses"].items()],
    }


def _parameter(parameter: Schema) -> dict[str, Any]:
    required = "" if parameter.get("required") else ", optional"
    return {
        "name": parameter["name"],
        "where": f"{parameter['in']}{required}",
        "type": _type(parameter.get("schema", {})),
        "link": None,
        "meaning": parameter.get("description", ""),
    }


def _response(status: str, response: Schema) -> dict[str, Any]:
    schemas = [content.get("schema", {}) for content in response.get("content", {}).values()]
    name = next((found for schema in schemas if (found := _named(schema))), None)
    return {
        "status": status,
        "description": response.get("description", ""),
        "type": name or "",
        "link": f"schema-{name}" if name else None,
    }


def _schema(name: str, schema: Schema) -> dict[str, Any]:
    required = set(schema.get("required", []))
    rows = [
        {
            "name": field,
            "where": "" if field in required else "may be left out",
            "type": _type(said),
            "link": f"schema-{_named(said)}" if _named(said) else None,
            "meaning": said.get("description", ""),
        }
        for field, said in schema.get("properties", {}).items()
    ]
    meaning = schema.get("description", "") or ", ".join(map(str, schema.get("enum", [])))
    return {"id": f"schema-{name}", "name": name, "meaning": meaning, "rows": rows}


def _type(schema: Schema) -> str:
    return " or ".join(dict.fromkeys(_types(schema))) or "anything"


def _types(schema: Schema) -> Iterator[str]:
    if "$ref" in schema:
        yield str(schema["$ref"]).rsplit("/", 1)[-1]
    elif schema.get("type") == "array":
        yield f"list of {_type(schema.get('items', {}))}"
    elif "enum" in schema:
        yield from (
            "null" if value is None else str(value) for value in schema["enum"] if value != ""
        )
    elif "anyOf" in schema:
        for part in schema["anyOf"]:
            yield from _types(part)
    elif "type" in schema:
        yield str(schema["type"])


def _named(schema: Schema) -> str | None:
    """Return the component that a schema, one of its choices or its items name."""
    inner = [schema, *schema.get("anyOf", []), schema.get("items", {})]
    found = next((part["$ref"] for part in inner if "$ref" in part), None)
    return None if found is None else str(found).rsplit("/", 1)[-1]

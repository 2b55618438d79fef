"""Writes what the models say for those who do not speak Python: JSON Schema and AsyncAPI 3.

What the table of a return looks like is written as Table Schema, Data Package and CSVW, too.

``python -m schemas.documents`` writes ``schemas/contracts/``; a test fails on any difference.
"""

import json
from pathlib import Path
from typing import Any

from schemas.events import EVENT_TYPES, Payload
from schemas.reference import load_library
from schemas.tabular import DIALECTS
from schemas.topics import TOPICS, Topic

CONTRACTS = Path(__file__).parent / "contracts"
COMMAND = "python -m schemas.documents"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_HEADERS: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0 attributes, binary mode.",
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "ce_nation"],
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string"},
        "ce_type": {"type": "string"},
        "ce_source": {"type": "string", "description": "/tartan/ and the producer"},
        "ce_subject": {"type": "string"},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_dataschema": {"type": "string"},
        "ce_nation": {"type": "string"},
        "ce_cause": {
            "type": "string",
            "description": "topic:nation:producer:n:number of the event it was derived from",
        },
        "ce_traceparent": {"type": "string"},
        "ce_replays": {"type": "string", "description": "the place of a parked record"},
        "content-type": {"type": "string", "const": "application/json"},
    },
}


def schema(model: type[Payload]) -> dict[str, Any]:
    """Return the JSON Schema of an event type's payload."""
    body = model.model_json_schema(mode="validation")
    return {"$schema": _DIALECT, "$id": f"{model.versioned_type()}.schema.json", **body}


def asyncapi() -> dict[str, Any]:
    """Return the AsyncAPI 3 document: a channel per topic, who sends and who receives."""
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    for topic, spec in TOPICS.items():
        types = [name for name, model in EVENT_TYPES.items() if model.topic is topic]
        channels[_key(topic)] = {
            "address": topic,
            "description": spec.description,
            "messages": {
                _key(name): {"$ref": f"#/components/messages/{_key(name)}"} for name in types
            },
            "bindings": {"kafka": {"topic": topic, **_retention(topic)}},
        }
        for action, parties in (("send", spec.writers), ("receive", spec.readers)):
            for party in parties:
                operations[f"{_key(party)}_{action}_{_key(topic)}"] = {
                    "action": action,
                    "channel": {"$ref": f"#/channels/{_key(topic)}"},
                    "summary": f"{party} {'writes' if action == 'send' else 'reads'} {topic}",
                }
    for name, model in EVENT_TYPES.items():
        messages[_key(name)] = {
            "name": name,
            "title": name,
            "summary": (model.__doc__ or "").strip().split("\n")[0],
            "contentType": "application/json",
            "headers": {"$ref": "#/components/schemas/attributes"},
            "payload": {
                "schemaFormat": "application/schema+json;version=draft-07",
                "schema": _draft_7(model),
            },
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tartan",
            "version": "1",
            "description": "The log of Tartan: every event, keyed by nation.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"schemas": {"attributes": _HEADERS}, "messages": messages},
    }


def documents() -> dict[str, str]:
    """Return every generated file by its name."""
    bodies = {f"{name}.schema.json": schema(model) for name, model in EVENT_TYPES.items()}
    bodies["asyncapi.json"] = asyncapi()
    bodies |= _tables()
    return {
        name: json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        for name, body in bodies.items()
    }


def _tables() -> dict[str, dict[str, Any]]:
    """Return what each collection's return looks like, by the newest catalogue."""
    catalogue = load_library().catalogues[max(load_library().catalogues)]
    return {
        f"{collection}.{name}": describe(
            collection, [i for i in catalogue.values() if i.collection == collection]
        )
        for collection in sorted({i.collection for i in catalogue.values()})
        for name, describe in DIALECTS.items()
    }


def _key(text: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in text)


def _retention(topic: Topic) -> dict[str, Any]:
    policy = "compact" if TOPICS[topic].compacted else "delete"
    return {"topicConfiguration": {"cleanup.policy": [policy], "retention.ms": -1}}


def _draft_7(model: type[Payload]) -> dict[str, Any]:
    """Inline the definitions: AsyncAPI resolves references from the document's root."""
    body = schema(model)
    definitions = body.pop("$defs", {})
    body.pop("$schema"), body.pop("$id")

    def inline(node: Any) -> Any:  # noqa: ANN401 - any piece of JSON
        if isinstance(node, list):
            return [inline(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return inline(definitions[node["$ref"].rsplit("/", 1)[1]])
        if "prefixItems" in node:
            node = {**node, "items": node["prefixItems"]}
            del node["prefixItems"]
        return {key: inline(value) for key, value in node.items()}

    result: dict[str, Any] = inline(body)
    return result


def main() -> None:
    """Write the documents and take away what is no longer said."""
    CONTRACTS.mkdir(exist_ok=True)
    written = documents()
    for stale in CONTRACTS.glob("*.json"):
        if stale.name not in written:
            stale.unlink()
    for name, text in written.items():
        (CONTRACTS / name).write_text(text, encoding="utf-8")
    print(f"wrote {len(written)} documents to {CONTRACTS.name}/")


if __name__ == "__main__":
    main()

"""The programming interface described for people, from the same description that programs read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from coach.web.markup import escape

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}: programming interface</title><style>
:root {{ color-scheme: light dark; }}
body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 46rem; margin: 2.5rem auto; padding: 0 1rem; }}
code, pre {{ font: 0.9rem/1.5 ui-monospace, monospace; }} pre {{ overflow: auto; padding: 0.8rem; border: 1px solid #8886; border-radius: 0.5rem; }}
h2 {{ margin-top: 2.2rem; }}
</style></head><body><main><h1>{title}: programming interface</h1><p>{about}</p>
<p>The same for programs: <a href="openapi.json">openapi.json</a>. Errors are problem details (RFC 9457) with a sentence in <code>detail</code>.</p>
{token}{body}</main></body></html>"""

_TOKEN = "<p>Every request needs the header <code>Authorization: Bearer TOKEN</code>.</p>"


def description(spec: Mapping[str, Any]) -> str:
    """The page for an OpenAPI description."""
    schemas = spec["components"]["schemas"]
    body = "".join(
        _operation(method, path, operation) for path, methods in spec["paths"].items() for method, operation in methods.items()
    )
    shapes = "".join(
        f"<details><summary><code>{escape(name)}</code> {escape(schema.get('description', ''))}</summary>{_json(schema)}</details>"
        for name, schema in sorted(schemas.items())
    )
    info = spec["info"]
    return _PAGE.format(
        title=escape(info["title"]),
        about=escape(info["description"]),
        token=_TOKEN if "securitySchemes" in spec["components"] else "",
        body=f"{body}<h2>Shapes</h2>{shapes}",
    )


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    takes = f"<p>Takes <code>{escape(sent.rsplit('/', 1)[-1])}</code> as JSON.</p>" if sent else ""
    asked = "".join(
        f"<li><code>{escape(p['name'])}</code> in the {escape(p['in'])}</li>" for p in operation.get("parameters", [])
    )
    return (
        f"<h2><code>{escape(method.upper())} /api/v1{escape(path)}</code></h2><p>{escape(operation.get('description', ''))}</p>"
        f"{takes}{f'<ul>{asked}</ul>' if asked else ''}<p>Answers: {', '.join(escape(code) for code in operation['responses'])}.</p>"
    )


def _json(value: object) -> str:
    return f"<pre>{escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"

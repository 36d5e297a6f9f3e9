"""The page for people says all that the description for programs says."""

from __future__ import annotations

from typing import Any

from coach.web.described import description

SPEC: dict[str, Any] = {
    "info": {"title": "A & B", "description": "About <it>."},
    "paths": {
        "/things/{name}": {
            "get": {
                "description": "One thing.",
                "parameters": [{"name": "name", "in": "path"}, {"name": "<size>", "in": "query"}],
                "responses": {"200": {}, "404": {}},
            }
        },
        "/things": {
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                "responses": {"204": {}},
            }
        },
    },
    "components": {"schemas": {"Thing": {"description": "A <thing>.", "type": "object"}}},
}


def test_every_operation_and_shape_is_described():
    page = description(SPEC)
    assert "<h2><code>GET /api/v1/things/{name}</code></h2><p>One thing.</p>" in page
    assert "<li><code>name</code> in the path</li>" in page
    assert "<p>Answers: 200, 404.</p>" in page
    assert "<h2><code>POST /api/v1/things</code></h2><p></p><p>Takes <code>Thing</code> as JSON.</p><p>Answers: 204.</p>" in page
    assert "<summary><code>Thing</code> A &lt;thing&gt;.</summary>" in page


def test_nothing_of_the_description_becomes_markup():
    page = description(SPEC)
    assert "<title>A &amp; B: programming interface</title>" in page
    assert "About &lt;it&gt;." in page and "<code>&lt;size&gt;</code> in the query" in page
    assert "<script" not in page


def test_a_token_is_spoken_of_where_one_is_needed():
    guarded = {**SPEC, "components": {**SPEC["components"], "securitySchemes": {"HTTPBearer": {}}}}
    assert "Authorization: Bearer" in description(guarded)
    assert "Authorization: Bearer" not in description(SPEC)

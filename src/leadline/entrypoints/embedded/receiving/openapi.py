"""The description of the HTTP interface, OpenAPI 3.1."""

from typing import Any

import msgspec

from leadline import __version__
from leadline.plugins import source_names
from leadline.vendors.registry import find

_PROBLEMS = {
    400: "The body can't be read, or the request is not valid HTTP.",
    401: "The delivery could not be authenticated.",
    404: "There is no such source.",
    408: "The request took too long to arrive.",
    413: "The body is too large, holds too many events, or repeats too much in them.",
    414: "The URL is too long.",
    415: "This content type is not supported here.",
    429: "Too many deliveries wait for the disk; try again after Retry-After seconds.",
    431: "The header fields are too large.",
    503: "The storage is full, the server is starting, or an access token can't be judged; try "
    "again after Retry-After seconds.",
}


def document() -> bytes:
    """The document as JSON."""
    paths: dict[str, Any] = {"/webhook": {"post": _webhook("generic")}}
    for name in source_names():
        paths[f"/webhook/{name}"] = {"post": _webhook(name)}
    paths["/slack/actions"] = {"post": _from_slack("A pressed button, as Slack posts it.")}
    paths["/slack/commands"] = {"post": _from_slack("A slash command, as Slack posts it.")}
    paths["/livez"] = {"get": _read("Whether the process is alive.", "application/json")}
    ready = "Whether webhooks are accepted (503: not yet)."
    paths["/readyz"] = {"get": _read(ready, "application/json")}
    paths["/metrics"] = {"get": _metrics()}
    paths["/openapi.json"] = {"get": _read("This document.", "application/json")}
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Leadline",
                "version": __version__,
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "paths": paths,
            "components": {
                "schemas": {"Captured": _CAPTURED, "Filtered": _FILTERED, "Problem": _PROBLEM},
                "securitySchemes": {"metrics_token": {"type": "http", "scheme": "bearer"}},
            },
        }
    )


_CAPTURED = {
    "type": "object",
    "required": ["message", "lead_id"],
    "properties": {
        "message": {"type": "string", "const": "Lead captured successfully"},
        "lead_id": {"type": "string", "format": "uuid"},
        "lead_ids": {
            "type": "array",
            "items": {"type": "string", "format": "uuid"},
            "description": "One id for each lead, if the delivery had several events.",
        },
    },
}
_FILTERED = {
    "type": "object",
    "required": ["message", "reason"],
    "properties": {"message": {"type": "string"}, "reason": {"type": "string"}},
}
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}


def _from_slack(what: str) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refused = {
        "401": "The request is not signed by Slack.",
        "404": "No signing secret for Slack is set.",
        "503": "The press could not be saved, or the server is starting.",
    }
    return {
        "summary": what,
        "requestBody": {
            "required": True,
            "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}},
        },
        "responses": {
            "200": {"description": "Received; the answer to a command is a message to its user."},
            **{s: {"description": text, "content": problem} for s, text in refused.items()},
        },
    }


def _webhook(name: str) -> dict[str, Any]:
    media: dict[str, Any] = {kind: {"schema": {}} for kind in find(name).media}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    either = [{"$ref": "#/components/schemas/Captured"}, {"$ref": "#/components/schemas/Filtered"}]
    return {
        "operationId": f"deliver_{name}",
        "summary": f"Deliver a webhook of {name}.",
        "requestBody": {"required": True, "content": media},
        "responses": {
            "200": {
                "description": "The delivery is on the disk.",
                "content": {"application/json": {"schema": {"oneOf": either}}},
            },
            **{
                str(status): {"description": words, "content": problem}
                for status, words in _PROBLEMS.items()
            },
        },
    }


def _metrics() -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    page = _read("Metrics for Prometheus.", "text/plain")
    # The empty alternative: a token is needed only if one is set.
    page["security"] = [{}, {"metrics_token": []}]
    page["responses"] |= {
        "401": {"description": "The token is missing or wrong.", "content": problem},
        "404": {"description": "The metrics are served on another port.", "content": problem},
    }
    return page


def _read(summary: str, media_type: str) -> dict[str, Any]:
    return {
        "summary": summary,
        "responses": {"200": {"description": "Success.", "content": {media_type: {}}}},
    }

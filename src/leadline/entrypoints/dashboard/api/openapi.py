"""The description of the interface for programs, OpenAPI 3.1, out of the table of operations."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from leadline import __version__
from leadline.entrypoints.dashboard.api.operations import OPERATIONS, ApiOperation
from leadline.entrypoints.dashboard.api.writing import KEY_HEADER, KEY_PATTERN, LONGEST_KEY
from leadline.entrypoints.dashboard.guarding.access import OPENAPI
from leadline.entrypoints.dashboard.guarding.problems import PROBLEM, ApiProblem
from leadline.model.staff.accounts import UserRole

_TEMPLATE = "#/components/schemas/{name}"
FAILURES: Mapping[int, str] = {
    400: "A parameter, a header or the body is wrong.",
    401: "There is no token, or it is not good any more.",
    403: "The token may not do that.",
    404: "There is no such lead, or no such job any more.",
    408: "The body took too long to come.",
    409: "It was not done: others were faster, or the lead is not in a state for it.",
    413: "The body is too large.",
    415: "The body is not JSON by its content type.",
    422: "The key was used for something else, or nobody has that name.",
    429: "Too many requests; try again after Retry-After seconds.",
    500: "Something went wrong; the log of the dashboard says what.",
    503: "The data can't be read or written now; try again after Retry-After seconds.",
}
_OF_ALL, _OF_LEADS, _OF_ACTIONS = (400, 401, 403, 413, 429, 500, 503), (404,), (408, 409, 415, 422)


def failures_of(one: ApiOperation) -> list[int]:
    """The statuses with which it may fail."""
    of_lead = _OF_LEADS if "{" in one.path else ()
    return sorted((*_OF_ALL, *of_lead, *(_OF_ACTIONS if one.wanted else ())))


def api_document() -> dict[str, Any]:
    """The document."""
    types = [kind for one in OPERATIONS for kind in (one.answer, one.wanted, one.picks) if kind]
    kinds = list(dict.fromkeys([*types, ApiProblem]))
    _, schemas = msgspec.json.schema_components(kinds, ref_template=_TEMPLATE)
    for one in OPERATIONS:
        if one.picks is not None:  # `fields` may leave out any of them
            schemas[one.picks.__name__].pop("required", None)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Leadline dashboard",
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": {one.path: {one.method.lower(): _operation(one)} for one in OPERATIONS},
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: ApiOperation) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.about,
        "parameters": [*_path_of(one), *_query_of(one), *_key_of(one)],
        "responses": {
            "200": {"description": "Success.", "content": _content("application/json", one.answer)},
            **{str(status): _failure(status) for status in failures_of(one)},
        },
    }
    if one.lowest > UserRole.VIEWER:
        made["description"] = f"Needs a token that may write, with the role {one.lowest.word}."
    if one.wanted is not None:
        required = bool(msgspec.json.schema(one.wanted)["$defs"][one.wanted.__name__]["required"])
        content = _content("application/json", one.wanted)
        made["requestBody"] = {"required": required, "content": content}
    return made


def _content(media_type: str, kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": _TEMPLATE.format(name=kind.__name__)}}}


def _failure(status: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "description": FAILURES[status],
        "content": _content(PROBLEM, ApiProblem),
    }
    if status in (429, 503):
        made["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 0}}}
    return made


def _path_of(one: ApiOperation) -> list[dict[str, Any]]:
    schemas = {"lead_id": {"type": "string", "format": "uuid"}, "job_id": {"type": "string"}}
    return [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in schemas.items()
        if f"{{{name}}}" in one.path
    ]


def _key_of(one: ApiOperation) -> list[dict[str, Any]]:
    if one.wanted is None:
        return []
    schema = {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_KEY,
        "pattern": f"^{KEY_PATTERN}$",
    }
    about = "New for each action. Sent again within a day, it does nothing and answers the same."
    return [
        {"name": KEY_HEADER.title(), "in": "header", "required": True, "schema": schema,
         "description": about}
    ]  # fmt: skip


def _query_of(one: ApiOperation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "required": False, **_described(schema)}
        for name, schema in query_schemas(one).items()
    ]


def query_schemas(one: ApiOperation) -> dict[str, dict[str, Any]]:
    """The schemas of its parameters by name."""
    defs = msgspec.json.schema(one.asked)["$defs"]
    found: dict[str, dict[str, Any]] = defs[one.asked.__name__]["properties"]
    return {name: _plain(schema, defs) for name, schema in found.items()}


def _plain(schema: dict[str, Any], defs: Mapping[str, Any]) -> dict[str, Any]:
    """A schema without references, as addresses can have it: what is not given is left out."""
    choices = schema.get("allOf") or schema.get("anyOf") or ()
    rest = {key: value for key, value in schema.items() if key not in ("allOf", "anyOf", "$ref")}
    if reference := schema.get("$ref"):
        named = defs[reference.rpartition("/")[2]]
        return {key: value for key, value in {**named, **rest}.items() if key != "title"}
    for choice in choices:
        if choice.get("type") != "null":
            return _plain({**choice, **rest}, defs) | {}
    return rest


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in schema.items() if key not in ("description", "default")}
    if (default := schema.get("default")) not in (None, ""):
        kept["default"] = default
    return {"description": schema.get("description", ""), "schema": kept}


async def _openapi(request: Request) -> Response:
    del request
    return Response(msgspec.json.encode(api_document()), media_type="application/json")


OPENAPI_ROUTE = Route(OPENAPI, _openapi)

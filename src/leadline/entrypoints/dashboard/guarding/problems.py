"""Errors for programs: problem details (RFC 9457), which say nothing of a lead or its person."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from starlette.responses import Response

PROBLEM = "application/problem+json"


class ApiProblem(msgspec.Struct, frozen=True):
    """What went wrong: the status and its name, and what to do about it in words. `type` is always
    `about:blank`: the status says what kind of error it is."""

    type: str
    title: str
    status: int
    detail: str


def problem_answer(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer of the interface for programs to a request that failed."""
    problem = ApiProblem("about:blank", HTTPStatus(status).phrase, status, detail)
    return Response(msgspec.json.encode(problem), status, headers, media_type=PROBLEM)

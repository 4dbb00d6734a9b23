"""Errors in words: pages that say nothing of the request, of a lead, or of the code."""

import logging

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leadline.entrypoints.dashboard.guarding.problems import problem_answer
from leadline.entrypoints.dashboard.guarding.sessions import API
from leadline.entrypoints.dashboard.showing.rendering import render_page
from leadline.model.errors import ConfigurationError, StorageFailed, StorageFull

log = logging.getLogger(__name__)

_TITLES = {
    400: "This could not be read",
    403: "This is not allowed",
    404: "There is no such page",
    405: "This is not possible here",
    408: "This took too long",
    409: "This was not done",
    413: "This is too large",
    415: "This could not be read",
    429: "Too many at once",
    500: "Something went wrong",
    503: "This is not possible now",
}
_WORDS = {
    404: "What you looked for is not here, or not any more.",
    405: "This address answers to other requests.",
    500: "The log of the dashboard says what. Leads are not affected.",
    503: "The data can't be read now. Try again in a moment; `leadline doctor` says what is wrong.",
}


class Failing:
    """ASGI middleware: answers what raises an error inside of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        began = False

        async def sending(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:  # whoever asked did not wait, which is no failure of ours
            return
        except Exception as error:
            if scope["type"] != "http" or began:
                raise
            await failed(Request(scope), error)(scope, receive, send)


def failed(request: Request, error: Exception) -> Response:
    """The answer to a request that raised an error, which is logged if it is ours."""
    status, words, headers = _meaning_of(error)
    if status == 500:
        log.error("dashboard.failed", exc_info=error, extra={"path": _route_of(request)})
    words = words or _WORDS.get(status, "")
    if request.url.path.startswith(API):
        answer = problem_answer(status, words)
    else:
        title = _TITLES.get(status, "This was refused")
        answer = render_page(request, "message.html", title=title, words=words, status=status)
    for name, value in headers.items():
        answer.headers[name] = value
    return answer


def _meaning_of(error: Exception) -> tuple[int, str, dict[str, str]]:
    """The status of an error, words for whoever sees it ("": the usual ones), and headers."""
    if isinstance(error, HTTPException):
        usual = error.status_code in _WORDS
        return error.status_code, "" if usual else error.detail, dict(error.headers or {})
    if isinstance(error, StorageFailed | StorageFull | ConfigurationError):
        log.warning("dashboard.no_data", extra={"error": type(error).__name__})
        return 503, "", {"retry-after": "2"}
    return 500, "", {}


def _route_of(request: Request) -> str:
    """The path without what stands in it, such as an id."""
    return getattr(request.scope.get("route"), "path", "")

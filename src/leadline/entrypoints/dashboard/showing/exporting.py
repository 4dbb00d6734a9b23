"""Figures and lists as files to be saved."""

from collections.abc import Iterable, Iterator
from itertools import chain

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from leadline.entrypoints.dashboard.dashboard import dashboard_of

_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
}


def export(request: Request, name: str, kind: str, texts: Iterable[str]) -> Response:
    """An answer that browsers save under this name and the time now; *kind* is csv or json."""
    headers = _saved_as(request, name, kind)
    return Response("".join(texts).encode(), media_type=_MEDIA[kind], headers=headers)


async def stream(request: Request, name: str, kind: str, parts: Iterator[bytes]) -> Response:
    """As `export`, sent as it is made; *kind* may be jsonl, too. What fails before the first part
    is there raises its error here, and so is no answer that breaks off."""
    first = await run_in_threadpool(next, parts, b"")
    whole = chain((first,), parts)
    headers = _saved_as(request, name, kind)
    return StreamingResponse(whole, media_type=_MEDIA[kind], headers=headers)


def _saved_as(request: Request, name: str, kind: str) -> dict[str, str]:
    file = f"{name}-{dashboard_of(request).clock():%Y%m%d-%H%M%S}.{kind}"
    return {"content-disposition": f'attachment; filename="{file}"'}

"""Figures as a file to be saved."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from leadline.entrypoints.dashboard.dashboard import dashboard_of

_MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def export(request: Request, name: str, kind: str, texts: Iterable[str]) -> Response:
    """An answer that browsers save under this name and the time now; *kind* is csv or json."""
    file = f"{name}-{dashboard_of(request).clock():%Y%m%d-%H%M%S}.{kind}"
    headers = {"content-disposition": f'attachment; filename="{file}"'}
    return Response("".join(texts).encode(), media_type=_MEDIA[kind], headers=headers)

"""The bytes of whole answers to deliveries that went the short way."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus

from leadline.entrypoints.embedded.receiving.sending import header_fields
from leadline.ports.source import Answer

_STATUS = {
    status.value: b"HTTP/1.1 %d %b\r\n" % (status, status.phrase.encode()) for status in HTTPStatus
}
_USUAL = b"HTTP/1.1 200 OK\r\n%bcontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"

_Fields = Sequence[tuple[bytes, bytes]]


class _Usual:
    """The header fields that uvicorn gives all answers of one second, which it never changes in
    place, and their lines."""

    fields: _Fields | None = None
    lines = b""


_usual = _Usual()


def composed(answer: Answer, fields: _Fields, keep_alive: bool) -> bytes:
    """An answer as it is sent; *fields* are the header fields that all answers have."""
    more = _lines([*fields, *header_fields(answer)]) if answer.headers else _lines_of_all(fields)
    return b"%b%bcontent-type: %b\r\ncontent-length: %d\r\n%b\r\n%b" % (
        _STATUS[answer.status],
        more,
        answer.media_type.encode(),
        len(answer.body),
        b"" if keep_alive else b"connection: close\r\n",
        answer.body,
    )


def composed_usual(body: bytes, fields: _Fields) -> bytes:
    """As `composed`, for a status of 200 with JSON on a connection that stays open."""
    return _USUAL % (_lines_of_all(fields), len(body), body)


def _lines_of_all(fields: _Fields) -> bytes:
    if fields is not _usual.fields:
        _usual.fields, _usual.lines = fields, _lines(fields)
    return _usual.lines


def _lines(fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join([b"%b: %b\r\n" % field for field in fields])

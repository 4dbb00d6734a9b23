"""JSON as it really arrives: strict where it costs nothing, forgiving where a lead is at stake."""

import base64
import binascii
import json
import re
from typing import Any, TypeVar

import msgspec

from leadline.model.bounds import MOST_EVENTS
from leadline.model.charsets import UNKNOWN, decode_document, is_unknown, unicode_form
from leadline.model.errors import TooManyEvents, Unreadable

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_INTEGER = 300
_DEEPEST = 100
_TOO_DEEP = "the JSON is nested too deeply to be read"
T = TypeVar("T")
_raw = msgspec.json.Decoder(msgspec.Raw)
_raws = msgspec.json.Decoder(list[msgspec.Raw])
_any = msgspec.json.Decoder()


def read_json(body: bytes, charset: str = "") -> bytes:
    """The body as valid UTF-8 JSON text: the very bytes if they are that already.

    Mended are a byte order mark, another charset, NaN and Infinity (null), lone surrogates
    (U+FFFD) and a body that a proxy has put into base64. Raises Unreadable for anything else.
    """
    return read_labelled_json(body, charset)[0]


def read_labelled_json(body: bytes, charset: str) -> tuple[bytes, tuple[str, ...]]:
    """As `read_json`, with the notes of `charsets` on what was doubtful. UTF-8 comes before the
    label, since JSON is UTF-8 whatever its content type says (RFC 8259, section 8.1)."""
    try:
        _raw.decode(body)
        if not body.isascii():
            body.decode()
    except (ValueError, RecursionError):
        text, notes = _text(body, charset)
        return _mended(text), notes
    return body, (UNKNOWN,) if is_unknown(charset) else ()


def elements(raw: bytes) -> list[bytes]:
    """The elements of a JSON array, each as its very bytes; anything else is one element.

    Raises TooManyEvents for more elements than a delivery may ever hold.
    """
    if raw.lstrip(b" \t\r\n")[:1] != b"[":
        return [raw]
    found = peek(_raws, raw)
    if found is None:
        raise Unreadable(_TOO_DEEP)
    if len(found) > MOST_EVENTS:
        raise TooManyEvents(MOST_EVENTS)
    return [bytes(element) for element in found]


def peek(decoder: msgspec.json.Decoder[T], raw: bytes) -> T | None:
    """What a decoder of few fields finds in JSON text; None where the text has another shape."""
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def decode(raw: bytes) -> Any:
    """The value of JSON text that `read_json` gave; integers beyond reason stay text.

    Raises Unreadable for text nested so deeply that walking it could fail.
    """
    try:
        value = _any.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = _lenient(raw.decode(errors="replace"))
    if raw.count(b"[") + raw.count(b"{") > _DEEPEST and _deeper_than(value, _DEEPEST):
        raise Unreadable(_TOO_DEEP)
    return value


def _mended(text: str) -> bytes:
    text = text.strip("\ufeff\x00 \t\r\n")
    if text[:1] not in '{["' and (inner := _from_base64(text)) is not None:
        text = inner
    return msgspec.json.encode(_lenient(text))


def _text(body: bytes, charset: str) -> tuple[str, tuple[str, ...]]:
    if not unicode_form(body):
        try:
            return body.decode(), (UNKNOWN,) if is_unknown(charset) else ()
        except UnicodeDecodeError:
            pass
    return decode_document(body, charset)


def _from_base64(text: str) -> str | None:
    try:
        inner = base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return inner if inner.lstrip()[:1] in ("{", "[") else None


def _lenient(text: str) -> Any:
    try:
        value = json.loads(text, parse_constant=lambda _: None, parse_int=_integer, strict=False)
        return _sound(value)
    except RecursionError:
        raise Unreadable(_TOO_DEEP) from None
    except json.JSONDecodeError as error:
        detail = f"not JSON, character {error.pos}: {error.msg}" if text else "the body is empty"
        raise Unreadable(detail) from None


def _deeper_than(value: Any, limit: int) -> bool:
    """Whether containers stand more than so deep inside each other; level by level."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(limit):
        level = [
            inner
            for node in level
            for inner in (node.values() if isinstance(node, dict) else node)
            if isinstance(inner, dict | list)
        ]
    return bool(level)


def _integer(digits: str) -> int | str:
    if len(digits) > _LONGEST_INTEGER:
        return digits
    number = int(digits)
    return number if -(2**63) <= number < 2**64 else digits


def _sound(value: Any) -> Any:
    """The value without what UTF-8 and JSON can't carry."""
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    if isinstance(value, list):
        return [_sound(v) for v in value]
    if isinstance(value, dict):
        return {_sound(k): _sound(v) for k, v in value.items()}
    return value


def as_json_text(value: object) -> bytes:
    """JSON in UTF-8; halves of characters, which it can't hold, become U+FFFD."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.json.encode(_whole(msgspec.to_builtins(value)))


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_whole(key): _whole(item) for key, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list | tuple) else value

"""Reading JSON from senders: valid JSON fast, and common errors tolerantly, so no lead is lost."""

import base64
import binascii
import json
from typing import Any, TypeVar

import msgspec

from leadline.model.bounds import MOST_EVENTS
from leadline.model.errors import TooManyEvents, Unreadable
from leadline.model.texts.charsets import UNKNOWN, decode_document, is_unknown, unicode_form
from leadline.model.texts.patterns import late

_LONE_SURROGATE = late("[\ud800-\udfff]")
_LONGEST_INTEGER = 300
_DEEPEST = 100
_TOO_DEEP = "the JSON is nested too deeply to be read"
T = TypeVar("T")
_raw = msgspec.json.Decoder(msgspec.Raw)
_raws = msgspec.json.Decoder(list[msgspec.Raw])
_any = msgspec.json.Decoder()


def read_json(body: bytes, charset: str = "") -> bytes:
    """The body as valid UTF-8 JSON text; unchanged if it is valid already.

    Repaired are a byte order mark, another charset, NaN and Infinity (to null), lone surrogates (to
    U+FFFD) and a body that a proxy has encoded in base64. Raises Unreadable for anything else.
    """
    return read_labelled_json(body, charset)[0]


def read_labelled_json(body: bytes, charset: str) -> tuple[bytes, tuple[str, ...]]:
    """As `read_json`, with notes on problems (`charsets.NOTES`). UTF-8 is tried before the label,
    because JSON is UTF-8 regardless of its content type (RFC 8259, section 8.1)."""
    try:
        _raw.decode(body)
        if not body.isascii():
            body.decode()
    except (ValueError, RecursionError):
        text, notes = _text(body, charset)
        return _mended(text), notes
    return body, (UNKNOWN,) if is_unknown(charset) else ()


def elements(raw: bytes) -> list[bytes]:
    """The elements of a JSON array, each as its original bytes; anything else is one element.

    Raises TooManyEvents for more than MOST_EVENTS elements, and Unreadable for deep nesting.
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
    """The value that a decoder finds in JSON text; None if the text does not fit its type."""
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def decode(raw: bytes) -> Any:
    """The value of JSON text from `read_json`; integers beyond 64 bits become text.

    Raises Unreadable if the text is nested more than 100 levels deep, so that code may recurse.
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
    """Whether containers are nested deeper than *limit*; goes level by level, without recursion."""
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
    """The value without anything that UTF-8 or JSON can't represent."""
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
    """The value as JSON in UTF-8; lone surrogates become U+FFFD."""
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

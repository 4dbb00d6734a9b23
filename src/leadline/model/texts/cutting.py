"""Cuts events out of the body of a delivery that tells of others, too."""

from collections.abc import Collection
from typing import TypeVar

import msgspec

T = TypeVar("T")
_elements = msgspec.json.Decoder(list[msgspec.Raw])
_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_DEEPEST = 6
_Path = tuple[str, ...]
_Place = tuple[_Path, bytes]
_ANYWHERE: _Path = ("*",)


def body_without(body: bytes, raws: Collection[bytes]) -> bytes | None:
    """The body, JSON text, without the array elements that are these events; all other elements
    keep their bytes. None if nothing else is left, or an event is not found as an element: the body
    is a form or XML, or its elements were read from a string.

    *raws* are the `raw` of events. An event is an element of an array, or the object around an
    array with this one element in it (decision 26).
    """
    cut = _Cut(raws)
    rest = cut.text(body, (), 0)
    return rest if rest is not None and not cut.missing else None


class _Cut:
    """Cuts events out of JSON text, and knows which it has not found yet."""

    def __init__(self, raws: Collection[bytes]) -> None:
        self.missing = set(raws)
        self._places: dict[_Place, bytes] = {(_ANYWHERE, raw.strip()): raw for raw in raws}
        for raw in raws:
            self._add_places(raw, raw, (), 0)

    def _add_places(self, event: bytes, text: bytes, path: _Path, depth: int) -> None:
        """Note where an event's element is, for an event that is the object around it."""
        for key, value in _members_of(text, depth).items():
            inner = bytes(value)
            here = (*path, key)
            if inner[:1] == b"{":
                self._add_places(event, inner, here, depth + 1)
            elif (found := _elements_of(inner)) and len(found) == 1 and found[0][:1] == b"{":
                self._places.setdefault((here, found[0]), event)

    def text(self, text: bytes, path: _Path, depth: int) -> bytes | None:
        """The text without the events; None if nothing is left of it."""
        if (found := _elements_of(text)) is not None:
            return self._array(text, found, path, depth)
        members = _members_of(text, depth)
        kept = {key: self.text(bytes(one), (*path, key), depth + 1) for key, one in members.items()}
        if all(kept[key] == bytes(one) for key, one in members.items()):
            return text
        if None in kept.values():
            return None
        return msgspec.json.encode({key: msgspec.Raw(one or b"") for key, one in kept.items()})

    def _array(self, text: bytes, found: list[bytes], path: _Path, depth: int) -> bytes | None:
        kept = []
        for one in found:
            event = self._places.get((_ANYWHERE, one))
            if event is None and len(found) > 1:
                event = self._places.get((path, one))
            if event is not None:
                self.missing.discard(event)
            elif depth >= _DEEPEST:
                kept.append(one)
            elif (rest := self.text(one, path, depth + 1)) is not None:
                kept.append(rest)
        if kept == found:
            return text
        return b"[" + b",".join(kept) + b"]" if kept else None


def _elements_of(text: bytes) -> list[bytes] | None:
    """The elements of an array; None if the text is no array."""
    if text.lstrip(b" \t\r\n")[:1] != b"[":
        return None
    found = _peek(_elements, text)
    return None if found is None else [bytes(one) for one in found]


def _members_of(text: bytes, depth: int) -> dict[str, msgspec.Raw]:
    """The members of an object; none if the text is no object, or is nested too deeply."""
    if depth > _DEEPEST or text.lstrip(b" \t\r\n")[:1] != b"{":
        return {}
    return _peek(_members, text) or {}


def _peek(decoder: msgspec.json.Decoder[T], text: bytes) -> T | None:
    """As `json_text.peek`; that module loads `json`, which functions on AWS do without."""
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None

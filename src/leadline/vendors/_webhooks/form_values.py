"""The fields of a form before they are decoded: names, values, files, and the charset of each."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from leadline.model.texts.charsets import ascii_label, decode_texts

_CHARSET = b"_charset_"


class File(NamedTuple):
    """A file in a form, without its content: its name (text if the sender named its charset), its
    content type, and its size in bytes."""

    name: bytes | str
    content_type: str
    size: int


class Field(NamedTuple):
    """A field of a form. `name` is text if the sender encoded it with its charset; `label` is the
    charset that a part names for its own value, or ""."""

    name: bytes | str
    value: bytes | File
    label: str = ""


def decoded_fields(
    fields: Sequence[Field], label: str
) -> tuple[list[tuple[str, Any]], tuple[str, ...]]:
    """The names and values as text, and notes on decoding problems (`charsets.NOTES`). A file is an
    object with `filename`, `content_type` and `size`.

    A value is in the charset that its part names; all others, and the names, are in the one of
    `_charset_`, else in that of *label*, the content type's.
    """
    shared = (ascii_label(_told(fields)), ascii_label(label))
    texts = _Texts()
    names = [texts.take(field.name) for field in fields]
    values = [_taken(field, texts) for field in fields]
    notes = texts.decode(shared)
    pairs = [
        (texts.read[name], _shown(field.value, texts.read[value]))
        for field, name, value in zip(fields, names, values, strict=True)
    ]
    return pairs, notes


class _Texts:
    """Texts that are decoded together where they share a charset, which decides it for all."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.raw: dict[int, bytes] = {}
        self.labels: dict[int, str] = {}

    def take(self, text: bytes | str, label: str = "") -> int:
        """Add a text; returns its position in `read`."""
        position = len(self.read)
        self.read.append(text if isinstance(text, str) else "")
        if isinstance(text, bytes):
            self.raw[position] = text
        if label:
            self.labels[position] = label
        return position

    def decode(self, shared: tuple[str, str]) -> tuple[str, ...]:
        together = [at for at in self.raw if at not in self.labels]
        notes = self._decode(together, *shared)
        for at, label in self.labels.items():
            notes += self._decode([at], label, *shared)
        return tuple(dict.fromkeys(notes))

    def _decode(self, positions: Sequence[int], *labels: str) -> tuple[str, ...]:
        texts, notes = decode_texts([self.raw[at] for at in positions], *labels)
        for at, text in zip(positions, texts, strict=True):
            self.read[at] = text
        return notes


def _told(fields: Sequence[Field]) -> str:
    """The value of the field `_charset_`, in any case (HTML standard, "Constructing the entry
    list")."""
    for name, value, _ in fields:
        if isinstance(name, bytes) and name.lower() == _CHARSET and isinstance(value, bytes):
            return value.decode("latin-1").strip()
    return ""


def _taken(field: Field, texts: _Texts) -> int:
    if isinstance(field.value, File):
        return texts.take(field.value.name)
    return texts.take(field.value, field.label)


def _shown(value: bytes | File, text: str) -> Any:
    if not isinstance(value, File):
        return text
    return {"filename": text, "content_type": value.content_type, "size": value.size}

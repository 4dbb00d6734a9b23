"""Which codecs Python's registry is asked for."""

import codecs
import encodings
from collections.abc import Iterator
from contextlib import contextmanager

from leadline.model.texts import charsets

OURS = frozenset(codec.replace("-", "_") for codec in charsets.LABELS.values()) | {
    "ascii", "latin_1", "utf_8", "utf_32_le", "utf_32_be",
}  # fmt: skip
"""The names that may be asked for, as the registry spells them."""


@contextmanager
def watched_codecs() -> Iterator[list[str]]:
    """What is asked for meanwhile, each codec once: the registry's memory is emptied before."""
    asked: list[str] = []

    def search(name: str) -> codecs.CodecInfo | None:
        asked.append(name)
        return encodings.search_function(name)

    codecs.unregister(encodings.search_function)
    codecs.register(search)
    try:
        yield asked
    finally:
        codecs.unregister(search)
        codecs.register(encodings.search_function)

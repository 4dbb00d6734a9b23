"""Texts in the form in which they are compared: lower case, without accents, in Latin letters."""

from functools import lru_cache

from leadline.model.texts import folding
from leadline.model.texts.patterns import late

_WORD = late(r"[^\W_]+")
_APOSTROPHES = str.maketrans("", "", "'’`´")
LONGEST = 120
"""The length to which texts are cut before they are compared, in characters."""


@lru_cache(4096)  # the same names and places come again
def folded_text(text: str) -> str:
    """The words of a text in lower case, without accents and punctuation, with one blank between
    them; "" if it has none."""
    return " ".join(folded_words(text))


def folded_words(text: str) -> list[str]:
    """The folded words of a text."""
    return list(_folded(text[:LONGEST]))


@lru_cache(256)  # several traits look at one name
def _folded(text: str) -> tuple[str, ...]:
    if text.isascii():
        return tuple(_WORD.findall(text.translate(_APOSTROPHES).lower()))
    found = _WORD.findall(text.translate(_APOSTROPHES))
    return tuple([word.lower() if word.isascii() else _in_latin(word) for word in found])


def _in_latin(word: str) -> str:
    letters = folding.folded(word)
    return letters if word.isalpha() and letters else word.casefold()

"""What words sound like: a key that most misspelt writings of one have in common."""

from functools import lru_cache

from leadline.model.texts.patterns import late

_REMEMBERED = 4096
_CODES = str.maketrans(
    "bfpvcgjkqsxzdtlmnr",
    "111122222222334556",
)


@lru_cache(_REMEMBERED)  # the same names and places come again
def sound(text: str) -> str:
    """The American Soundex code of the letters of a folded text, "" if it has none."""
    letters = [c for c in text if "a" <= c <= "z"]
    if not letters:
        return ""
    code = letters[0]
    before = letters[0].translate(_CODES)
    for letter in letters[1:]:
        digit = letter.translate(_CODES)
        if digit.isdigit():
            if digit != before:
                code += digit
            before = digit
        elif letter not in "hw":
            before = ""
        if len(code) == 4:
            break
    return code.ljust(4, "0")


def rough_sound(text: str, most: int) -> str:
    """The first *most* codes of the consonants of a folded text. Unlike in `sound`, the first
    letter is a code, too, and those alike count once whatever vowels are between them, so that
    more slips leave it as it is."""
    codes = ""
    for letter in text:
        code = letter.translate(_CODES)
        if letter != code and not codes.endswith(code):
            codes += code
            if len(codes) == most:
                break
    return codes


@lru_cache(_REMEMBERED)  # a candidate's name is asked about in each comparison
def spelt_plainly(name: str) -> str:
    """A folded given name in one spelling for those that sound the same: Catherine and Katherine,
    Stephen and Steven, John and Jon. Names of men and of women stay apart (René and Renée)."""
    if len(name) < _LEAST_LETTERS:
        return name  # An and Anh are two names
    for pattern, plain in _SPELLINGS:
        name = pattern.sub(plain, name)
    return name


_LEAST_LETTERS = 4
_SPELLINGS = (
    (late("ph|v"), "f"),
    (late("chr"), "kr"),
    (late("(?<=[tgrnl])h|(?<=[^sc])h(?=[^aeiouy]|$)"), ""),
    (late("c(?=[eiy])|z"), "s"),
    (late("ck|c(?!h)"), "k"),
    (late("y"), "i"),
    (late(r"([b-df-hj-np-tv-z])\1(?!e$)"), r"\1"),
)
"""Two l before an e tell names of women from those of men (Danielle, Daniele), so they stay."""

"""How names of countries are compared: by a key that is the same for spellings of one name."""

import unicodedata

_LONGEST = 100
# Letters that Unicode does not decompose, and that people write without their stroke.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_DROPPED = frozenset(("the", "and", "of"))
_ASCII = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()})
"""As for other letters, at a tenth of the cost: most names, and tables of names, have no others."""


def country_key(name: str) -> str:
    """The name in lower case without accents, punctuation, "the", "and" and "of"; "St." is "saint"
    and "U.S.A." is "usa". Of a long name only the first 100 characters count."""
    if name.isascii():
        words = name[:_LONGEST].lower().translate(_ASCII).split()
    else:
        plain = unicodedata.normalize("NFKD", name[:_LONGEST].casefold().translate(_PLAIN))
        kept = (c for c in plain if not unicodedata.combining(c))
        words = "".join(c if c.isalnum() else " " for c in kept).split()
    if len(words) > 1:  # AND alone is the code of Andorra, ST that of São Tomé
        words = _spelled(words)
    return " ".join(words)


def _spelled(words: list[str]) -> list[str]:
    """The words with single Latin letters in a row joined and "st" written out."""
    found: list[str] = []
    initials = False
    for word in words:
        if word in _DROPPED:
            continue
        single = len(word) == 1 and word.isalpha() and unicodedata.category(word) == "Ll"
        if single and initials:
            found[-1] += word
        else:
            found.append(word)
        initials = single
    return ["saint" if word == "st" else word for word in found]

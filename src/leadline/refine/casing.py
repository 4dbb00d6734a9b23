"""Corrects the case of person names typed in capitals only or in small letters only."""

import re
from functools import lru_cache

from leadline.refine import text

# Particles in lower case between first and last name: "Maria de la Cruz", "Ludwig van Beethoven".
# French and Italian articles are not listed, because they are capitalised (Le Goff, La Russa, Di
# Maio).
_SMALL = text.words(
    "van von vom vander der den de del des dos das da do du zu zur zum ter ten op af av ibn bint"
)
_LINKS = text.words("and or & und et")
_JR = ("jr", "sr")
_AFTER_DE = text.words("la las los el l")
_VIETNAMESE = text.words(
    "nguyen nguyễn tran trần le lê pham phạm hoang hoàng phan huynh huỳnh vu vũ vo võ dang "
    "đặng bui bùi do đỗ ho hồ ngo ngô duong dương ly lý"
)
"""Family names that come first; a "van" or "do" after them is a name, not a particle."""

_FIXED = {
    **{one.lower(): one for one in ("II", "III", "IV", "VII", "VIII", "IX")},
    **{one.lower(): one for one in ("PhD", "MD", "MBA", "CPA", "DDS", "DVM", "RN", "JD", "BSc")},
    **{one.lower(): one for one in ("MSc", "CFA", "PMP", "CEO", "CTO", "CFO", "LLM")},
}
"""Numerals and degrees at the end of a name, without Ma, Ba, Do and Vi, which are family names."""

_TITLES = text.words("mr mrs ms mx dr st jr sr fr ng sgt mlle")
_VOWEL = re.compile("[aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýœ]")
_MAC = re.compile(
    "mac(?=(?:alister|allister|arthur|askill|aulay|auley|beth|bride|callum|carthy|coll|cormack"
    "|diarmid|donald|donell|donnell|dougall?|duff|eachern|ewan|ewen|fadyen|farlane|farland"
    "|gillivray|ginnis|gowan|gregor|innes|innis|intosh|intyre|kay|kenna|kenzie|kinlay|kinnon"
    "|lachlan|laine|laren|lean|lellan|lennan|leod|mahon|manus|master|millan|nab|naughton|neil"
    "|neill|nicol|niven|phail|phee|pherson|quarrie|queen|rae|ritchie|taggart|tavish|vicar)$)"
)
"""Names with a capital after Mac; Macedo, Machado, Macias, Mack and Macy have none."""

_PIECES = re.compile(r"[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*")
_ELIDED = text.words("o d l n m t dell dall sant degl")
_LONGEST_ELIDED = 12  # with punctuation around it
_LONGEST_WORD = 30
_APOSTROPHES = text.words("' ’ ʼ ` ´")
_TURKISH = re.compile("[İıŞşĞğ]")


def recase(name: str) -> str:
    """The name in usual case, if it has only capitals or only small letters; else unchanged."""
    if not (name.isupper() or name.islower()):
        return name
    words = _lower(name).split(" ")
    tail = _tail(words)
    family_first = words[0] in _VIETNAMESE
    kept = []
    for place, word in enumerate(words):
        inside = 0 < place < tail - 1
        if inside and (word in _LINKS or (not family_first and _is_small(word, words[place - 1]))):
            kept.append(word)
        elif place >= tail and (core := word.strip(".,")) in _FIXED:
            kept.append(word.replace(core, _FIXED[core]))
        else:
            kept.append(_capitalised(word))
    return " ".join(kept)


def _tail(words: list[str]) -> int:
    """The index of the first numeral, degree, Jr. or Sr. at the end; at least 1."""
    place = len(words)
    while place > 1 and (
        words[place - 1].strip(".,") in _FIXED or words[place - 1].strip(".,") in _JR
    ):
        place -= 1
    return place


def recase_last(name: str) -> str:
    """`recase` for a family name alone, which may begin with a particle."""
    cased = recase(name)
    first, gap, rest = cased.partition(" ")
    if gap and cased != name and first.lower() in _SMALL:
        return f"{first.lower()} {rest}"
    return cased


def _is_small(word: str, before: str) -> bool:
    return word in _SMALL or (word in _AFTER_DE and before in ("de", "del"))


def _lower(name: str) -> str:
    if not name.isascii() and _TURKISH.search(name):  # in Turkish, I and İ are two letters
        name = name.replace("I", "ı").replace("İ", "i")
    return name.lower()


def _capitalised(word: str) -> str:
    """A word with all its parts capitalised: "jean-pierre", "o'brien", "j.r.r.", "mcdonald"."""
    return _of_word(word) if len(word) <= _LONGEST_WORD else _of_word.__wrapped__(word)


@lru_cache(maxsize=2048)  # most names are of the same few words
def _of_word(word: str) -> str:
    bare = word.strip(".,")
    if len(bare) <= 3 and bare.isalpha() and bare not in _TITLES and not _VOWEL.search(bare):
        return word.upper() if bare.isascii() else _titled(word)
    if bare in ("aj", "cj", "ej", "oj", "phd"):
        return word.replace("phd", "PhD") if bare == "phd" else word.upper()
    parts = []
    end = 0
    for piece in _PIECES.finditer(word):
        parts.append(word[end : piece.start()])
        parts.append(_piece(piece.group(), word, piece.start(), end))
        end = piece.end()
    return "".join(parts) + word[end:]


def _piece(letters: str, word: str, start: int, previous: int) -> str:
    if previous and word[start - 1] in _APOSTROPHES:
        before = word[max(previous - _LONGEST_ELIDED, 0) : previous]
        elided = before.rpartition("-")[2].strip("\"'(") in _ELIDED
        if not elided or len(letters) < 2:  # "jo's", "ka'ana": the apostrophe is inside a word
            return letters
    elif start and word[start - 1].isdigit():  # "2nd"
        return letters
    if letters.startswith("mc") and len(letters) > 3:
        return "Mc" + _titled(letters[2:])
    if _MAC.match(letters):
        return "Mac" + _titled(letters[3:])
    return _titled(letters)


def _titled(word: str) -> str:
    first = word[:1].title()
    return (first if len(first) == 1 else word[:1]) + word[1:]  # "ŉ" has no single capital letter

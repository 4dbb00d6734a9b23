"""Names as their letters alone, so that one name written in several ways is one text.

For comparing names, never for showing them: "José" and "JOSE", "Łukasz" and "Lukasz", "Иванов" and
"Ivanov" become equal.
"""

import unicodedata

from leadline.model.texts.patterns import late

# Letters that Unicode does not take apart. The small letters only: text is casefolded before.
_LATIN = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i",
    "ŀ": "l", "ŋ": "ng", "ĸ": "k", "ŧ": "t", "ə": "e", "ɨ": "i", "ʉ": "u", "ƀ": "b", "ɓ": "b",
    "ɗ": "d", "ƙ": "k", "ƴ": "y", "ŉ": "n",
}  # fmt: skip
# How passports and the press write Russian, Ukrainian, Belarusian, Bulgarian and Serbian names
# (BGN/PCGN, without its apostrophes).
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "і": "i", "ї": "yi",
    "є": "ye", "ґ": "g", "ў": "u", "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz",
    "ѓ": "gj", "ќ": "kj", "ѕ": "dz", "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u",
    "ү": "u", "һ": "h",
}  # fmt: skip
# ELOT 743, as Greek passports do.
_GREEK = {
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
    "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
    "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip
_OF_LATIN, _OF_CYRILLIC, _OF_GREEK = map(str.maketrans, (_LATIN, _CYRILLIC, _GREEK))
_CYRILLIC_LETTER = late("[а-ӿ]")  # й and ї are letters of their own, not и with a mark
_ADJECTIVE = late(r"[иы]й\b")  # "Дмитрий" is Dmitry
_GREEK_LETTER = late("[α-ω]")
_GREEK_PAIRS = (("ου", "ou"), ("αυ", "av"), ("ευ", "ev"), ("γγ", "ng"), ("γχ", "nch"))
_GREEK_FIRST = late(r"\bμπ")
_MARK = late("[\u0300-\u036f]+")  # accents; the vowel signs of other scripts are letters


def folded(name: str) -> str:
    """The letters of a name alone: casefolded, accents taken away, ł ø đ ð ß æ œ þ as they are
    typed without them, Cyrillic and Greek in Latin letters; other scripts as they are.

    Blanks, dots, hyphens, apostrophes and digits fall away: "O'Neil" and "Oneil" are one name, as
    are "Jean-Luc" and "Jean Luc". "" where there is no letter. Takes time quadratic in runs of
    combining marks, so the caller bounds the length, as refinement does.
    """
    if name.isascii():
        return name.lower() if name.isalpha() else "".join(filter(str.isalpha, name)).lower()
    text = unicodedata.normalize("NFC", name).casefold()
    if _CYRILLIC_LETTER.search(text):
        text = _ADJECTIVE.sub("y", text).translate(_OF_CYRILLIC)
    text = _MARK.sub("", unicodedata.normalize("NFKD", text.translate(_OF_LATIN)))
    if _GREEK_LETTER.search(text):
        text = _GREEK_FIRST.sub("b", text)
        for pair, latin in _GREEK_PAIRS:
            text = text.replace(pair, latin)
        text = text.translate(_OF_GREEK)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return text if text.isalpha() else "".join(filter(_is_letter, text))


def _is_letter(character: str) -> bool:
    return character.isalpha() or unicodedata.category(character)[0] == "M"


def folded_for_search(text: str) -> str:
    """A text as searches compare it: casefolded, without accents, ł ø đ ð ß æ œ þ as they are typed
    without them, full-width letters as usual ones; all else stays as it is."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_OF_LATIN))
    return unicodedata.normalize("NFC", _MARK.sub("", plain))

"""The case of company names that were typed in capitals only or in small letters only.

Abbreviations stay in capitals where that is what they are: short words that are no common word and
cannot be pronounced, and those in `company_word_lists.CAPITALS`.
"""

import re
from functools import lru_cache

from leadline.model.texts.patterns import late
from leadline.refine import text
from leadline.refine.companies.form_case import usual_form
from leadline.refine.companies.word_lists import BRANDS, CAPITALS, COMMON
from leadline.refine.names.casing import recase

_ALSO_CAPITALS = text.words("ооо зао оао пао ао ип тов ooo oao zao pao pt it us")
"""Capitals as the first word: legal forms, IT and US."""
_SMALL = text.words(
    "a and of the for in on at by to from und für der die das et de des du la le les del el y e da "
    "do dos di van von"
)

_MOST_WORDS = 8  # more are a sentence
_SENTENCE = late(r"[?!@;]|://")
_DOMAIN = late(r"[a-z0-9-]{3,}\.(?:com|net|org|io|ai|de|fr|co\.uk)")
_VOWELS = "aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüœаеёиоуыэюяіїєαεηιουωάέήίόύώ"
_VOWEL = late(f"[{_VOWELS}]", re.I)
_JOINTS = late(r"([-/&+])")
_ORDINAL = late("[0-9]+(?:st|nd|rd|th)")
_AROUND = ".,()'\"«»„“”"
_SHORT = 5
_DASHES = ("-", "–", "—", "/")
_WITH_Z = late(r"\b(?:sp\.? z|spol\.? s) ?[or]\.? ?o\b", re.I)
"""Polish, Czech and Slovak forms of several words."""
_PRONOUNCED = late(
    "(?:[bcdfghjklmnprstvwxyz]|[bcfgp][lr]|[cgpst]h|[dkt]r|s[cklmnptw]|qu)?[aeiou]{1,2}"
    "(?:(?:[bcdfgjklmnprstvxz]|[lmnrs][bcdfgkmnpstz]|[bcdgkpt]r|ll|tt|kk|pp|ff|zz|gg|dd)[aeiouy]"
    "[bcdfgklmnrstxyz]?"
    "|[bdfgklmnprstxyz]|c[hk]|l[dfkmpt]|mp|n[cdgkst]|r[dfgkmnpt]|s[hkpst]|t[htz]|ll|ff|rr|nn|gg)"
)
"""Words of four letters that can be pronounced."""


def recase_company(name: str) -> str:
    """The name in usual case if it has only capitals or only small letters; else unchanged."""
    if not (name.isupper() or name.islower()):
        return name
    words = name.split(" ")
    cores = [word.strip(_AROUND) for word in words]
    forms = [None, *map(usual_form, cores[1:])]  # the first word is never one
    named = [place for place, form in enumerate(forms) if form is None]
    if name.isupper():
        if not _is_typing([_lower(cores[place]) for place in named], forms):
            return name
    elif len(named) > _MOST_WORDS or _SENTENCE.search(name):
        return name
    kept = []
    last = len(words) - 1
    for place, (word, core, form) in enumerate(zip(words, cores, forms, strict=True)):
        is_first = not place or words[place - 1] in _DASHES
        is_initial = len(core) == 1 and core + "." in word
        cased = form or (core.upper() if is_initial else _cased(core, is_first, place == last))
        kept.append(word.replace(core, cased) if core else word)
    return _WITH_Z.sub(lambda form: form[0].lower().replace("sp.", "Sp.", 1), " ".join(kept))


def _is_typing(words: list[str], forms: list[str | None]) -> bool:
    """Whether capitals are typing: a common or long word shows it. One short word before a legal
    form that is always in capitals may be an abbreviation: EPCOS AG."""
    if len(words) > 1 or any(form and not form.isupper() for form in forms):
        return any(map(_has_word, words))
    word = words[0]
    is_short = len(word) < _SHORT or (len(word) == _SHORT and _VOWEL.match(word))
    return _DOMAIN.fullmatch(word) is not None or (not is_short and _has_word(word))


def _has_word(word: str) -> bool:
    return word in _SMALL or any(map(_is_word, _JOINTS.split(word)))


@lru_cache(maxsize=2048)  # most names are of the same few words
def _cased(word: str, is_first: bool, is_last: bool) -> str:
    """A word in usual case; one in capitals stays if it may be an abbreviation."""
    lowered = _lower(word)
    if lowered in BRANDS:
        return BRANDS[lowered]
    if lowered in CAPITALS or (is_first and lowered in _ALSO_CAPITALS):
        return word.upper()
    if lowered in _SMALL:
        return lowered.title() if is_first or is_last else lowered
    if _DOMAIN.fullmatch(lowered):
        return lowered.capitalize()
    parts = _JOINTS.split(lowered)
    has_word = any(map(_is_word, parts))
    if word.islower():
        is_short = "&" in word and not has_word and max(map(len, parts)) < _SHORT  # "at&t"
        return word.upper() if is_short else "".join(map(_titled, parts, range(len(parts))))
    if not has_word:
        return word
    return "".join(
        _titled(part, place) if _is_word(part) or part in _SMALL else part.upper()
        for place, part in enumerate(parts)
    )


def _lower(word: str) -> str:
    if "İ" in word:  # in Turkish, I and İ are two letters
        word = word.replace("I", "ı").replace("İ", "i")
    return word.lower()


def _titled(part: str, place: int) -> str:
    """A part between hyphens in usual case; *place* is its index."""
    if place and part in _SMALL:  # "Rent-a-Car"
        return part
    letters = part.lstrip("0123456789")
    digits = part[: len(part) - len(letters)]
    if digits and (len(letters) < 2 or _ORDINAL.fullmatch(part)):
        return part if len(letters) > 1 else part.upper()  # "2nd", "3M"
    if _is_consonants(letters):
        return part.upper()
    return digits + recase(letters)


def _is_consonants(letters: str) -> bool:
    """Whether short letters cannot be a word: "kpmg", but "St" and "Mr"."""
    is_short = len(letters) < _SHORT and letters.isascii() and letters.isalpha()
    return is_short and letters not in COMMON and not _VOWEL.search(letters)


def _is_word(letters: str) -> bool:
    """Whether capitals here are typing, not an abbreviation: a common word, a long one with vowels,
    or one of four letters that can be pronounced. *letters* are small."""
    if letters in COMMON or _ORDINAL.fullmatch(letters):
        return True
    bare = letters.strip("0123456789'’")
    if letters in CAPITALS or not bare.replace("'", "").replace("’", "").isalpha():
        return False
    if len(bare) == _SHORT - 1:
        return _PRONOUNCED.fullmatch(bare) is not None
    return len(bare) >= _SHORT and _VOWEL.search(bare) is not None

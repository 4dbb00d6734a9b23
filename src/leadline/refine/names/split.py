"""Splits a whole name into first and last name where the name itself, or its country, says how."""

from leadline.model.texts.names import PARTICLES
from leadline.model.texts.patterns import late
from leadline.refine import text
from leadline.refine.mends.nulls import without_nulls
from leadline.refine.names.beside import without_beside, without_company, without_said
from leadline.refine.names.casing import recase, recase_last
from leadline.refine.names.casing_particles import SMALL
from leadline.refine.names.iberian import PORTUGUESE, SPANISH, in_iberia
from leadline.refine.names.order import by_order, is_eastern_country
from leadline.refine.names.parts import (
    SEVERAL,
    NameParts,
    are_two_people,
    maybe_given,
    names_in,
    word_key,
)
from leadline.refine.names.titled import is_behind_title, is_between, led_by_particles
from leadline.refine.names.words import (
    PLACEHOLDERS,
    is_at_law,
    is_before_last,
    is_born,
    is_degree,
    is_department,
    is_family,
    is_honorific,
    is_honorific_in,
    is_place_at_work,
    is_rank,
    is_suffix,
    is_title_of_two,
    without_suffix,
)

_EASTERN = (
    ("\u1100", "\u11ff"),
    ("\u2e80", "\u9fff"),
    ("\ua960", "\ua97f"),
    ("\uac00", "\ud7ff"),
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)
"""The first and last letters of Chinese, Japanese and Korean script."""
_NICKNAME = late(r"\s(?:\".+?\"|“.+?”|\(.+?\)|‘.+?’|'.+?')(?=\s|$)")
_PAIRED = late(r"(?<=[^\W\d_]{2})([&+/])(?=[^\W\d_])")  # "Anna&Peter Weber"
_SURE_COUPLE = text.words("and & und + / or et og och и і та")
"""Words between two people that are no initial, particle or name."""
_COUPLE = _SURE_COUPLE | {"y", "e"}
_IRISH = text.words(
    "meara connell connor neal neil neill brien reilly hara keefe leary malley shea sullivan toole "
    "donnell dwyer hagan hare keeffe loughlin mahoney rourke gorman grady halloran carroll"
)
"""What stands behind "O" in family names: "O Connell"; elsewhere O is an initial."""
_SERVANT = text.words("abdul abdel abdal abdoul abdur abdus abd")
"""What is half of a given name: "servant of", before a name of God."""
_JOINTS = {ord(sign): None for sign in "-'’"}
_DIGIT = late(r"\d")
_MOST_WORDS = 6


def split(name: str, region: str, family: int) -> NameParts | None:
    """The first and last name; None if splitting would be a guess: single names, and names with
    digits. *family* is the known number of words of the last name; 0 if unknown."""
    words = _words(name)
    if words is None:
        return _of_two(name)
    titles, words = _without_titles(words, region)
    if is_eastern(name):
        from leadline.refine.names.own_script import in_own_script

        return in_own_script(words, region) if _DIGIT.search(name) is None else None
    if len(words) > 1 and is_department(words[-1]):
        return NameParts(None, None, "name.suspect")
    if len(words) > 1 and is_family(words[-1]):  # "The Smith Family"
        titles, words = words[-1:], words[words[0].lower() == "the" : -1]
    if len(words) == 1 or (titles and is_family(titles[0])):
        return _family_alone(titles, words, region) if titles else None
    if titles and is_behind_title(titles[-1], words):
        return NameParts(None, recase_last(" ".join(words)))
    if _COUPLE.isdisjoint(map(str.lower, words)) or not (couple := _connective(words)):
        return _of_person(name, words, region, family)
    return _of_couple(name, words, couple)


def _words(name: str) -> list[str] | None:
    """The words of a name without nicknames and what stands behind a comma; None if that is not
    titles."""
    base, comma, rest = name.partition(",")
    if not base.replace(" ", "").isalpha():
        base = without_beside(_PAIRED.sub(r" \1 ", _NICKNAME.sub("", base)))
    words = base.split()
    if len(words) > 2:
        words = without_company(without_said(words))
    if len(words) > 3 and any(map(is_born, words[2:-1])):
        del words[next(place for place in range(2, len(words)) if is_born(words[place])) :]
    if not comma or _is_behind(rest):
        return words or None
    stray = len(words) > 1 and (is_before_last(words[-1]) or len(words[-1].strip(".")) == 1)
    if stray and rest.strip().isalpha():  # "Ada K, Lovelace", "Ada Mrs, Lovelace"
        return [word for word in words if not is_before_last(word)] + [rest.strip()]
    return None


def _of_two(name: str) -> NameParts | None:
    """The parts of "Anna Weber, Peter Schmidt", which are none."""
    one, _, other = name.partition(",")
    both = one.split(), other.split()
    two = len(both[0]) > 1 and not _DIGIT.search(name) and are_two_people(*both)
    return NameParts(None, None, SEVERAL) if two else None


def _is_behind(rest: str) -> bool:
    plain = rest.strip(" ,-")
    if not plain or is_suffix(plain) or is_degree(plain) or is_at_law(plain):
        return True
    return is_place_at_work(plain) or is_born(plain.split()[0])


def _without_titles(words: list[str], region: str) -> tuple[list[str], list[str]]:
    """The titles before a name, and the name without them and without suffixes."""
    start = 0
    last = len(words) - 1
    while start < last:
        if is_honorific_in(words[start], region) or (start < last - 1 and is_rank(words[start])):
            start += 1
        elif start < last - 1 and (
            (words[start].lower() == "state" and is_honorific(words[start + 1]))
            or is_title_of_two(words[start], words[start + 1])
            or (start and words[start].lower() in _COUPLE and is_honorific(words[start + 1]))
        ):
            start += 2  # "State Senator", "de heer", "Mr. and Mrs."
        else:
            break
    return words[:start], without_suffix(words[start:], region)


def _family_alone(titles: list[str], words: list[str], region: str) -> NameParts | None:
    """The last name behind titles: "Herr Dr. Weber", "Familie Weber"."""
    last = recase_last(" ".join(words))
    if is_family(titles[0]) or not _COUPLE.isdisjoint(map(str.lower, titles)):
        return NameParts(None, last, SEVERAL)
    letters = last.translate(_JOINTS)
    known = (
        letters.isalpha() and len(last) > 1 and all(is_before_last(one, region) for one in titles)
    )
    return NameParts(None, last) if known and last.lower() not in maybe_given() else None


def is_eastern(name: str) -> bool:
    """Whether a name has a letter of Chinese, Japanese or Korean script."""
    if name.isascii() or max(name) < _EASTERN[0][0]:
        return False
    return any(low <= sign <= high for sign in name for low, high in _EASTERN)


def is_couple(first: str) -> bool:
    """Whether a first name is that of two people: "Anna & Peter"."""
    return " " in first and not _SURE_COUPLE.isdisjoint(first.lower().split()[1:-1])


def _connective(words: list[str]) -> int:
    """The place of the word between two people; 0 if there is none."""
    for place, word in enumerate(words[1:-1], 1):
        lowered = word.lower()
        if lowered in _SURE_COUPLE and not is_between(word, words[place - 1], words[place + 1]):
            return place
        if lowered in ("y", "e") and place == 1 and word == lowered and len(words) > 3:
            given = names_in("ES_GIVEN")  # "Juan y María López", but Ortega y Gasset
            if word_key(words[0]) in given and word_key(words[2]) in given:
                return place
    return 0


def _of_couple(name: str, words: list[str], place: int) -> NameParts:
    """Two people: the last name, if they share it."""
    one = [word for word in words[:place] if len(word.strip(".")) > 1]
    other = [word for word in words[place + 1 :] if len(word.strip(".")) > 1]
    shared = len(other) > 1 and (len(one) < 2 or one[-1].lower() == other[-1].lower())
    if not shared or _DIGIT.search(name):
        return NameParts(None, None, SEVERAL)
    return NameParts(None, recase_last(" ".join(other[_start_of_last(other) :])), SEVERAL)


def _of_person(name: str, words: list[str], region: str, family: int) -> NameParts | None:
    if len(words) > _MOST_WORDS or not _is_sure(name, words):
        return None
    if words[0].lower() in SMALL and (led := led_by_particles(words)):
        return led
    if not 0 < family < len(words):
        parts = by_order(words, region)
        if parts is None and len(words) > 2 and (region in SPANISH or region in PORTUGUESE):
            parts = in_iberia(words)
        if parts is not None:
            first, last = parts.first or "", parts.last or ""
            return NameParts(recase(first), recase_last(last), parts.problem)
    if 0 < family < len(words):
        start = len(words) - family
        if _has_two_given(region) and all(len(word_key(word)) > 1 for word in words[:start]):
            return NameParts(recase(" ".join(words[:start])), recase_last(" ".join(words[start:])))
    else:
        start = _start_of_last(words)
    if start == 1 and words[0].islower() and words[0] in SMALL:  # "von Hohenfels"
        return NameParts(None, " ".join(words))
    size = min(_size_of_first(words), start)
    return NameParts(recase(" ".join(words[:size])), recase_last(" ".join(words[start:])))


def _size_of_first(words: list[str]) -> int:
    """How many words the given name has: "Abdul Karim", "Abd al Rahman" are one."""
    if (key := word_key(words[0])) not in _SERVANT:
        return 1
    return 3 if key == "abd" and words[1].lower() in PARTICLES else 2


def _has_two_given(region: str) -> bool:
    """Whether two given names of a country are one: "Ortiz, Juan Carlos", "Wang, Xiao Ming"."""
    return region in SPANISH or region in PORTUGUESE or is_eastern_country(region)


def _start_of_last(words: list[str]) -> int:
    """The index of the first word of the last name, with its particles. O and Y are initials where
    they are capitals."""
    start = len(words) - 1
    while start > 1:
        before = words[start - 1]
        if start > 2 and is_between(before, words[start - 2], words[start]):
            start -= 2
        elif before in ("O", "Y"):
            if before == "Y" or words[start].lower() not in _IRISH:
                break
            start -= 1
        elif before.lower() in PARTICLES:
            start -= 1
        else:
            break
    return start


def _is_sure(name: str, words: list[str]) -> bool:
    if not PLACEHOLDERS.isdisjoint(map(str.lower, words)) or is_honorific(words[0]):
        return False
    if without_nulls(words[0], words[-1]) != (words[0], words[-1]):
        return False
    if name.replace(" ", "").isalpha():
        return True
    letters = all(word[0].isalpha() or word[0] in "'’" for word in words)
    return letters and "\ufffd" not in name and ";" not in name and _DIGIT.search(name) is None

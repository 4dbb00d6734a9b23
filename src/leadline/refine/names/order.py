"""Which word of a name in Latin or Cyrillic letters is the family name, where it may come first.

In China, Japan, Korea, Vietnam and Hungary the family name comes first, unless somebody writes for
foreigners; in Russian it does in forms. What the words themselves do not tell is unsure.
"""

import re

from leadline.model.texts.names import PARTICLES
from leadline.model.texts.patterns import late
from leadline.refine.names.lists import TOP
from leadline.refine.names.parts import (
    ORDER_UNSURE,
    NameParts,
    family_names,
    given_anywhere,
    maybe_given,
    names_in,
    surely_given,
    word_key,
)

_LISTS = {
    "CN": "CN", "TW": "CN", "HK": "CN", "MO": "CN", "KR": "KR", "KP": "KR", "JP": "JP", "VN": "VN",
}  # fmt: skip
_MIXED = ("SG", "MY")
"""Countries where only some have a Chinese name; those of three words begin with the family."""
_SYLLABLE = (
    "(?:[bcdfghjklmnpqrstwxyz]|[zcs]h|ng|tr|th|ph|kh|nh)?w?[aeiouy]{1,3}"
    "(?:n|ng|m|t|k|p|c|h|nh|ch|l|r)?"
)
_EASTERN = late(f"(?:{_SYLLABLE}){{1,2}}")
_JAPANESE = late("(?:(?:[kstnhmyrwgzdbpjf]|[sct]h|ts|[kgnhbpmr]y)?[aeiou]|n|[kstp](?=[kstpc]))+")
_ENGLISH = ("", "US", "CA", "GB", "IE", "AU", "NZ")
_VIETNAMESE_MIDDLE = ("van", "thi")
_CYRILLIC, _AFTER_CYRILLIC = "\u0400", "\u0500"
_PATRONYMIC = ("vich", "vych", "vna")
_FAMILY_ENDING = late(
    "(?:son|sen|man|mann|ski|sky|cki|ska|ez|berg|stein|ov|ic|wicz|ello|etti|ini)$"
)
_SURELY_FAMILY = late(
    "(?:opoulos|opoulou|iadis|iadou|escu|eanu|[lnw]sk[iay]|dzk[ia]|ck[ia]|wicz|[eo]vic|enko|czyk"
    "|ch?uk|[a-z]{3}ova|dottir)$"
)
"""How family names end in Greece, Romania and the Slavic countries; no given name does."""
_ELIDED = late("(?:dell|dall|degl|sull|d)['’]", re.I)
_OF_ITALY = frozenset(("de", "del", "della", "di", "dal", "dalla", "lo", "la", "li"))
_DOUBLE = frozenset(("AT", "BE", "CH", "DE", "DK", "GB", "IE", "NL", "NO", "PL", "SE"))
"""Where a hyphen joins two family names as often as two given ones."""
_FAMILY_FIRST = frozenset(("BA", "CZ", "GR", "HR", "IT", "ME", "PL", "RO", "RS", "SI", "SK"))
"""Where many write their family name first, as forms and lists there do."""


def is_eastern_country(region: str) -> bool:
    """Whether it is a country of East Asia where the family name comes first."""
    return region in _LISTS


def by_order(words: list[str], region: str) -> NameParts | None:
    """First and last name of two to six words; None if the order is the usual one of the West."""
    if _CYRILLIC < words[0][0] < _AFTER_CYRILLIC:
        from leadline.refine.names.slavic import in_cyrillic

        return in_cyrillic(words)
    if of := _LISTS.get(region):
        return _eastern(words, of)
    if region == "HU":
        return _hungarian(words)
    return _by_signs(words, region)


def _eastern(words: list[str], of: str) -> NameParts:
    """A name in a country where the family name comes first, in Latin letters."""
    families, top = family_names(of), TOP.get(of, 0)
    if len(words) > 2 and word_key(words[0] + words[1]) in names_in("COMPOUND"):
        return _turned(words, 2, of, None)  # "Au Yeung Ka Wai"
    one, other = word_key(words[0]), word_key(words[-1])
    if one in names_in("COMPOUND"):
        return _turned(words, 1, of, None)
    first, last = families.get(one), families.get(other)
    if first is not None and last is None:
        return _unlike_family(words, one, other, of)
    if first is None:
        sure = last is not None or one in maybe_given()
        return NameParts(words[0], words[-1], None if sure else ORDER_UNSURE)
    strong, outweighed = first < top, (last or 0) < top
    if outweighed and not strong:
        sure = of == "VN" and word_key(words[1]) in _VIETNAMESE_MIDDLE  # "Mai Thi Nguyen"
        return NameParts(words[0], words[-1], None if sure else ORDER_UNSURE)
    return _turned(words, 1, of, None if strong and not outweighed else ORDER_UNSURE)


def _unlike_family(words: list[str], one: str, other: str, of: str) -> NameParts:
    """A name that begins with a family name and ends with none: "Lee Minho", or "Lee Johnson"."""
    like = _JAPANESE if of == "JP" else _EASTERN
    if one not in maybe_given() or like.fullmatch(other):
        return _turned(words, 1, of, None)
    women, men = surely_given()
    if other in women or other in men:
        return _turned(words, 1, of, None)
    return NameParts(words[0], words[-1], ORDER_UNSURE)


def _turned(words: list[str], size: int, of: str, problem: str | None) -> NameParts:
    given = words[size:]
    if of == "VN" and len(given) > 1 and word_key(given[0]) in _VIETNAMESE_MIDDLE:
        del given[0]
    return NameParts(" ".join(given), " ".join(words[:size]), problem)


def _hungarian(words: list[str]) -> NameParts:
    given = names_in("HU_GIVEN")
    one, other = word_key(words[0]), word_key(words[-1])
    if other not in given and (one in given or one in maybe_given()):
        return NameParts(words[0], words[-1])
    start = 1
    while start < len(words) - 1 and word_key(words[start]) not in given:
        start += 1  # two family names
    known = other in given if one not in given else False
    known = known or (other not in given and one in family_names("HU_FAMILY"))
    problem = None if known else ORDER_UNSURE
    return NameParts(" ".join(words[start:]), " ".join(words[:start]), problem)


def _by_signs(words: list[str], region: str) -> NameParts | None:
    """A name in a country where the given name comes first, if its words say otherwise."""
    one, other = word_key(words[0]), word_key(words[-1])
    if len(words) == 3 and other.endswith(_PATRONYMIC):
        from leadline.refine.names.slavic import with_patronymic

        if parts := with_patronymic(words, region):
            return parts
    if (shouted := _family_in_capitals(words)) is not None:
        led = shouted > 1 and words[0].lower() in PARTICLES
        problem = ORDER_UNSURE if one in maybe_given() and not led else None
        first, last = " ".join(words[shouted:]), " ".join(words[:shouted])
        return NameParts(words[0], words[-1], problem) if problem else NameParts(first, last)
    if not other or (one in maybe_given() and not _is_korean(words, one, other)):
        return None
    return _eastern_abroad(words, one, other, region) or _family_before_given(
        words, one, other, region
    )


def _family_in_capitals(words: list[str]) -> int | None:
    """How many words of the family name stand first, where only they are in capitals."""
    size = 0
    while size < len(words) and len(words[size]) > 1 and words[size].isupper():
        size += 1
    led = words[0].lower() in PARTICLES
    if size in (0, len(words)) or (len(words[0]) < 3 and not led) or "." in words[0]:
        return None
    return size if words[size].istitle() and len(words[size]) > 2 else None


def _is_korean(words: list[str], one: str, other: str) -> bool:
    """Whether it is like "Kim Min-su": Kim and Lee are given names, too."""
    top = family_names("KR").get(one, TOP["KR"]) < TOP["KR"]
    return top and "-" in words[-1] and _EASTERN.fullmatch(other) is not None


def _eastern_abroad(words: list[str], one: str, other: str, region: str) -> NameParts | None:
    """The name of somebody who may come from where the family name is first. "Nguyen Van An" does;
    of "Zhang Wei" the order is unsure."""
    for of in ("CN", "KR", "VN", "JP"):
        place, behind = family_names(of).get(one), family_names(of).get(other)
        if place is None or (behind is not None and behind < TOP.get(of, 1000)):
            continue
        if of == "VN" and len(words) > 2 and word_key(words[1]) in _VIETNAMESE_MIDDLE:
            return _turned(words, 1, of, None)
        if region in _MIXED and of == "CN" and (len(words) > 2 or other in maybe_given()):
            return _turned(words, 1, of, None)
        like = _JAPANESE if of == "JP" else _EASTERN
        if place < TOP.get(of, 1000) and like.fullmatch(other):
            return NameParts(words[0], words[-1], ORDER_UNSURE)
    return None


def _family_before_given(words: list[str], one: str, other: str, region: str) -> NameParts | None:
    """The words of a list such as "Padron Andrea" or "Brines Mark R", turned round: the first word
    is no given name, the other one nothing else. Elsewhere than in English-speaking countries, and
    with a man's name behind, the order stays: such names are family names in Africa and India."""
    if led := _led_by_family(words, one, other, region):
        return led
    women, men = surely_given()
    if len(words) == 2 and other in names_in("HU_GIVEN") and one in family_names("HU_FAMILY"):
        return NameParts(words[1], words[0], ORDER_UNSURE)
    person = other if len(words) == 2 else word_key(words[1])
    if len(one) < 3 or "." in words[0] or (person not in women and person not in men):
        return None
    if len(words) == 2:
        turned = person in women or _FAMILY_ENDING.search(one) is not None
    else:
        turned = len(words) == 3 and (len(other) == 1 or other in women or other in men)
        if not turned:
            return None
    if turned and region in _ENGLISH:
        return NameParts(words[1], words[0], ORDER_UNSURE)
    return NameParts(words[0], words[-1], ORDER_UNSURE)


def _led_by_family(words: list[str], one: str, other: str, region: str) -> NameParts | None:
    """A name that begins with what is nobody's given name ("Popescu Ion", "Dell'Acqua Paolo",
    "De Santis Paolo"), or with no known one where the family name often stands first."""
    given = given_anywhere()
    if region == "IT" and len(words) == 3 and words[0].lower() in _OF_ITALY and other in given:
        return NameParts(words[2], f"{words[0]} {words[1]}", ORDER_UNSURE)
    if len(words) != 2 or one in given or len(other) < 3:
        return None
    if _is_family(words[0], one, other, region) and not _SURELY_FAMILY.search(other):
        return NameParts(words[1], words[0], ORDER_UNSURE)
    if region in _FAMILY_FIRST and other in given and words[0].isalpha() and len(one) > 2:
        return NameParts(words[1], words[0], ORDER_UNSURE)
    return None


def _is_family(word: str, key: str, other: str, region: str) -> bool:
    """Whether a word before *other*, folded to *key*, can hardly be a given name."""
    if "-" in word:  # "Berger-Weiss"; "Karl-Heinz" is a given name
        known, parts = given_anywhere(), [word_key(part) for part in word.split("-")]
        is_double = region in _DOUBLE and known.isdisjoint(parts) and min(map(len, parts)) > 3
        return is_double and other in known
    if region in ("IT", "CH") and _ELIDED.match(word):
        return True
    return len(key) > 6 and _SURELY_FAMILY.search(key) is not None

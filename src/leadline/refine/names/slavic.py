"""Russian, Ukrainian and Belarusian names, of which the family name comes first in forms.

The patronymic stands behind the given name, so that it tells the order: "Иванов Иван Иванович".
"""

import re

from leadline.model.texts.patterns import late
from leadline.refine.names.parts import ORDER_UNSURE, NameParts, names_in, word_key

_PATRONYMIC = late(
    "(?:ович|евич|йович|ьич|ич|овна|евна|ична|инична|івна|ївна|авіч|евіч|аўна|еўна)$", re.I
)
_LATIN_PATRONYMIC = late("(?:ovich|evich|ovych|yovych|ovna|evna|ivna)$", re.I)
_SLAVIC = late(
    "(?:ов|ев|ёв|ин|ын|ский|цкий|ской|ова|ева|ёва|ина|ына|ская|цкая|енко|чук|юк|ук|як|ко|ян|швили|"
    "дзе|иев|ых|их|ський|цький|ська|цька)$",
    re.I,
)
_LATIN_SLAVIC = late("(?:ov|ev|in|yn|sky|skiy|skyi|ova|eva|ina|skaya|ska|enko|chuk|yuk|uk)$")
_SLAVIC_COUNTRIES = ("RU", "UA", "BY", "KZ", "KG", "UZ", "MD", "AM", "AZ", "GE", "TJ", "TM")


def in_cyrillic(words: list[str]) -> NameParts | None:
    """First and last name in Cyrillic letters; None if the given name comes first."""
    if len(words) == 3 and _PATRONYMIC.search(words[2]) and not _PATRONYMIC.search(words[1]):
        return NameParts(words[1], words[0])
    if len(words) != 2:
        return None
    one, other = (word.lower() for word in words)
    if not one[1:] or "." in one:
        return None
    if re.fullmatch(r"(?:\w\.){2}", other):  # Иванов И.И.
        return NameParts(words[1], words[0])
    given = names_in("RU_GIVEN")
    if one in given or (_SLAVIC.search(other) and other not in given):
        return None
    if other in given:
        return NameParts(words[1], words[0])
    return NameParts(words[1], words[0], ORDER_UNSURE) if _SLAVIC.search(one) else None


def with_patronymic(words: list[str], region: str) -> NameParts | None:
    """First and last name in Latin letters, where the third word is a patronymic and the country or
    the first word says that it is no family name: "Ivanov Ivan Ivanovich"."""
    if region not in _SLAVIC_COUNTRIES and not _LATIN_SLAVIC.search(word_key(words[0])):
        return None
    if not _LATIN_PATRONYMIC.search(words[2]) or _LATIN_PATRONYMIC.search(words[1]):
        return None
    return NameParts(words[1], words[0])

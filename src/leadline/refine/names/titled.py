"""Names behind titles, and family names of several words: "Mme Le Goff", "von und zu Lichtenfels",
"Costa e Silva"."""

from leadline.model.lead import Change
from leadline.model.texts.names import PARTICLES
from leadline.refine import text
from leadline.refine.names.casing import recase, recase_last
from leadline.refine.names.parts import ORDER_UNSURE, NameParts, family_names, names_in, word_key
from leadline.refine.names.words import PLACEHOLDERS, is_before_last, is_honorific

_NAMES = text.words("al mac mc o y e da do bin ibn abu san lo den ter af av op")
"""Particles that are given names or initials, too."""
_ENGLISH = text.words("mr mrs ms mx dr prof professor doctor mister")
"""Titles before names of all the world."""
_ALSO_GIVEN = text.words("della santa saint st st. dello las los te ten zu des du das dos")
_OF_NOBLES = ("von", "zu", "zum", "zur", "vom")
_PAIRS = {
    (one, other)
    for one, others in (("de", "la los las"), ("van", "de den der"), ("von", "der dem den"))
    for other in others.split()
}
"""Particles that begin no given name together."""
_EASTERN = ("CN", "KR", "VN")


def is_behind_title(title: str, words: list[str]) -> bool:
    """Whether all words behind a title are a family name: particles, then one word. "Mr. Van
    Nguyen" may have Van for a given name, "Mr. Al Smith" has Al."""
    if not is_before_last(title) or not PARTICLES.issuperset(map(str.lower, words[:-1])):
        return False
    first, last = words[0].lower(), word_key(words[-1])
    if first in _NAMES or any(last in family_names(of) for of in _EASTERN):
        return False
    if words[0].islower():
        return True
    return not (title.rstrip(".").lower() in _ENGLISH and first in _ALSO_GIVEN)


def is_between(word: str, before: str, after: str) -> bool:
    """Whether a word for "and" between two others makes one family name of them."""
    if word == "y":  # Ortega y Gasset
        return True
    if word == "e":
        return word_key(before) not in names_in("ES_GIVEN")
    return word.lower() == "und" and before.lower() in _OF_NOBLES and after.lower() in _OF_NOBLES


def led_by_particles(words: list[str]) -> NameParts | None:
    """A name that begins with the particles of its family name: "de la Cruz Juan", "von Weber"."""
    if words[0].isupper():  # "VAN DEN BERG Jan": `name_order` knows
        return None
    if not words[0].islower() and (words[0].lower(), words[1].lower()) not in _PAIRS:
        return None
    size = next((at for at, word in enumerate(words) if word.lower() not in PARTICLES), 0) + 1
    last = " ".join(words[:size])
    if size == 1 or size >= len(words):
        return NameParts(None, recase_last(" ".join(words)))
    return NameParts(" ".join(words[size:]), recase_last(last), ORDER_UNSURE)


def titles_before(words: list[str]) -> int:
    """How many titles stand before the other words of a name; at least one word is none."""
    titles = 0
    while titles < len(words) - 1 and is_honorific(words[titles]):
        titles += 1
    return titles


def untitled(first: str, changes: list[Change]) -> str | None:
    """The first name without titles; None if it is nothing else."""
    words = first.split(" ")
    if not is_honorific(words[0]):
        return first
    titles = titles_before(words)
    plain: str | None = " ".join(words[titles:])
    if is_honorific(words[titles]):  # nothing else; "Hon" and "Mag" are names, too
        plain = None if is_before_last(words[0]) or first[-1] == "." else first
    elif (plain or "").casefold() in PLACEHOLDERS:
        plain = first
    elif plain:
        plain = recase(plain)
    if plain != first:
        changes.append(text.altered("first_name", first, plain, "name.honorific"))
    return plain


def untitled_last(last: str, changes: list[Change]) -> str:
    """The last name without titles: "Dr. Weber"."""
    words = last.split(" ")
    plain = " ".join(words[titles_before(words) :])
    if plain == last or is_honorific(plain):
        return last
    changes.append(text.altered("last_name", last, plain, "name.honorific"))
    return plain

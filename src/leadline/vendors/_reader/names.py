"""One person's name from the fields that hold parts of it.

"Name" beside "Vorname" is the last name, "Nombre" beside "Apellidos" the first. Whether a name is
whole or a half shows in its label ("full name") and its words: a whole name repeats its parts.
"""

from collections.abc import Sequence
from typing import NamedTuple

from leadline.model.texts.names import PARTICLES

FIELDS = ("name", "first_name", "last_name")
DOUBTFUL = "name.fields_differ"
"""The problem code of a name whose fields do not fit together: they may name two people."""

_MOST_WORDS = 3
_TITLE_WORDS = (
    "account anfrage application appointment booking brochure call campaign case checkout company "
    "consultation contact contacto contatto customer deal demo download ebook email enquiry event "
    "feedback form formular formulaire formulario free hubspot inquiry kontakt landing lead leads "
    "list meeting new newsletter offer opportunity order page pipeline popup product project quote "
    "registration request sales salesforce service sign signup subscribe support survey test trial "
    "us web webform webhook webinar website whitepaper"
)
_OF_TITLES = frozenset(_TITLE_WORDS.split())
"""Words of the names of forms, pages and deals."""


class Given(NamedTuple):
    """A value under a label for a name: the field, the text, whether the label asks for the whole
    name, and the number of the value in its object."""

    field: str
    text: str
    whole: bool
    number: int


class NameFound(NamedTuple):
    """The fields of the name, the numbers of the values in them, and whether they are doubtful."""

    fields: dict[str, str]
    used: frozenset[int]
    doubtful: bool = False


def whole_name(given: Sequence[Given]) -> NameFound:
    """The name in *given*, of which the first for each field is the best."""
    names, first, last = (_of(field, given) for field in FIELDS)
    names, last = _with_particle(names, last)
    if len(names) > 1 and not first and not last:
        return _of_two(names)
    best = [one[0] for one in (names[:1], first[:1], last[:1]) if one]
    if not names or not (first or last):
        return _kept(best)
    name = names[0]
    if first and last:
        return _of_all(name, first[0], last[0])
    return _with_half(name, (first or last)[0])


def _with_particle(names: list[Given], last: list[Given]) -> tuple[list[Given], list[Given]]:
    """The names and last names, with a field for the particle alone ("Tussenvoegsel") put before
    the last name, or before the name beside it that is one."""
    particle = next((one for one in last if _is_particle(one.text)), None)
    others = [one for one in last if one is not particle]
    if particle is None or not (others or names):
        return names, last
    begun = f"{particle.text.strip()} "
    if others and not others[0].text.casefold().startswith(begun.casefold()):
        others[0] = others[0]._replace(text=begun + others[0].text.strip())
    elif not others and _is_one_word(names[0].text):
        names = [names[0]._replace(text=begun + names[0].text.strip()), *names[1:]]
    return names, others


def _is_particle(text: str) -> bool:
    return PARTICLES.issuperset(text.casefold().split())


def _of(field: str, given: Sequence[Given]) -> list[Given]:
    return [one for one in given if one.field == field]


def _kept(parts: Sequence[Given], *, doubtful: bool = False) -> NameFound:
    return NameFound(
        {one.field: one.text for one in parts}, frozenset(one.number for one in parts), doubtful
    )


def _of_all(name: Given, first: Given, last: Given) -> NameFound:
    """A name beside both parts: the title of a form or a deal shares no word with them, nor does
    the name of another person, and then it is doubtful whose lead it is."""
    words = _words(name.text)
    parts = _words(first.text) | _words(last.text)
    if name.text in (first.text, last.text):
        found = _kept((first, last))
        return found._replace(used=found.used | {name.number})
    if words & parts or not same_script(name.text, last.text):
        return _kept((name, first, last))
    return _kept((first, last), doubtful=name.whole or _is_like_a_persons(name.text))


def _with_half(name: Given, half: Given) -> NameFound:
    """A name beside one part: it is whole if it has the part in it, else the other part."""
    whole, part = _words(name.text), _words(half.text)
    if part <= whole or not same_script(name.text, half.text):
        return _with_rest(name, half)
    if _is_short_for(half.text, name.text):
        return _kept((name,))
    if name.whole or len(name.text.split()) > _MOST_WORDS or not _is_words(name.text):
        return _kept((name,), doubtful=True)
    other = "last_name" if half.field == "first_name" else "first_name"
    found = _kept((name._replace(field=other), half))
    return found._replace(doubtful=other == "last_name" and _may_be_whole(name.text))


def _with_rest(name: Given, half: Given) -> NameFound:
    """A whole name, its part, and the other part if one word is left."""
    found = _kept((name, half))
    text, part = name.text.strip(), half.text.strip()
    if half.field == "first_name" and text.startswith(f"{part} "):
        rest, other = text[len(part) :].strip(), "last_name"
        known = " " not in rest or rest.split()[0].lower() in PARTICLES
    elif half.field == "last_name" and text.endswith(f" {part}"):
        rest, other = text[: -len(part)].strip(), "first_name"
        known = " " not in rest
    else:
        return found
    return found._replace(fields={**found.fields, other: rest}) if known else found


def _of_two(names: Sequence[Given]) -> NameFound:
    """Several values for the whole name: the halves of one name, or two people."""
    best = names[0]
    words = _words(best.text)
    rivals = [one for one in names[1:] if not _words(one.text) <= words]
    if not rivals:
        found = _kept((best,))
        return found._replace(used=frozenset(one.number for one in names))
    if words <= _words(rivals[0].text):
        return _kept((rivals[0],))
    if len(rivals) == 1 and _is_one_word(best.text) and _is_one_word(rivals[0].text):
        halves = (best._replace(field="first_name"), rivals[0]._replace(field="last_name"))
        return _kept(halves, doubtful=True)
    return _kept((best,), doubtful=True)


def _words(text: str) -> set[str]:
    return {word.strip(".,;()'\"") for word in text.casefold().split()} - {""}


def _is_one_word(text: str) -> bool:
    return len(text.split()) == 1 and _is_words(text)


def _is_words(text: str) -> bool:
    """Whether a text has nothing that no name has."""
    return not any(c.isdecimal() or c in "@/:<>_" for c in text)


def _is_short_for(short: str, name: str) -> bool:
    """Whether "Jo" begins the name "Joanna Martin"."""
    begun = name.casefold().split()[0] if name.split() else ""
    return " " in name.strip() and len(short) > 1 and begun.startswith(short.strip().casefold())


def _may_be_whole(text: str) -> bool:
    words = text.lower().split()
    return len(words) > 1 and words[0] not in PARTICLES


def _is_like_a_persons(text: str) -> bool:
    """Whether a text has two or three words, all of which may be of a person's name."""
    words = text.split()
    return (
        2 <= len(words) <= _MOST_WORDS
        and all(word[0].isupper() and word.replace("-", "").isalpha() for word in words)
        and _OF_TITLES.isdisjoint(text.casefold().split())
    )


def same_script(one: str, other: str) -> bool:
    """Whether both are in Latin letters, or neither is."""
    return _is_latin(one) == _is_latin(other)


def _is_latin(text: str) -> bool:
    letter = next((c for c in text if c.isalpha()), "a")
    return letter < "\u0250" or "\u1e00" <= letter < "\u1f00"

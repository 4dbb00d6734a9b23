"""First and last name as the sender gave them: with titles, with the name before marriage, or both
in the field of the last name."""

from leadline.model.lead import Change
from leadline.model.texts.names import PARTICLES
from leadline.refine import text
from leadline.refine.names.iberian import PORTUGUESE, SPANISH
from leadline.refine.names.order import is_eastern_country
from leadline.refine.names.parts import given_anywhere, surely_given, word_key
from leadline.refine.names.titled import untitled, untitled_last
from leadline.refine.names.words import is_born, is_honorific

_MOST_WORDS = 3


def has_both_names(last: str | None, region: str) -> bool:
    """Whether a last name without a first one holds both: a given name that is hardly any family's,
    then words that are no given name. Not where family names of two words are usual; *region* is
    the lead's country (ISO code, "" if unknown)."""
    if not last or " " not in last:
        return False
    if region in SPANISH or region in PORTUGUESE or is_eastern_country(region):
        return False
    words = [word for word in last.split(" ") if not is_honorific(word)]
    if not 1 < len(words) <= _MOST_WORDS or not all(map(_is_word, words)):
        return False
    women, men = surely_given()
    given, family = word_key(words[0]), word_key(words[-1])
    if (given not in women and given not in men) or family in given_anywhere():
        return False
    return len(family) > 1


def _is_word(word: str) -> bool:
    letters = word.replace("-", "").replace("'", "").replace("’", "").rstrip(".")
    return letters.isalpha() and word.lower() not in PARTICLES


def bare_parts(
    first: str | None, last: str | None, changes: list[Change]
) -> tuple[str | None, str | None]:
    """First and last name without titles, and without the name before marriage."""
    first = untitled(first, changes) if first and last else first
    if last and " " in last:
        last = _without_birth_name(untitled_last(last, changes), changes)
    return first, last


def _without_birth_name(last: str, changes: list[Change]) -> str:
    """The last name without the one before marriage: "Weber (geb. Schmidt)"."""
    words = last.split(" ")
    for place in range(1, len(words) - 1):
        if is_born(words[place].lstrip("(")):
            plain = " ".join(words[:place]).rstrip(" ,")
            changes.append(text.altered("last_name", last, plain, "name.born"))
            return plain
    return last

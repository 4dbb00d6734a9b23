"""First and last name, and the lists of names by which they are told. Lists load when needed."""

from functools import cache, lru_cache

import msgspec

from leadline.model.texts.folding import folded
from leadline.refine.names import lists as name_lists

ORDER_UNSURE = "name.order_unsure"
"""The problem code of a name whose first and last name may be the other way round, or which could
be split at two places."""
SEVERAL = "name.several"
"""The problem code of a name of two people or of a family."""


class NameParts(msgspec.Struct, frozen=True):
    """First and last name (None if unknown), and a problem code if they are unsure."""

    first: str | None
    last: str | None
    problem: str | None = None


word_key = lru_cache(maxsize=4096)(folded)
"""`folded`, for words: most names are of the same few."""


@cache
def family_names(of: str) -> dict[str, int]:
    """The family names of a list in `name_lists`, each with its place by frequency."""
    names = getattr(name_lists, of).split()
    return {name: place for place, name in reversed(list(enumerate(names)))}


@cache
def names_in(of: str) -> frozenset[str]:
    """The names of a list in `name_lists`."""
    return frozenset(getattr(name_lists, of).split())


@cache
def surely_given() -> tuple[frozenset[str], frozenset[str]]:
    """Given names of women and of men, in small letters, that are hardly any family's."""
    from leadline.refine.names.given_names import MEN, WOMEN

    return frozenset(WOMEN.split()), frozenset(MEN.split())


@cache
def maybe_given() -> frozenset[str]:
    """All given names in use in the United States, in small letters."""
    from leadline.refine.names.given_names import OTHERS

    women, men = surely_given()
    return women | men | frozenset(OTHERS.split())


@cache
def given_anywhere() -> frozenset[str]:
    """Given names in use in the United States, Spain, and much of Europe, Turkey and Africa."""
    from leadline.refine.names.given_abroad import ABROAD

    return maybe_given() | names_in("ES_GIVEN") | frozenset(ABROAD.split())


def are_two_people(one: list[str], other: list[str]) -> bool:
    """Whether the words on both sides of a comma are whole names: "Anna Weber, Peter Schmidt"; not
    "García Márquez, Gabriel José"."""
    women, men = surely_given()
    if len(other) < 2 or not all(word_key(part[0]) in women | men for part in (one, other)):
        return False
    return len(word_key(other[-1])) > 1 and word_key(other[-1]) not in maybe_given()

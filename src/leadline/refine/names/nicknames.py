"""Short forms of given names: Bob is Robert, Paco is Francisco.

A weak sign that two names are of one person, below the same name and above an unlike one. Nicknames
are no equivalence: Bob and Bert are both Robert, and two people. So there is one step only, from
a name to its short form, never over a third name.
"""

from functools import cache

from leadline.model.texts.folding import folded

__all__ = ["are_nicknames", "folded", "has_nicknames"]


def are_nicknames(a: str, b: str) -> bool:
    """Whether one of two given names is a short form of the other, as they are written: in any
    case, with or without accents. False for a name and itself, for two short forms of one name,
    and where the one is a man's name and the other a woman's (Sam and Samantha, Max and Maxine).
    """
    one, other = folded(a), folded(b)
    short_forms = _short_forms()
    return other in short_forms.get(one, ()) or one in short_forms.get(other, ())


def has_nicknames(name: str) -> bool:
    """Whether a given name, folded, is one that has short forms, or is a short form."""
    return name in _short_forms() or name in _all_short_forms()


@cache
def _all_short_forms() -> frozenset[str]:
    return frozenset().union(*_short_forms().values())


@cache
def _short_forms() -> dict[str, frozenset[str]]:
    """The short forms of each name. The table is only loaded when two names are compared."""
    from leadline.refine.names.nickname_table import SHORT_FORMS

    rows = (row.split() for row in SHORT_FORMS.split(";"))
    return {row[0]: frozenset(row[1:]) for row in rows}

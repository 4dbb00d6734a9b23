"""What a mailbox says about the name of its owner, where the lead does not say it."""

from leadline.duplicates.comparisons.folding import folded_words
from leadline.refine.emails.kinds import is_role
from leadline.refine.names.parts import surely_given

_LEAST = 3
"""The fewest letters of a name that is taken from a mailbox."""


def completed(first: str, last: str, email: str) -> tuple[str, str]:
    """The folded first and last name, each as it is or, if it is missing or an initial, as the
    lead's own address has it beside the other one: "martin" of jo.martin@ for "Jo", "jane" of
    jane.martin@ or jane.m@ for "J. Martin". A first name is taken only if it is one that is
    known, or has the initial."""
    if len(first) > 1 and last:
        return first, last
    local = email.rpartition("@")[0]
    words = folded_words("".join(c if c.isalpha() else " " for c in local))
    if is_role(local) or not (first or last):
        return first, last
    if len(first) <= 1:
        return _first_beside(first, last, words), last
    return first, _last_beside(first, words)


def _first_beside(initial: str, last: str, words: list[str]) -> str:
    found = ""
    if len(words) == 2 and last in words:
        found = words[1 - words.index(last)]
    elif len(words) == 2 and last[:1] == words[1]:
        found = words[0]
    elif len(words) == 1 and last:
        found = words[0].removesuffix(last) if words[0].endswith(last) else ""
    if len(found) < _LEAST or not found.startswith(initial):
        return initial
    return found if initial or any(found in names for names in surely_given()) else initial


def _last_beside(first: str, words: list[str]) -> str:
    """What stands behind the first name, or its initial and a dot; a second first name does not."""
    found = ""
    if len(words) == 2 and (first in words or words[0] == first[0]):
        found = words[0] if words[1] == first else words[1]
    elif len(words) == 1 and words[0].startswith(first):
        found = words[0].removeprefix(first)
    return found if len(found) >= _LEAST and not _is_given(found) else ""


def _is_given(word: str) -> bool:
    return any(word in names for names in surely_given())

"""The kinds of cleaning that an arm of an experiment may leave out."""

from collections.abc import Mapping

NAMES, COMPANIES, EMAILS = "names", "companies", "emails"
PHONES, WEBSITES, MISPLACED = "phones", "websites", "misplaced"

CLEANING_KINDS: Mapping[str, str] = {
    NAMES: "the case and order of names, and their parts",
    COMPANIES: "the case of companies and their legal forms",
    EMAILS: "the case of e-mail addresses",
    PHONES: "how phone numbers are written",
    WEBSITES: "the case of web addresses",
    MISPLACED: "values in the wrong field",
}
"""What is left out, in words, by the word of the settings."""

_WITHOUT = "without"


def kinds_left_out(value: str) -> frozenset[str]:
    """The kinds in "without names companies"; none in "". Commas may stand between them.

    Raises ValueError, which says in words what the value must be.
    """
    head, *kinds = value.replace(",", " ").split() or [_WITHOUT]
    known = ", ".join(CLEANING_KINDS)
    if head != _WITHOUT or (value and not kinds):
        raise ValueError(f"it must be `without` and kinds of cleaning, of {known}")
    if unknown := [one for one in kinds if one not in CLEANING_KINDS]:
        raise ValueError(f"there is no kind of cleaning {unknown[0][:40]!r} (there are: {known})")
    return frozenset(kinds)

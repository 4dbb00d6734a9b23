"""The operators of conditions."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from leadline.settings.conditions.fields import FieldKind

_ALL = frozenset(FieldKind)
_OF_TEXT = frozenset({FieldKind.TEXT, FieldKind.TEXTS, FieldKind.ANY})
_OF_NUMBERS = frozenset({FieldKind.NUMBER, FieldKind.ANY})


class Takes(StrEnum):
    """What follows an operator: nothing, one value, a list of values or a file, two numbers, or a
    pattern."""

    NOTHING = "nothing"
    VALUE = "value"
    LIST = "list"
    SPAN = "span"
    PATTERN = "pattern"


class Operator(msgspec.Struct, frozen=True):
    """An operator: what follows it, the kinds of fields that have it, its meaning, a condition as
    an example, and whether a lead without the field meets it."""

    takes: Takes
    kinds: frozenset[FieldKind]
    meaning: str
    example: str
    if_missing: bool = False


OPERATORS: Mapping[str, Operator] = {
    "=": Operator(Takes.VALUE, _ALL, "Is the value.", "campaign = Spring fair"),
    "!=": Operator(
        Takes.VALUE, _ALL, "Is another value, or missing.", "company != Example Bank", True
    ),
    "in": Operator(
        Takes.LIST,
        _ALL,
        "Is one of the values, or of those in a file.",
        "title in CEO, CTO, Head of Sales",
    ),
    "not in": Operator(
        Takes.LIST,
        _ALL,
        "Is none of them, or missing.",
        'company not in "Example, Ltd", Example AG',
        True,
    ),
    "<": Operator(Takes.VALUE, _OF_NUMBERS, "Is a number below it.", "score < 80"),
    "<=": Operator(Takes.VALUE, _OF_NUMBERS, "Is at most this number.", "score <= 79.5"),
    ">": Operator(Takes.VALUE, _OF_NUMBERS, "Is a number above it.", "custom.employees > 250"),
    ">=": Operator(Takes.VALUE, _OF_NUMBERS, "Is at least this number.", "score >= 50"),
    "between": Operator(
        Takes.SPAN,
        _OF_NUMBERS,
        "Is a number from the first to the second, both included.",
        "custom.employees between 250 and 999",
    ),
    "contains": Operator(
        Takes.VALUE, _OF_TEXT, "Has this text somewhere in it.", "company contains bank"
    ),
    "does not contain": Operator(
        Takes.VALUE,
        _OF_TEXT,
        "Has it nowhere, or is missing.",
        "message does not contain job",
        True,
    ),
    "begins with": Operator(
        Takes.VALUE, _OF_TEXT, "Begins with this text.", "phone begins with +49"
    ),
    "ends with": Operator(Takes.VALUE, _OF_TEXT, "Ends with this text.", "company ends with bank"),
    "domain in": Operator(
        Takes.LIST,
        _OF_TEXT,
        "Is an e-mail address, a web address or a domain, of one of these domains or of one "
        "beneath.",
        "email domain in example.com, example.org",
    ),
    "domain not in": Operator(
        Takes.LIST,
        _OF_TEXT,
        "Is of none of them, or missing.",
        "email domain not in gmail.com",
        True,
    ),
    "matches": Operator(
        Takes.PATTERN,
        _OF_TEXT,
        "Has a part that the regular expression matches.",
        "title matches ^(head|vp) of",
    ),
    "is empty": Operator(
        Takes.NOTHING, _ALL, "Is missing, or blank.", "owner_claimed is empty", True
    ),
    "is not empty": Operator(Takes.NOTHING, _ALL, "Is there.", "phone is not empty"),
}
"""Every operator as it is written."""

"""Consent in a delivery: at the places that `map` names, and in documented fields of vendors."""

from collections.abc import Mapping
from typing import Any

from leadline.model.facts.consent import ConsentSaid
from leadline.model.texts.json_places import placed
from leadline.vendors._webhooks.fields import text

_PREFIX = "consent."
_OPTED_OUT = frozenset(("true", "1", "yes"))


def mapped_consent(values: Any, mapping: Mapping[str, str]) -> dict[str, ConsentSaid]:
    """What is said at the places that the settings name, by purpose; their names are the text."""
    found: dict[str, ConsentSaid] = {}
    for name, path in mapping.items():
        if name.startswith(_PREFIX) and (words := answer_words(placed(values, path))):
            found[name.removeprefix(_PREFIX)] = ConsentSaid(words, path)
    return found


def opted_out(
    values: Mapping[str, Any], fields: Mapping[str, tuple[str, ...]]
) -> dict[str, ConsentSaid]:
    """The purposes for which a CRM's flag is set; *fields* are the flags by name, with their
    purposes. A flag that is not set says nothing: nobody was asked."""
    return {
        purpose: ConsentSaid("no", flag)
        for flag, purposes in fields.items()
        if (answer_words(values.get(flag)) or "").lower() in _OPTED_OUT
        for purpose in purposes
    }


def answer_words(value: Any) -> str | None:
    """An answer in words: a switch as yes or no, of several choices the first; None for none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return next((words for one in value if (words := answer_words(one))), None)
    if isinstance(value, dict):
        keys = ("value", "accepted", "checked", "is_checked", "label", "text")
        return next((words for key in keys if (words := answer_words(value.get(key)))), None)
    return text(value)

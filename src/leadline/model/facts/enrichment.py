"""What was looked up about a lead: each value with where it came from, when, and how sure it is."""

from datetime import datetime

import msgspec

Scalar = str | int | float | bool
"""A value that a provider gives."""


class Enriched(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value that was looked up: the `provider` (a name from `[enrich]`), when it answered, and
    how sure the value is (0 to 1), None if nobody says."""

    value: Scalar
    provider: str
    at: datetime
    confidence: float | None = None


class Enrichment(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was looked up about a lead.

    `values` are by field. `asked` are the providers that have answered, each with a digest of what
    it was asked. `due` are those that could not be asked yet, for lack of time or because they want
    a pause; `tries` is how often that was tried already. `told` are the services that were sent
    something of the lead at any time, also those without an answer, and those of earlier settings.
    """

    values: dict[str, Enriched] = {}
    asked: dict[str, str] = {}
    due: tuple[str, ...] = ()
    tries: int = 0
    told: tuple[str, ...] = ()


FILLED = ("company", "website", "country", "title")
"""The fields of a contact that a value fills where nobody has said anything."""
RULE = "enrich."
"""The rule of a change that filled a field: this, and the name of the provider."""

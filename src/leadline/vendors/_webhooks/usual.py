"""What updates of any shape say beside their fields: when it happened, and what is empty now."""

from typing import Any

from leadline.model.lead import LeadFields
from leadline.vendors._webhooks.aliases import meaning
from leadline.vendors._webhooks.fields import flat_with_empty, scalar_or_text

TIMES = (
    "occurred_at", "occurredAt", "eventDate", "event_time", "time", "timestamp",
    "updated_at", "updatedAt", "date_updated", "modified_at", "modifiedAt", "date_modified",
    "data.updated_at", "data.updatedAt", "data.date_updated", "data.modified_at",
)  # fmt: skip
"""The usual places of an event's own time, and of its record's last change."""

_AROUND = frozenset(
    ("data", "payload", "record", "object", "lead", "contact", "person", "customer", "current",
     "after", "new", "attributes", "fields", "properties")
)  # fmt: skip
"""What the objects are called in which a record's own values stand."""


def emptied_by_name(body: Any, fields: LeadFields) -> tuple[str, ...]:
    """The fields that stand empty under their usual names, and of which the event says nothing
    elsewhere (*fields* are what it says)."""
    found = dict[str, None]()
    for path, value in flat_with_empty(body):
        if scalar_or_text(value):
            continue
        found[f"custom.{path}"] = None
        *around, key = path.split(".")
        known = meaning(key) if _AROUND.issuperset(around) else None
        if known and getattr(fields, known[0]) is None:
            found[known[0]] = None
    return tuple(found)

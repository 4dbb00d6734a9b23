"""The time and the cleared fields of updates of any shape."""

from collections.abc import Iterator
from typing import Any

from leadline.model.lead import LeadFields
from leadline.vendors._reader.aliases import meaning
from leadline.vendors._webhooks.fields import flat_with_empty, scalar_or_text

TIMES = (
    "occurred_at", "occurredAt", "eventDate", "event_time", "time", "timestamp",
    "updated_at", "updatedAt", "date_updated", "modified_at", "modifiedAt", "date_modified",
    "data.updated_at", "data.updatedAt", "data.date_updated", "data.modified_at",
)  # fmt: skip
"""The usual paths of an event's own time, and of its record's last change."""

_AROUND = frozenset(
    ("data", "payload", "record", "object", "lead", "contact", "person", "customer", "current",
     "after", "new", "attributes", "fields", "properties")
)  # fmt: skip
"""The usual names of the object that holds a record's values."""
_DEEPEST = 6


def emptied_by_name(body: Any, fields: LeadFields) -> tuple[str, ...]:
    """The fields that are empty under their usual names and have no value elsewhere in the event
    (*fields* are its values)."""
    found = dict[str, None]()
    for path, value in flat_with_empty(body):
        if scalar_or_text(value):
            continue
        found[f"custom.{path}"] = None
        *around, key = path.split(".")
        known = meaning(key) if _AROUND.issuperset(around) else None
        if known and getattr(fields, known[0]) is None:
            found[known[0]] = None
    for label in _left_out(body, 0):
        known = meaning(label)
        if known and getattr(fields, known[0]) is None:
            found[known[0]] = None
    return tuple(found)


def _left_out(value: Any, depth: int) -> Iterator[str]:
    """The telling labels of questions that were answered by nothing."""
    from leadline.vendors._answers.answers import answer_in  # imported here: no capture needs it

    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inside:
        answer = answer_in(one)
        if answer is not None and answer.telling and answer.value is None:
            yield answer.label
        elif depth < _DEEPEST:
            yield from _left_out(one, depth + 1)

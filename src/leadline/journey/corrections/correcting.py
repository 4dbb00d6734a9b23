"""Applies what people here corrected (`model.facts.correcting`) to the fields of a lead."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from leadline.model.facts.correcting import CORRECTED_RULE, CUSTOM, read_correction
from leadline.model.facts.likeness import EDITED_RULE
from leadline.model.lead import Change, LeadFields, RefinedLead

_OF_NAME = ("first_name", "last_name")


def values_corrected(corrections: Sequence[bytes]) -> dict[str, str]:
    """The corrected values by field, the newest last; "" for a field that was cleared."""
    values: dict[str, str] = {}
    for raw in corrections:
        if (one := read_correction(raw)) is not None:
            values.update(one.fields)
    return values


def corrected(fields: LeadFields, corrections: Sequence[bytes]) -> LeadFields:
    """The fields of a lead, with the corrected values in place of the sender's and the CRM's."""
    values = values_corrected(corrections) if corrections else {}
    if not values:
        return fields
    said: dict[str, Any] = {}
    custom = dict(fields.custom)
    for name, value in values.items():
        if not name.startswith(CUSTOM):
            said[name] = value or None
        elif value:
            custom[name.removeprefix(CUSTOM)] = value
        else:
            custom.pop(name.removeprefix(CUSTOM), None)
    if "name" in said:  # its parts would contradict it
        said.update(dict.fromkeys(_OF_NAME))
    return replace(fields, **said, custom=custom)


def with_corrections(
    lead: RefinedLead, sent: LeadFields, corrections: Sequence[bytes]
) -> RefinedLead:
    """The refined lead with a change (`CORRECTED_RULE`) for each value that a person corrected;
    *sent* are the fields without corrections. They come first, since the rules saw their result."""
    made: list[Change] = []
    values = values_corrected(corrections)
    for name, value in values.items():
        before = _shown(value_of(sent, name))
        if (before or "") != value:
            made.append(Change(name, before, value or None, CORRECTED_RULE))
    others = (one for one in lead.changes if not (one.rule == EDITED_RULE and one.field in values))
    return replace(lead, changes=(*made, *others))


def value_of(fields: LeadFields, name: str) -> Any:
    """The value of a field by the name that a correction gives it; None if it is missing."""
    if name.startswith(CUSTOM):
        return fields.custom.get(name.removeprefix(CUSTOM))
    if name == "name" and not fields.name:
        return " ".join(filter(None, (fields.first_name, fields.last_name))) or None
    return getattr(fields, name)


def _shown(value: Any) -> str | None:
    return None if value is None else value if isinstance(value, str) else str(value)

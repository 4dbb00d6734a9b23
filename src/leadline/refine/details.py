"""What a lead says about itself beside contact data: source, campaign, owner, message, record."""

from collections.abc import Callable
from typing import Any

from leadline.model.lead import Change, LeadDetails, LeadFields
from leadline.refine import text

_OF_DETAILS: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("source", "source", text.line),
    ("campaign", "campaign", text.line),
    ("owner", "owner", text.line),
    ("owner_claimed", "owner_claimed", text.line),
    ("message", "message", text.lines),
    ("crm_url", "crm_url", text.bare),
    ("record", "crm_record", text.bare),
)
"""The texts of the details: their names before and after refinement, and how they are cleaned."""


def refine_details(fields: LeadFields) -> tuple[LeadDetails, tuple[Change, ...]]:
    """The refined details, and their changes."""
    kept: dict[str, Any] = {}
    changes = text.NO_CHANGES
    for name, field, how in _OF_DETAILS:
        written = getattr(fields, name)
        if written:  # most leads have only one or two
            kept[field], of_field = text.clean(field, written, how)
            changes += of_field
    return LeadDetails(lead_score=fields.score, **kept), changes

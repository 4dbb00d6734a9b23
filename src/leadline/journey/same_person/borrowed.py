"""Borrowed values: what filled blanks of a lead from an earlier one, or was looked up, and was
written to its CRM.

The CRM gives such a value back, in its answers and in its webhooks. It must not become the lead's
own by that, or unlinking the leads could never take it back, nor would it go with its provider. So
digests of the values are kept.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from leadline.duplicates.merging import looked_up
from leadline.model.handling import Handling
from leadline.model.lead import LeadFields, RefinedLead
from leadline.ports.crm import CrmChange

_NAMES = ("name", "first_name", "last_name")


def is_borrowed(ours: str, value: Any, handling: Handling) -> bool:
    """Whether this value of the field *ours* is one that was borrowed and written to the CRM, in
    whatever letter case and punctuation."""
    return bool(value) and handling.borrowed.get(ours) == _digest(value)


def borrowed_after(
    lead: RefinedLead, before: Handling, change: CrmChange, write: Mapping[str, str]
) -> Mapping[str, str]:
    """`Handling.borrowed` after a change was written; *write* are the CRM's names of our fields."""
    borrowed = {*lead.filled, *looked_up(lead)}
    news = {
        ours: _digest(change.values[name])
        for ours, name in write.items()
        if ours in borrowed and change.values.get(name)
    }
    return {**before.borrowed, **news}


def without_borrowed(fields: LeadFields, handling: Handling | None) -> LeadFields:
    """What a CRM says of a lead, without what was borrowed before it was written there."""
    if handling is None or not handling.borrowed:
        return fields
    names = [n for n in handling.borrowed if is_borrowed(n, getattr(fields, n, None), handling)]
    whole = " ".join(filter(None, (fields.first_name, fields.last_name)))
    if is_borrowed("name", fields.name or whole, handling):
        names += _NAMES
    return msgspec.structs.replace(fields, **dict.fromkeys(names)) if names else fields


def _digest(value: Any) -> str:
    plain = "".join(filter(str.isalnum, str(value).casefold()))
    return blake2b(plain.encode(errors="surrogatepass"), digest_size=16).hexdigest()

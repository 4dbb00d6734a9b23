"""Decoding of refined documents, for all stores."""

from collections.abc import Iterable

import msgspec

from leadline.model.lead import RefinedLead
from leadline.stores.damage import note_damage

_decoder = msgspec.json.Decoder(RefinedLead)


def decoded(documents: Iterable[tuple[str, bytes]]) -> dict[str, RefinedLead]:
    """The leads of these documents (with or without the original data), by id. A document that
    cannot be read is logged and left out."""
    leads: dict[str, RefinedLead] = {}
    for lead_id, document in documents:
        try:
            leads[lead_id] = _decoder.decode(document)
        except (ValueError, RecursionError):  # of msgspec, or of bytes that are not text
            note_damage(lead_id)
    return leads

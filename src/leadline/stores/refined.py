"""Refined leads out of their documents, alike in all stores."""

import logging
from collections.abc import Iterable

import msgspec

from leadline.model.lead import RefinedLead

log = logging.getLogger(__name__)

_decoder = msgspec.json.Decoder(RefinedLead)


def decoded(documents: Iterable[tuple[str, bytes]]) -> dict[str, RefinedLead]:
    """The leads of these documents, whole or without the original data, by id. One that can't be
    read is left out, and logged."""
    leads: dict[str, RefinedLead] = {}
    for lead_id, document in documents:
        try:
            leads[lead_id] = _decoder.decode(document)
        except (ValueError, RecursionError):  # msgspec's errors, and that of bytes that are no text
            log.error("document.damaged", extra={"lead": lead_id})
    return leads

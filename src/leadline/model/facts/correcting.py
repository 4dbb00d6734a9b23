"""Corrections: what a person here says about the fields of a lead, against what its sender wrote.

A correction is an event of its own beside the sender's bytes, which stay as they are. It belongs to
its lead, so it is applied by every later refinement, and moved, exported, erased and deleted with
it. Later corrections count more than earlier ones, and all of them more than sender and CRM.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

CORRECTED_RULE = "corrected.by_person"
"""The rule of a `Change` that a correction makes: in merges it ranks as a person's edit."""
CORRECTABLE = (
    "name", "email", "phone", "company", "title", "country", "website", "message",
)  # fmt: skip
"""The fields of a lead that can be corrected, beside those of the sender's own names."""
CUSTOM = "custom."
"""What the sender's own name of a field begins with, as in settings."""
MOST_CORRECTIONS = 50
"""The number of corrections of one lead."""
LONGEST_VALUE = 20_000
"""The number of characters of a corrected value."""
LONGEST_NAME = 200
"""The number of characters of the name of a field that the sender did not send."""


class Correction(msgspec.Struct, frozen=True):
    """What a person says about a lead: who, when, and the values by field. The name of a field of
    the sender begins with `custom.`; a value "" clears the field."""

    by: str
    at: datetime
    fields: Mapping[str, str]


_decoder = msgspec.json.Decoder(Correction)


def read_correction(raw: bytes) -> Correction | None:
    """The correction in the raw JSON of an event; None if it was erased or deleted."""
    try:
        return _decoder.decode(raw)
    except msgspec.MsgspecError:
        return None


def raw_correction(correction: Correction) -> bytes:
    """The raw JSON of a correction."""
    return msgspec.json.encode(correction)

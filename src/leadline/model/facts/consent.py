"""Consent to being contacted: what was said, by whom, when, and in which words."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

PURPOSES = ("email", "phone", "sms", "ads", "data")
"""What one can consent to: e-mail, calls, text messages, the use of the data for advertising, and
that the data is processed at all."""
YES, NO, UNKNOWN = "yes", "no", "unknown"
LISTED = "suppression list"
"""The source of what the suppression list says."""
CRM = "CRM"
"""How the source of what a CRM says begins: "CRM hubspot"."""
SUPPRESSED = "contact.suppressed"
"""The problem code of a lead that is on the suppression list."""


class ConsentSaid(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a sender says on one purpose, as written ("on"). `text` is the question or the name of
    the field. `source` is "" for the lead's own source."""

    value: str
    text: str = ""
    at: datetime | None = None
    source: str = ""


class Consent(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known on one purpose: `value` is YES, NO or UNKNOWN, said by `source` (the source of
    a lead, "CRM hubspot", LISTED) at a time (None: not known when). `text` is what was asked, and
    the answer if it is not understood. `lead_id` is the earlier lead that it was said in; "" for
    this one."""

    value: str
    source: str
    at: datetime | None = None
    text: str = ""
    lead_id: str = ""


def refused(consent: Mapping[str, Consent]) -> tuple[str, ...]:
    """The purposes to which somebody said no, in the order of `PURPOSES`."""
    return tuple(one for one in PURPOSES if one in consent and consent[one].value == NO)


def newly_refused(now: Mapping[str, Consent], before: Mapping[str, Consent]) -> bool:
    """Whether a purpose is refused now that was not before."""
    return bool(set(refused(now)) - set(refused(before)))

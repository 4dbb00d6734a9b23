"""Conversions: what ad networks are told of leads, stage by stage."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec


class Stage(StrEnum):
    """A point that a lead has reached, in the order in which they are told: it came in (LEAD),
    somebody answered it or claimed it (CONTACTED), or how it ended."""

    LEAD = "lead"
    CONTACTED = "contacted"
    WON = "won"
    LOST = "lost"
    DISQUALIFIED = "disqualified"
    JUNK = "junk"


class Pushed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stage that an ad network accepted: when it was reached (`at`) and sent, under which name
    and which id of the event, by which identifiers of the person ("lead_id em"), and with which
    value in its currency. `digest` is that of the event as sent (BLAKE2b, 16 bytes, hexadecimal);
    "" once the lead is erased. `code` is how the network names the request. `consent` and
    `consent_at` are the source and the time of the consent that it was sent with."""

    stage: Stage
    at: datetime
    sent_at: datetime
    name: str
    event_id: str
    identifiers: str = ""
    digest: str = ""
    code: str = ""
    value: float | None = None
    currency: str = ""
    consent: str = ""
    consent_at: datetime | None = None


PushedByNetwork = Mapping[str, tuple[Pushed, ...]]
"""The stages that each ad network was told of, by its name in the settings."""


def without_digests(pushed: PushedByNetwork) -> PushedByNetwork:
    """What ad networks were told, without what somebody could be recognised by."""
    return {
        name: tuple(msgspec.structs.replace(one, digest="") for one in told)
        for name, told in pushed.items()
    }

"""When channels and CRMs were last well, by the newest lines of an embedded store; on AWS nothing
but the logs could tell."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

import msgspec

from leadline.model.task import Step
from leadline.ports.reading.ledger import Ledger
from leadline.ports.reading.news import News, NewsReader
from leadline.privacy.masking import masked_text

MOST_LINES = 5_000
"""So many messages, and as many lines of timelines, are looked through."""
_CRM_WELL = frozenset((
    "crm.written", "crm.told", "owner.found", "look_up.nothing_new", "write_back.nothing_new",
))  # fmt: skip
"""The lines of a timeline that a CRM's answer makes."""
_PUSHED = "push.sent"
"""The line of a timeline on a lead of which an ad network was told; its detail begins with the name
of the network."""
_CRM_STEPS = (Step.LOOK_UP, Step.WRITE_BACK)
_CRM_FAILED = frozenset(f"{step}.{end}" for step in _CRM_STEPS for end in ("failed", "dead"))


class LastTimes(msgspec.Struct, frozen=True):
    """When something was last well, when it last failed, and with what words."""

    well_at: datetime | None = None
    failed_at: datetime | None = None
    words: str = ""


class Lately(msgspec.Struct, frozen=True):
    """When each channel last accepted a message, the words of failed attempts of each that are not
    over, the times of each CRM by the name of its source, and when each ad network last accepted
    something."""

    channels: Mapping[str, datetime] = {}
    failures: Mapping[str, str] = {}
    crms: Mapping[str, LastTimes] = {}
    networks: Mapping[str, datetime] = {}


@runtime_checkable
class FailureReader(Protocol):
    """Tells what channels said of messages that are still to be sent."""

    def failures(self) -> Mapping[str, str]:
        """The words of a failed attempt of each channel that has messages left to send."""


def lately_of(ledger: Ledger) -> Lately:
    """What is known; nothing where no store can tell it quickly."""
    lines = ledger.last_of_each(MOST_LINES) if isinstance(ledger, NewsReader) else []
    names = {step.row.event_name for step in Step} - {""}
    said = ledger.failures() if isinstance(ledger, FailureReader) else {}
    return Lately(
        channels={one.detail: one.at for one in lines if one.what in names and one.detail},
        failures={name: _shown(words) for name, words in said.items()},
        crms=_crms(lines),
        networks={one.detail.partition(":")[0]: one.at for one in lines if one.what == _PUSHED},
    )


def _shown(words: str) -> str:
    """What a destination said, without addresses and numbers that it may have quoted."""
    return masked_text(words)


def _crms(lines: Sequence[News]) -> Mapping[str, LastTimes]:
    found: dict[str, LastTimes] = {}
    for one in lines:
        known = found.get(one.source, LastTimes())
        if one.what in _CRM_WELL:
            found[one.source] = msgspec.structs.replace(known, well_at=one.at)
        elif one.what in _CRM_FAILED:
            found[one.source] = msgspec.structs.replace(
                known, failed_at=one.at, words=_shown(one.detail)
            )
    return found

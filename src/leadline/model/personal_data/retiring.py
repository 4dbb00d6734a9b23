"""What is kept of a lead after retention: that it existed, when, whose it was, and how it ended."""

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from leadline.model.lead import (
    CapturedLead,
    Contact,
    LeadDetails,
    RefinedLead,
)

if TYPE_CHECKING:
    from leadline.model.handling import Handling  # a function that captures webhooks needs none


class DataKind(StrEnum):
    """What is kept of leads for a time of its own: what the sender sent (RAW), the refined
    document (REFINED), dead letters (DEAD), and the timeline with the messages' references
    (TIMELINE)."""

    RAW = "raw"
    REFINED = "refined"
    DEAD = "dead"
    TIMELINE = "timeline"


RETIRED = "retention"
"""The `why` of an event whose dead letter was deleted by retention before it was ever refined."""
RETIRED_WORDS = b'{"deleted":"retention"}'
"""The JSON that replaces what a sender sent."""
RETIRED_PROBLEM = "record.retention"
"""The problem code of a refined lead whose personal data was deleted by retention."""
HELD, RELEASED = "data.held", "data.released"
"""The timeline notes on a lead that comes under a legal hold, and on one that leaves it."""
_ENDING = ".retired"


def note_on(kind: DataKind) -> str:
    """The timeline note that says that something of this kind was deleted."""
    return f"{kind}{_ENDING}"


def outlasts(what: str) -> bool:
    """Whether a line of a timeline stays when the timeline is deleted: the lines that say what
    retention deleted, and those that are counted; they hold no personal data."""
    counts = what in ("redelivered", "refined", "quarantined") or what.endswith(".dead")
    return counts or what.startswith("wait.") or what.endswith(_ENDING)


def words_retired(event: CapturedLead) -> CapturedLead:
    """An event without what the sender sent."""
    return msgspec.structs.replace(event, raw=RETIRED_WORDS, body=None)


def person_retired(lead: RefinedLead) -> RefinedLead:
    """A refined lead without personal data. What statistics count stays: source, campaign, score,
    owner, and the decision who got the lead."""
    details = lead.lead_details
    kept = LeadDetails(
        source=details.source,
        campaign=details.campaign,
        lead_score=details.lead_score,
        crm_record=details.crm_record,
        owner=details.owner,
        owner_id=details.owner_id,
        owner_email=details.owner_email,
        ownership=details.ownership,
    )
    return msgspec.structs.replace(
        lead,
        contact=Contact(),
        lead_details=kept,
        problems=(RETIRED_PROBLEM,),
        changes=(),
        custom={},
        possible=(),
        filled={},
        experiment_unit="",
        consent={},
        score=lead.score and msgspec.structs.replace(lead.score, reasons=()),
        attribution=None,
        enrichment=None,
    )


def is_retired(lead: RefinedLead) -> bool:
    """Whether the personal data of a refined lead was deleted by retention."""
    return RETIRED_PROBLEM in lead.problems


def handling_retired(handling: "Handling") -> "Handling":
    """A handling without values that came from the lead (written to the CRM), which would name the
    person; `rev` is that of a further change."""
    from leadline.model.facts.conversions import (
        without_digests,  # a function that captures needs none
    )

    return msgspec.structs.replace(
        handling,
        written={},
        borrowed={},
        reply_url="",
        reply_until=None,
        pushed=without_digests(handling.pushed),
        rev=handling.rev + 1,
    )

"""Candidates and refined leads for tests of the search for duplicates."""

from datetime import UTC, datetime, timedelta
from typing import Any

from leadline.duplicates.deciding import Cluster
from leadline.model.facts.likeness import Candidate, Judgement, Ruling, Traits
from leadline.model.lead import Contact, LeadDetails, RefinedLead

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def candidate(number: int, of: int | None = None, /, **traits: Any) -> Candidate:
    """The lead with this number, captured so many minutes after the start, in the cluster of
    another one or its own."""
    whose = number if of is None else of
    at = START + timedelta(minutes=number)
    return Candidate(f"lead-{number}", at, f"lead-{whose}", Traits(**traits))


def cluster(*members: Candidate) -> Cluster:
    return Cluster(members[0].first, members[0].captured_at, members)


def judgement(one: int, other: int, ruling: Ruling, minutes: int = 60) -> Judgement:
    at = START + timedelta(minutes=minutes)
    return Judgement(f"lead-{one}", f"lead-{other}", ruling, "clara", at)


def refined(number: int, **contact: Any) -> RefinedLead:
    at = START + timedelta(minutes=number)
    return RefinedLead(
        lead_id=f"lead-{number}",
        captured_at=at,
        processed_at=at,
        status="refined",
        contact=Contact(**contact),
        lead_details=LeadDetails(),
        received_from="generic",
    )

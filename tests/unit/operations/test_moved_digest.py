"""Leads have the digests that an earlier version noted of them in the journal of a move."""

from datetime import UTC, datetime, timedelta

import msgspec

from leadline.model.lead import Fate, Kind
from leadline.model.task import Step
from leadline.operations.moving.agreement import family_digest
from leadline.ports.homes import Family, MovedLead, MovedTask

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NOTED = "25a446dd78c53bd4eacc59b271413756"
"""By commit 173241e, for the lead below."""


def family(task: MovedTask) -> Family:
    lead = MovedLead(
        lead_id="019cadf4-8850-7000-9e39-44187311d8a3",
        source="generic",
        kind=Kind.CREATED,
        captured_at=AT,
        fate=Fate.CAPTURED,
        why="",
        record=None,
        joined=None,
        raw=b"{}",
        body=None,
        media_type="application/json",
        head=None,
        channel_count=0,
        duplicate_of=None,
        tasks=(task,),
        alerts=(),
        history=(),
        redelivered=0,
    )
    return Family((lead,))


def test_a_task_that_was_never_moved_has_the_digest_of_before() -> None:
    due_at = AT + timedelta(minutes=10)
    task = MovedTask(Step.REFINE, "", AT, due_at, 0, 0, False, False, "", None, "")
    assert family_digest(family(task)).hex() == NOTED
    late = msgspec.structs.replace(task, first_due_at=due_at)
    assert family_digest(family(late)).hex() != NOTED

"""A worker that goes on after its lease has ended, while others ended the lead, does no harm."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from leadline.model.lead import Status
from leadline.model.task import Drop, Step, Task
from leadline.ports.store import Settlement
from tests.standins.aws_faults import Actor, failing_anywhere
from tests.stores.aws.test_units_saved import come, refine, traits, under_keys
from tests.worlds.leads import HandClock

LEASE = timedelta(seconds=60)


def given_up_meanwhile(other: Actor, clock: HandClock) -> None:
    """Another worker gives the lead up, after the lease of the first one has ended."""
    clock.advance(seconds=61)
    (lead_id,) = other.leads()
    held = other.handed(Task(Step.REFINE, lead_id)).lease(Step.REFINE, 1, LEASE)
    other.store.settle([Settlement(one, Drop("lead.not_understood", "")) for one in held])


def erased_meanwhile(other: Actor, clock: HandClock) -> None:
    """Another worker refines the lead, after the lease of the first one has ended, and its person
    is erased then."""
    clock.advance(seconds=61)
    (lead_id,) = other.leads()
    refine(other, lead_id)
    other.store.erase(lead_id)


@pytest.mark.parametrize("meanwhile", [given_up_meanwhile, erased_meanwhile])
def test_a_worker_that_comes_too_late_leaves_nothing_to_compare_of_a_lead_that_has_ended(
    moto: str, clock: HandClock, meanwhile: Callable[..., None]
) -> None:
    rooms = failing_anywhere(
        moto, clock, partial(meanwhile, clock=clock), partial(come, clock=clock, name="one"), refine
    )
    ended = 0
    for actor, one, _ in rooms:
        lead = actor.leads()[one]
        if lead.status is not Status.DEAD and not (lead.summary and lead.summary.email is None):
            continue  # there was no late worker any more, or not yet
        ended += 1
        assert traits(actor, one) == ""
        assert under_keys(actor) == set()
    assert ended >= 5, "nobody came too late"

"""The promises on AWS when it fails at any call: every case has rooms of its own, and a fault at
one call of what is done there."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from leadline.adapters.aws.items import LeadItem
from leadline.adapters.aws.sweeping import GRACE, OVERDUE
from leadline.formats import from_iso
from leadline.lead import CapturedLead, Fate, Kind, Receipt
from tests.aws_faults import Actor, Fault, failing_anywhere, named
from tests.worlds import HandClock, captured

DELAY = timedelta(minutes=10)


class Deed:
    """An event at the door, and what stood there before."""

    def __init__(self, name: str, before: Sequence[dict[str, Any]] = (), **event: Any) -> None:
        self.name, self.before, self.event = name, before, event

    def prepare(self, clock: HandClock) -> Callable[[Actor], CapturedLead]:
        """Let in what came before; the event as it comes now."""

        def prepare(actor: Actor) -> CapturedLead:
            for number, event in enumerate(self.before):
                actor.store.accept([named(captured(clock, f"before{number}", **event))])
                clock.advance(seconds=1)
            return self.delivery(clock)

        return prepare

    def delivery(self, clock: HandClock) -> CapturedLead:
        """The event as it comes, or comes again."""
        return named(captured(clock, **self.event))


DEEDS = [
    Deed("plain"),
    Deed("digest", lasting=False),
    Deed("record", record="contact:1"),
    Deed("update", [{"record": "contact:1"}], kind=Kind.UPDATED, record="contact:1"),
    Deed("filtered", kind=Kind.IGNORED, why="deleted"),
]
of_deed = pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)


def with_faults(*faults: Fault) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fault", faults, ids=lambda fault: fault.name)


def accept(actor: Actor, lead: CapturedLead) -> Receipt:
    return actor.store.accept([lead])[0]


def check_event(actor: Actor, deed: Deed, first: CapturedLead) -> LeadItem:
    """Everything known of the event is in its place; the lead that it belongs to."""
    known = actor.leads()
    event_id = actor.items("E#")[first.event_key.hex()]["lead_id"]
    event = known[event_id]
    assert actor.raws() == known.keys()
    assert len(actor.items("E#")) == len(known) == len(deed.before) + 1
    head = known[event.joined or event_id]
    heads = [lead for lead in known.values() if lead.fate == Fate.CAPTURED]
    assert heads == ([] if deed.name == "filtered" else [head])
    if deed.name == "update":
        assert event.fate == Fate.FOLDED
        assert head.updates == head.related == (event_id,)
    for record in actor.items("R#").values():
        assert record["lead_id"] == head.lead_id
    if head.task is not None:
        assert from_iso(head.task.due_at) == from_iso(head.captured_at) + DELAY
    return head


@with_faults(*Fault)
@of_deed
def test_a_delivery_after_a_capture_that_failed_anywhere_makes_one_lead(
    moto: str, clock: HandClock, deed: Deed, fault: Fault
) -> None:
    cases = failing_anywhere(moto, clock, fault, deed.prepare(clock), accept)
    for actor, lead, answer in cases:
        clock.advance(seconds=20)
        (again,) = actor.store.accept([deed.delivery(clock)])
        head = check_event(actor, deed, lead)
        assert answer is None or (answer.lead_id, again.fate) == (again.lead_id, Fate.REDELIVERED)
        if head.task is not None:
            assert again.lead_id == head.lead_id
            assert actor.messages() >= 1, "nobody will come for it"


@with_faults(Fault.LOST, Fault.DEATH)
@of_deed
def test_the_sweep_goes_on_with_every_capture_that_got_as_far_as_the_archive(
    moto: str, clock: HandClock, deed: Deed, fault: Fault
) -> None:
    cases = failing_anywhere(moto, clock, fault, deed.prepare(clock), accept)
    for actor, lead, answer in cases:
        archived = lead.id in actor.raws()
        clock.advance(seconds=GRACE.total_seconds() + 1)
        assert actor.swept().unrecovered == 0
        assert answer is None or archived
        if not archived:
            assert len(actor.leads()) == len(deed.before)
            continue
        head = check_event(actor, deed, lead)
        if head.task is not None and not actor.messages():
            clock.advance(seconds=(DELAY + OVERDUE).total_seconds())
            assert actor.swept().rung == 1
            assert actor.messages() == 1

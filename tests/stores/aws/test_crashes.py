"""The promises on AWS when it fails at any call: every case has rooms of its own, and a fault at
one call of what is done there."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from leadline.alerts.sending import deliver_due
from leadline.journey.refinement.refining import refine_due
from leadline.model.formats import from_iso
from leadline.model.lead import CapturedLead, Fate, Kind, Receipt, Status
from leadline.model.task import Step, Task
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.stores.aws.items import LeadItem, further_of
from leadline.stores.aws.sweep.overdue import OVERDUE
from leadline.stores.aws.sweep.sweep import GRACE
from tests.standins.aws_faults import Actor, AwsFault, ToldSlack, failing_anywhere, named
from tests.worlds.leads import HandClock, captured

DELAY = timedelta(minutes=10)


class CrashedCall:
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
    CrashedCall("plain"),
    CrashedCall("digest", lasting=False),
    CrashedCall("record", record="contact:1"),
    CrashedCall("update", [{"record": "contact:1"}], kind=Kind.UPDATED, record="contact:1"),
    CrashedCall("filtered", kind=Kind.IGNORED, why="deleted"),
]
of_deed = pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.name)


def with_faults(*faults: AwsFault) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fault", faults, ids=lambda fault: fault.name)


def accept(actor: Actor, lead: CapturedLead) -> Receipt:
    return actor.store.accept([lead])[0]


def check_event(actor: Actor, deed: CrashedCall, first: CapturedLead) -> LeadItem:
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


@with_faults(*AwsFault)
@of_deed
def test_a_delivery_after_a_capture_that_failed_anywhere_makes_one_lead(
    moto: str, clock: HandClock, deed: CrashedCall, fault: AwsFault
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


@with_faults(AwsFault.LOST, AwsFault.DEATH)
@of_deed
def test_the_sweep_goes_on_with_every_capture_that_got_as_far_as_the_archive(
    moto: str, clock: HandClock, deed: CrashedCall, fault: AwsFault
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
            assert actor.swept().overdue == 1
            assert actor.messages() == 1


def due_lead(clock: HandClock) -> Callable[[Actor], str]:
    """A lead with an update folded in whose wait is over."""

    def prepare(actor: Actor) -> str:
        lead = named(captured(clock, record="contact:1"))
        raw = b'{"email":"countess@example.org"}'
        update = captured(clock, "update", kind=Kind.UPDATED, record="contact:1", raw=raw)
        actor.store.accept([lead])
        actor.store.accept([named(update)])
        clock.advance(seconds=DELAY.total_seconds())
        return lead.id

    return prepare


def refine(actor: Actor, lead_id: str) -> bool:
    refine_due(actor.kit(Task(Step.REFINE, lead_id)))
    return True


def check_refined(actor: Actor, lead_id: str) -> None:
    """The lead is refined, once, and its alert waits."""
    lead = actor.leads()[lead_id]
    assert lead.task is None
    assert lead.summary is not None
    assert [line.what for line in lead.timeline] == ["refined"]
    document = actor.store.documents([lead_id])[lead_id]
    assert json.loads(document)["processed_at"] == lead.summary.processed_at.replace(".000000", "")
    assert json.loads(document)["contact"]["email"] == "countess@example.org"
    under = actor.items("M#").values()  # one lead alone has no list
    assert {(item["lead_id"], "leads" in item) for item in under} == {(lead_id, False)}
    alerts = [i for i in actor.table.scan() if i["sk"].startswith("notify#")]
    assert [(i["lead_id"], i["channel"]) for i in alerts] == [(lead_id, "slack")]


@with_faults(*AwsFault)
def test_a_refinement_that_failed_anywhere_is_done_once_when_its_lease_is_over(
    moto: str, clock: HandClock, fault: AwsFault
) -> None:
    cases = failing_anywhere(moto, clock, fault, due_lead(clock), refine)
    for actor, lead_id, _ in cases:
        lead = actor.leads()[lead_id]
        if fault is AwsFault.REPEATED:
            check_refined(actor, lead_id)
        elif lead.task is not None and lead.task.leased:
            refine(actor, lead_id)
            assert actor.leads()[lead_id] == lead, "somebody else may have it still"
        clock.advance(seconds=61)
        refine(actor, lead_id)
        check_refined(actor, lead_id)
        if not actor.messages(Step.NOTIFY):
            clock.advance(seconds=OVERDUE.total_seconds())
            assert actor.swept().overdue == 1
        assert actor.messages(Step.NOTIFY) >= 1


def refined_lead(
    clock: HandClock, slack: Callable[[], ToldSlack] = ToldSlack
) -> Callable[..., Any]:
    """A lead whose alert is due, and who is to hear of it."""

    def prepare(actor: Actor) -> tuple[str, ToldSlack]:
        lead = named(captured(clock, delay=timedelta()))
        actor.store.accept([lead])
        refine(actor, lead.id)
        return lead.id, slack()

    return prepare


def deliver(actor: Actor, prepared: tuple[str, ToldSlack]) -> timedelta | None:
    lead_id, slack = prepared
    return deliver_due(actor.kit(Task(Step.NOTIFY, lead_id, "slack"), slack=slack), "slack")


@with_faults(AwsFault.LOST, AwsFault.REPEATED, AwsFault.DEATH)
def test_an_alert_that_failed_anywhere_is_told_and_then_recorded_once(
    moto: str, clock: HandClock, fault: AwsFault
) -> None:
    cases = failing_anywhere(moto, clock, fault, refined_lead(clock), deliver)
    for actor, (lead_id, slack), _ in cases:
        before = actor.leads()[lead_id].alerts
        assert len(before) <= len(slack.sent) <= 1
        clock.advance(seconds=61)
        deliver(actor, (lead_id, slack))
        lead = actor.leads()[lead_id]
        assert len(lead.alerts) == 1
        assert len(slack.sent) <= 2 - len(before), "nobody hears twice of what is recorded"
        assert lead.status is Status.ALERTED
        lines = [line.what for line in lead.timeline if line.what != "notify.already_told"]
        assert lines == ["refined", "alerted"]
        assert not [i for i in actor.table.scan() if i["sk"].startswith("notify#")]
        assert deliver(actor, (lead_id, slack)) is None
        (alert,) = actor.store.alerts([lead_id])[lead_id]
        assert alert.channel == "slack"


@pytest.mark.parametrize(
    ("says", "fault"),
    [
        (Busy(timedelta(seconds=300), "slow down"), AwsFault.DEATH),
        (Refused("slack.no_team", "no_team"), AwsFault.LOST),
        (Unreachable("slack.http_503"), AwsFault.REPEATED),
    ],
    ids=lambda what: what.name if isinstance(what, AwsFault) else type(what).__name__,
)
def test_whatever_the_destination_says_is_kept_with_its_words(
    moto: str, clock: HandClock, says: Busy | Refused | Unreachable, fault: AwsFault
) -> None:
    prepare = refined_lead(clock, lambda: ToldSlack(says))
    for actor, (lead_id, slack), _ in failing_anywhere(moto, clock, fault, prepare, deliver):
        clock.advance(seconds=301)
        deliver(actor, (lead_id, slack))
        lead = actor.leads()[lead_id]
        (alert,) = (i for i in actor.table.scan() if i["sk"].startswith("notify#"))
        task = further_of(alert).task
        assert lead.alerts == ()
        assert not task.leased
        match says:
            case Busy():
                assert (task.error, lead.status) == ("channel.busy", Status.REFINED)
                assert deliver(actor, (lead_id, slack)) != timedelta(), "the channel is held"
            case Refused(reason=reason, words=words):
                assert (task.reason, task.error) == (reason, words)
                assert (lead.status, lead.dead_channels) == (Status.DEAD, ("slack",))
                assert lead.timeline[-1].detail == reason
            case Unreachable(words=words):
                assert (task.error, lead.status) == (words, Status.REFINED)
                assert task.failures >= 1
        lines = [line.what for line in lead.timeline]
        assert lines.count("notify.dead") == isinstance(says, Refused)

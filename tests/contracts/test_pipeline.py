"""The way of a lead from the queue to the channel, on every store."""

import json
import math
import random
from datetime import timedelta
from typing import Any

import pytest

from leadline.alerts.sending import deliver_due
from leadline.journey.receiving.capture import CaptureKit
from leadline.journey.refinement.refining import refine_due
from leadline.kit import Kit
from leadline.model.lead import Delivery
from leadline.model.retry import RetryPolicy
from leadline.model.task import Step
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.ports.source import Source
from leadline.ports.store import Store
from leadline.team.matching.routing import Routes
from tests.worlds.channels import ScriptedMessenger, slack_channel
from tests.worlds.killed_process import Killed
from tests.worlds.leads import HandClock, capture
from tests.worlds.poisonous import Poisonous


class PipelineWorld:
    """Everything around one store, with a clock that waits for us."""

    def __init__(self, store: Store, clock: HandClock, **settings: Any) -> None:
        self.store, self.clock, self.channel = store, clock, ScriptedMessenger()
        self.pause = timedelta()
        sources: dict[str, Source] = {"generic": Poisonous()}
        self.front = CaptureKit(sources, timedelta(minutes=10))
        self.kit = Kit(
            store=store,
            sources=sources,
            channels={"slack": slack_channel(self.channel)},
            routes=Routes(usual=("slack",)),
            clock=clock,
            chance=lambda: 0.5,
            retry=RetryPolicy(timedelta(seconds=2), timedelta(minutes=1), attempts=4),
            **settings,
        )

    def post(self, *leads: dict[str, Any]) -> list[str]:
        body = json.dumps(list(leads) if len(leads) > 1 else leads[0]).encode()
        headers = {"content-type": "application/json"}
        answer = capture(Delivery("generic", body, self.clock.now, headers), self.front, self.store)
        told = json.loads(answer.body)
        ids: list[str] = told.get("lead_ids") or [told["lead_id"]]
        return ids

    def wait(self, **span: float) -> None:
        """Let time pass in steps of a second, with the wheels turning all the while; seconds in
        which nothing can be due are skipped."""
        left = int(timedelta(**span).total_seconds())
        while left > 0:
            soonest = min(self._until_due(Step.REFINE), self._until_due(Step.NOTIFY, "slack"))
            step = max(1, min(left, math.ceil(soonest)))
            self.clock.advance(seconds=step)
            left -= step
            self.turn()

    def _until_due(self, step: Step, channel: str = "") -> float:
        at = self.store.next_due(step, channel)
        if at is None:
            return 86_400
        wait = (at - self.clock.now).total_seconds()
        return max(wait, self.pause.total_seconds()) if step is Step.NOTIFY else wait

    def turn(self) -> None:
        while refine_due(self.kit):
            pass
        while (pause := deliver_due(self.kit, "slack")) == timedelta():
            pass
        self.pause = pause or timedelta()


@pytest.fixture
def world(store: Store, clock: HandClock) -> PipelineWorld:
    return PipelineWorld(store, clock)


def person(number: int) -> dict[str, Any]:
    return {"name": f"Person Number{number}", "email": f"person{number}@example.com"}


def test_a_lead_is_told_once_ten_minutes_later(world: PipelineWorld) -> None:
    (lead_id,) = world.post(person(1))
    world.wait(minutes=9, seconds=59)
    assert world.channel.accepted == []
    world.wait(seconds=2)
    assert world.channel.lead_ids == [lead_id]
    world.wait(minutes=30)
    assert world.channel.lead_ids == [lead_id]


def test_one_poison_lead_among_ten_harms_no_other_and_ends_as_a_dead_letter(
    world: PipelineWorld,
) -> None:
    people = [person(n) for n in range(10)]
    people[4]["name"] = "poison"
    ids = world.post(*people)
    world.wait(minutes=12)
    assert sorted(world.channel.lead_ids) == sorted(ids[:4] + ids[5:])
    assert world.store.documents(ids).keys() == {*ids[:4], *ids[5:]}
    assert world.store.next_due(Step.REFINE) is None


def test_one_lead_that_ends_its_worker_ends_as_a_dead_letter_after_three_attempts(
    world: PipelineWorld, caplog: pytest.LogCaptureFixture
) -> None:
    people = [person(n) for n in range(4)]
    people[1]["name"] = "deadly"
    ids = world.post(*people)
    world.clock.advance(minutes=10)
    killed = 0
    with caplog.at_level("INFO", logger="leadline.kit"):
        for _ in range(10):
            try:
                world.turn()
            except Killed:
                killed += 1
            world.clock.advance(seconds=61)
    assert killed == 3
    assert sorted(world.channel.lead_ids) == sorted([ids[0], *ids[2:]])
    assert world.store.next_due(Step.REFINE) is None
    (dead,) = [r for r in caplog.records if r.getMessage() == "refine.drop"]
    assert vars(dead)["reason"] == "refine.never_finished"


def test_a_redelivery_next_day_alerts_nobody_again(world: PipelineWorld) -> None:
    first = world.post(person(1))
    world.wait(minutes=11)
    world.clock.advance(hours=24)
    assert world.post(person(1)) == first
    world.wait(minutes=11)
    assert world.channel.lead_ids == first


def test_slack_down_loses_no_alert_and_refines_nothing_again(world: PipelineWorld) -> None:
    world.channel.replies = [Unreachable("slack.http_503")] * 3
    (lead_id,) = world.post(person(1))
    world.wait(minutes=11)
    assert world.channel.lead_ids == [lead_id]
    assert world.channel.tries == 4


def test_an_alert_that_never_passes_is_a_dead_letter_and_can_be_replayed(
    world: PipelineWorld,
) -> None:
    from leadline.model.task import Task

    world.channel.replies = [Unreachable("slack.http_503")] * 4
    (lead_id,) = world.post(person(1))
    world.wait(minutes=15)
    assert world.channel.accepted == []
    assert world.store.next_due(Step.NOTIFY, "slack") is None
    world.store.put([Task(Step.NOTIFY, lead_id, "slack")], world.clock.now)
    world.wait(seconds=15)  # the channel failed four times, and is held for a while
    assert world.channel.lead_ids == [lead_id]


def test_retry_after_holds_the_whole_channel_and_counts_as_no_failure(world: PipelineWorld) -> None:
    world.channel.replies = [Busy(timedelta(seconds=90))] * 6
    ids = world.post(person(1), person(2))
    world.wait(minutes=10, seconds=5)
    assert world.channel.tries == 1
    world.wait(minutes=12)
    assert sorted(world.channel.lead_ids) == sorted(ids)


def test_a_refused_message_is_a_dead_letter_with_slacks_words(world: PipelineWorld) -> None:
    world.channel.replies = [Refused("slack.no_service", "no_service")]
    world.post(person(1))
    world.wait(minutes=20)
    assert world.channel.tries == 1
    assert world.store.next_due(Step.NOTIFY, "slack") is None


def test_alerts_keep_their_pace(world: PipelineWorld) -> None:
    world.post(*(person(n) for n in range(5)))
    world.wait(minutes=10)
    assert len(world.channel.accepted) == 1
    world.wait(seconds=3)
    assert len(world.channel.accepted) == 4


def test_a_burst_becomes_one_digest(world: PipelineWorld) -> None:
    ids = world.post(*(person(n) for n in range(50)))
    world.wait(minutes=10, seconds=2)
    assert world.channel.templates == ["digest/1"]
    assert sorted(world.channel.lead_ids) == sorted(ids)


def test_a_digest_that_is_refused_is_told_lead_by_lead(world: PipelineWorld) -> None:
    world.channel.replies = [Refused("slack.invalid_blocks", "invalid_blocks")]
    ids = world.post(*(person(n) for n in range(25)))
    world.wait(minutes=11)
    assert set(world.channel.templates) == {"new_lead/1"}
    assert sorted(world.channel.lead_ids) == sorted(ids)


def test_a_person_who_comes_again_is_told_as_seen_before(world: PipelineWorld) -> None:
    (first,) = world.post({"name": "Ada", "email": "ada@example.com"})
    world.wait(minutes=11)
    (second,) = world.post({"name": "Ada V.", "email": "ADA@example.com", "message": "again"})
    world.wait(minutes=11)
    assert world.channel.templates == ["new_lead/1", "seen_before/1"]
    document = json.loads(world.store.documents([second])[second])
    assert document["duplicate_of"]["lead_id"] == first
    assert document["duplicate_of"]["matched"][0] == "email"


def test_two_leads_of_one_person_in_one_batch_are_one_new_and_one_seen(
    world: PipelineWorld,
) -> None:
    one = {"name": "Ada", "phone": "+12125550100", "n": 1}
    world.post(one, {**one, "n": 2})
    world.wait(minutes=11)
    assert world.channel.templates == ["new_lead/1", "seen_before/1"]


def test_a_worker_that_dies_after_sending_repeats_no_refinement(world: PipelineWorld) -> None:
    (lead_id,) = world.post(person(1))
    world.clock.advance(minutes=10)
    refine_due(world.kit)
    before = world.store.documents([lead_id])
    world.store.lease(Step.NOTIFY, 1, world.kit.lease_duration, "slack")  # and dies
    world.wait(minutes=2)
    assert world.channel.lead_ids == [lead_id]
    assert world.store.documents([lead_id]) == before


def test_a_lead_that_kills_every_worker_becomes_a_dead_letter(world: PipelineWorld) -> None:
    world.post(person(1))
    world.clock.advance(minutes=10)
    for _ in range(5):
        world.store.lease(Step.REFINE, 10, world.kit.lease_duration)  # and dies
        world.clock.advance(seconds=61)
    refine_due(world.kit)
    assert world.store.next_due(Step.REFINE) is None


def test_what_says_nothing_of_a_lead_is_a_dead_letter_and_never_a_blank_alert(
    world: PipelineWorld,
) -> None:
    for body in (b"null", b"42", b'"words"', b"{}", b'{"ids":[1,2]}'):
        delivery = Delivery("generic", body, world.clock.now, {})
        capture(delivery, world.front, world.store)
    world.wait(minutes=11)
    assert world.channel.accepted == []
    assert world.store.next_due(Step.REFINE) is None


def test_any_order_of_turns_and_failures_tells_every_lead_exactly_once(
    world: PipelineWorld,
) -> None:
    chance = random.Random(3)
    ids: list[str] = []
    for number in range(30):
        ids += world.post(person(number))
        world.channel.replies += chance.choice(
            ([], [Unreachable("x")], [Busy(timedelta(seconds=2))], [])
        )
        world.wait(seconds=chance.randrange(4))
    world.wait(minutes=20)
    assert sorted(world.channel.lead_ids) == sorted(ids)

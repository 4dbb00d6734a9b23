"""Alerts that arrive though destinations fail, fall silent, refuse or lose their answers."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from leadline.alerts.sending import deliver_due
from leadline.model.retry import RetryPolicy
from leadline.model.task import Step, Task
from leadline.ports.channel import NO_OWNER
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.ports.store import ChannelHealth, Store
from leadline.team.matching.routing import Routes
from tests.worlds.channels import (
    AlertOffice,
    ScriptedMessenger,
    slack_channel,
)
from tests.worlds.killed_process import Killed
from tests.worlds.leads import HandClock

DOWN = Unreachable("slack.http_503")


@pytest.fixture
def office(store: Store, clock: HandClock) -> AlertOffice:
    return AlertOffice(store, clock)


def alone(store: Store, clock: HandClock, **settings: Any) -> AlertOffice:
    """An office whose Slack has no fallback."""
    made = AlertOffice(store, clock)
    channel = slack_channel(made.slack, **settings)
    made.kit = msgspec.structs.replace(made.kit, channels={"slack": channel})
    return made


# --- the circuit ------------------------------------------------------------------------------


def test_while_a_channel_is_down_one_message_probes_it_and_waiting_is_no_attempt(
    store: Store, clock: HandClock
) -> None:
    office = alone(store, clock, digest_above=0)
    retry = RetryPolicy(timedelta(seconds=2), timedelta(minutes=1), attempts=8)
    office.kit = msgspec.structs.replace(office.kit, retry=retry)
    office.slack.is_down = DOWN
    ids = office.leads(8)
    office.wait(minutes=10)
    assert 10 <= office.slack.tries <= 25  # each by itself would have tried 8 times and be dead
    assert store.health("slack").failures == office.slack.tries
    office.slack.is_down = None
    office.wait(minutes=3)
    assert sorted(office.slack.lead_ids) == sorted(ids)
    assert store.health("slack") == ChannelHealth()


def test_the_pauses_grow_to_a_minute_and_no_further(store: Store, clock: HandClock) -> None:
    office = alone(store, clock)
    office.kit = msgspec.structs.replace(office.kit, retry=RetryPolicy(attempts=99))
    office.slack.is_down = DOWN
    times: list[float] = []
    office.slack.during = lambda: times.append(clock.now.timestamp())
    office.leads(30)
    office.wait(minutes=10)
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses[2] <= 8
    assert pauses == sorted(pauses)
    assert 40 <= pauses[-1] <= 61


def test_only_one_worker_probes_at_a_time(store: Store, clock: HandClock) -> None:
    office = alone(store, clock)
    office.slack.is_down = DOWN
    office.leads(6)
    office.wait(minutes=1)
    seen: list[timedelta | None] = []
    waiting = [True]

    def another_worker() -> None:
        if waiting.pop():
            waiting.append(False)
            clock.advance(seconds=5)  # the probe takes its time
            seen.append(deliver_due(office.kit, "slack"))

    office.slack.during = another_worker
    waiting[:] = [False, True]
    office.wait(minutes=2)
    assert len(seen) == 1
    assert seen[0] is not None
    assert seen[0] > timedelta()


def test_a_probe_that_passes_lets_all_others_pass_soon(store: Store, clock: HandClock) -> None:
    office = alone(store, clock)
    office.slack.is_down = DOWN
    ids = office.leads(25)
    office.wait(minutes=5)
    office.slack.is_down = None
    office.wait(minutes=1, seconds=25)
    assert sorted(office.slack.lead_ids) == sorted(ids)
    assert set(office.slack.templates) == {"new_lead/1", "digest/1"}


def test_a_destination_that_refuses_is_not_down(store: Store, clock: HandClock) -> None:
    office = alone(store, clock)
    office.slack.replies = [Refused("slack.invalid_blocks", "invalid_blocks")] * 5
    office.leads(5)
    office.wait(seconds=6)
    assert (office.slack.tries, store.health("slack")) == (5, ChannelHealth())


# --- the fallback -----------------------------------------------------------------------------


def test_a_lead_is_told_by_the_fallback_once_the_channel_has_failed_long_enough(
    office: AlertOffice, clock: HandClock
) -> None:
    office.slack.is_down = DOWN
    since = clock.now
    lead_id = office.lead()
    office.turn()
    office.wait(minutes=4, seconds=50)
    assert office.mail.accepted == []
    office.wait(minutes=1, seconds=30)
    assert office.mail.lead_ids == [lead_id]
    told = office.mail.accepted[0]["blocks"][1]["text"]["text"]
    assert told.startswith("↪️ Instead of slack, which has been failing since <!date^")
    assert f"^{int(since.timestamp())}^" in told
    office.slack.is_down = None
    office.wait(hours=2)
    assert office.slack.lead_ids == []
    assert not office.waiting()


def test_while_the_channel_fails_new_leads_go_to_the_fallback_without_an_attempt(
    office: AlertOffice,
) -> None:
    office.slack.is_down = DOWN
    office.lead()
    office.wait(minutes=7)
    tries = office.slack.tries
    ids = office.leads(10)
    office.wait(seconds=20)
    assert set(office.mail.lead_ids) >= {*ids}
    assert office.slack.tries <= tries + 1  # the one that probes


def test_no_lead_is_told_by_both_and_none_by_neither(office: AlertOffice, clock: HandClock) -> None:
    ids: list[str] = []
    for moment in range(10):
        office.slack.is_down = DOWN if 2 <= moment < 7 else None
        ids += office.leads(3)
        office.wait(minutes=3)
    office.wait(minutes=5)
    assert sorted(office.slack.lead_ids + office.mail.lead_ids) == sorted(ids)
    assert len(office.mail.lead_ids) >= 9
    assert office.slack.lead_ids[-1] == ids[-1]
    assert not office.waiting()


def test_when_the_channel_is_back_the_fallback_hears_no_more(office: AlertOffice) -> None:
    office.slack.is_down = DOWN
    office.lead()
    office.wait(minutes=7)
    office.slack.is_down = None
    office.wait(minutes=1)
    found = office.lead()
    office.wait(seconds=15)
    assert office.slack.lead_ids == [found]
    assert len(office.mail.lead_ids) == 1


def test_what_the_channel_refuses_goes_to_the_fallback_at_once(office: AlertOffice) -> None:
    office.slack.replies = [Refused("slack.no_service", "no_service")]
    lead_id = office.lead()
    office.wait(seconds=5)
    assert office.mail.lead_ids == [lead_id]
    told = office.mail.accepted[0]["blocks"][1]["text"]["text"]
    assert told == "↪️ Instead of slack, which rejected this message."
    assert not office.waiting()


def test_what_can_not_be_delivered_at_all_goes_to_the_fallback_in_the_end(
    store: Store, clock: HandClock
) -> None:
    office = AlertOffice(store, clock, retry=RetryPolicy(timedelta(seconds=1), attempts=3))
    office.slack.is_down = DOWN
    lead_id = office.lead()
    office.wait(minutes=1)
    assert office.slack.tries == 3
    assert office.mail.lead_ids == [lead_id]


def test_a_lead_that_the_fallback_knows_already_is_told_by_nobody_again(
    office: AlertOffice, clock: HandClock
) -> None:
    lead_id = office.lead()
    office.store.put([Task(Step.NOTIFY, lead_id, "mail")], clock.now)
    office.slack.replies = [Refused("slack.no_service", "no_service")]
    office.wait(seconds=5)
    assert office.mail.lead_ids == [lead_id]
    assert not office.waiting("mail")


def test_without_a_fallback_what_is_refused_is_a_dead_letter(
    store: Store, clock: HandClock
) -> None:
    office = alone(store, clock)
    office.slack.replies = [Refused("slack.no_service", "no_service")]
    lead_id = office.lead()
    office.wait(seconds=5)
    assert not office.waiting()
    assert office.alerts(lead_id) == []


def test_a_lead_that_nobody_owns_goes_to_the_channel_for_those(
    store: Store, clock: HandClock
) -> None:
    office = AlertOffice(store, clock, routes=Routes(usual=("slack",), unassigned="mail"))
    channel = slack_channel(office.slack, personal=True)
    channels = {**office.kit.channels, "slack": channel}
    office.kit = msgspec.structs.replace(office.kit, channels=channels)
    office.slack.is_down = Refused(NO_OWNER, "nobody owns it")
    lead_id = office.lead()
    office.wait(seconds=3)
    assert office.mail.lead_ids == [lead_id]


# --- lost answers -----------------------------------------------------------------------------


def test_an_alert_whose_answer_was_lost_is_not_sent_again(office: AlertOffice) -> None:
    office.slack.loses_answers = True
    lead_id = office.lead()
    office.turn()
    office.slack.loses_answers = False
    office.wait(minutes=1)
    assert office.slack.lead_ids == [lead_id]
    (alert,) = office.alerts(lead_id)
    assert (alert.channel, alert.template, alert.ref) == ("slack", "new_lead/1", "C0SALES/1.000000")


def test_a_destination_that_can_not_tell_is_told_again(office: AlertOffice) -> None:
    """What remains: a webhook says nothing of what it has posted."""
    office.slack.tells = False
    office.slack.loses_answers = True
    lead_id = office.lead()
    office.turn()
    office.slack.loses_answers = False
    office.wait(minutes=1)
    assert office.slack.lead_ids == [lead_id, lead_id]
    assert len(office.alerts(lead_id)) == 1


def test_a_worker_that_dies_between_sending_and_recording_causes_no_second_alert(
    office: AlertOffice, clock: HandClock
) -> None:
    lead_id = office.lead()
    office.slack.dies = True
    with pytest.raises(Killed):
        office.turn()
    office.slack.dies = False
    office.wait(minutes=2)
    assert office.slack.lead_ids == [lead_id]
    assert len(office.alerts(lead_id)) == 1


def test_an_attempt_of_which_the_end_is_known_is_not_asked_about(office: AlertOffice) -> None:
    office.slack.replies = [Busy(timedelta(seconds=5))] * 3
    office.lead()
    office.wait(minutes=1)
    assert (office.slack.tries, office.slack.asked) == (4, 0)


def test_leads_that_a_lost_digest_told_of_are_told(office: AlertOffice) -> None:
    office.slack.loses_answers = True
    ids = office.leads(30)
    office.turn()
    assert office.slack.templates == ["digest/1"]
    office.slack.loses_answers = False
    ids += office.leads(3)
    office.wait(minutes=2)
    assert sorted(office.slack.lead_ids) == sorted(ids)
    assert all(len(office.alerts(i)) == 1 for i in ids)


def test_a_lead_that_is_to_be_told_once_more_is(office: AlertOffice, clock: HandClock) -> None:
    lead_id = office.lead()
    office.wait(seconds=3)
    office.store.put([Task(Step.NOTIFY, lead_id, "slack", again=True)], clock.now)
    office.wait(seconds=3)
    assert office.slack.lead_ids == [lead_id, lead_id]


def test_two_destinations_fare_each_for_itself(store: Store, clock: HandClock) -> None:
    office = AlertOffice(store, clock)
    other = ScriptedMessenger()
    channels = {
        "slack": slack_channel(office.slack),
        "other": slack_channel(other, "other"),
    }
    office.kit = msgspec.structs.replace(office.kit, channels=channels)
    office.slack.is_down = DOWN
    ids = office.leads(5)
    store.put([Task(Step.NOTIFY, i, "other") for i in ids], clock.now)
    office.wait(seconds=30)
    assert sorted(other.lead_ids) == sorted(ids)
    assert store.health("other") == ChannelHealth()

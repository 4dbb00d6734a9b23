"""Which alarm rings in which outage, and that none rings without one."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from leadline.model.task import ON_HOLD_UNTIL, Step, Task
from leadline.standins.slack_inbox import Reply
from tests.worlds.aws_outages import OutageStack, outage_stack
from tests.worlds.leads import HandClock

HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
SOON = timedelta(minutes=21)
"""A quarter of an hour, five minutes until it is measured, and a minute until all have their turn.
"""


@pytest.fixture
def stack(
    moto: str, quiet: None, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OutageStack]:
    with outage_stack(moto, clock, monkeypatch) as made:
        yield made


def two_leads(stack: OutageStack) -> None:
    """One that is due and one that waits, kept before anything breaks."""
    stack.lead("ada", delay=timedelta())
    stack.lead("bob", delay=timedelta(minutes=10))


def after_an_hour(stack: OutageStack) -> set[str]:
    """What rang in an hour."""
    stack.live(HOUR)
    assert stack.plain.rang(), "without error rates something must ring, too"
    return stack.watch.rang()


def test_nothing_rings_while_all_is_well(stack: OutageStack) -> None:
    for name in ("ada", "bob"):
        stack.lead(name)
    stack.live(HOUR)
    assert len(stack.functions.slack.messages) == 2
    assert stack.watch.changes == stack.plain.changes == []


def test_settings_that_cant_be_read_fail_every_run(stack: OutageStack) -> None:
    two_leads(stack)
    stack.caller.broken, stack.is_cold = "ssm", True
    rang = after_an_hour(stack)
    assert {"RefineErrors", "SweepErrors", "LeadsUntold"} <= rang


def test_settings_that_cant_be_read_fail_deliveries_too(stack: OutageStack) -> None:
    lead_id = stack.lead("ada", delay=timedelta())
    stack.live(timedelta(minutes=1))
    stack.store.put([Task(Step.NOTIFY, lead_id, "slack", again=True)], stack.clock.now)
    stack.caller.broken, stack.is_cold = "ssm", True
    stack.live(HOUR)
    assert {"DeliverErrors", "SweepErrors", "LeadsUntold"} <= stack.watch.rang()


def test_a_table_that_refuses_fails_every_run(stack: OutageStack) -> None:
    for name in ("ada", "bob"):
        stack.lead(name, delay=timedelta())
    stack.caller.broken = "dynamodb"
    stack.live(HOUR)
    assert {"RefineErrors", "SweepErrors"} <= stack.watch.rang()
    assert "LeadsUntold" not in stack.watch.rang(), "nobody can say how late they are"
    assert stack.plain.rang()
    stack.caller.broken = ""
    stack.live(HOUR)
    assert "LeadsUntold" in stack.watch.rang(), "as it is said once the table answers"
    assert not stack.watch.ringing - {"RefineDeadLettersFilled"}


@pytest.mark.parametrize("broken", ["s3 GET", "s3 PUT"])
def test_an_archive_that_refuses_rings_and_goes_on_ringing(stack: OutageStack, broken: str) -> None:
    two_leads(stack)
    start = stack.clock.now
    stack.caller.broken = broken
    rang = after_an_hour(stack)
    assert {"RefineErrors", "LeadsUntold"} <= rang
    assert stack.watch.first("LeadsUntold") - start <= SOON
    stack.live(2 * HOUR)
    assert "LeadsUntold" in stack.watch.ringing
    ends = [c for c in stack.watch.changes if c.alarm == "LeadsUntold" and not c.rings]
    assert ends == [], "no retry may end it"
    stack.caller.broken = ""
    stack.live(QUARTER)
    assert len(stack.functions.slack.messages) == 2
    assert stack.watch.ringing == set(), "nothing is left behind, not even in a queue"


def test_a_slack_that_answers_500_rings_though_no_run_fails(stack: OutageStack) -> None:
    two_leads(stack)
    start = stack.clock.now
    stack.functions.slack.behave = lambda _: Reply(500, b"down", {})
    rang = after_an_hour(stack)
    assert rang == {"LeadsUntold"}
    assert stack.watch.first("LeadsUntold") - start <= SOON
    stack.live(2 * HOUR)
    assert "LeadsUntold" in stack.watch.ringing
    assert len(stack.watch.changes) == 1, "no retry may end it"
    stack.functions.slack.behave = lambda _: None
    stack.live(HOUR)
    assert stack.watch.ringing == set()


def test_a_network_without_a_way_out_fails_every_run(stack: OutageStack) -> None:
    for name in ("ada", "bob"):
        stack.lead(name, delay=timedelta())
    stack.caller.is_cut_off = True
    stack.live(HOUR)
    assert {"RefineErrors", "SweepErrors", "RefineDeadLettersFilled"} <= stack.watch.rang()
    assert "RefineDeadLettersFilled" in stack.plain.rang()


def test_one_bad_lead_rings_for_itself_alone(stack: OutageStack) -> None:
    stack.lead("ada", raw=b'{"nothing":"known"}', delay=timedelta())
    stack.lead("bob", delay=timedelta())
    stack.live(HOUR)
    assert stack.watch.rang() == {"RefineDeadLettersFilled"}
    assert len(stack.functions.slack.messages) == 1


def test_a_lead_held_for_a_day_rings_nothing(stack: OutageStack) -> None:
    lead_id = stack.lead("ada")
    stack.store.put([Task(Step.REFINE, lead_id)], ON_HOLD_UNTIL, note="wait.held cli")
    stack.live(timedelta(days=1), step=QUARTER)
    assert stack.watch.changes == []
    stack.store.put([Task(Step.REFINE, lead_id)], stack.clock.now, note="wait.released cli")
    stack.live(timedelta(minutes=2))
    assert len(stack.functions.slack.messages) == 1
    assert stack.watch.changes == []


def test_a_lead_that_came_at_night_to_somebody_who_sleeps_rings_nothing(
    stack: OutageStack,
) -> None:
    stack.functions.set()
    written = stack.functions.settings_text() + (
        'owner = "trusted"\n[people.ada]\nemail = "ada@example.com"\nzone = "UTC"\n'
        'quiet = "20:00-08:00"\n'
    )
    stack.functions.write(written)
    stack.restart()
    stack.clock.now = stack.clock.now.replace(hour=22)
    raw = b'{"email":"new@example.com","owner":"ada@example.com"}'
    stack.lead("new", raw=raw)
    stack.live(timedelta(minutes=30))
    stack.live(timedelta(hours=9, minutes=15), step=QUARTER)
    assert stack.functions.slack.messages == []
    stack.live(timedelta(minutes=30))
    assert len(stack.functions.slack.messages) == 1
    assert stack.watch.changes == []

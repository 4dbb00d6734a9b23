"""Messages that are kept true when a lead changes hands."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from leadline.model.handling import UNHANDLED, Ending, Handling
from leadline.model.lead import Ownership
from leadline.model.staff.people import Person
from leadline.model.task import Step, Task
from leadline.ports.channel import GONE
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.ports.store import Store
from leadline.settings.team.people import MemberConfig
from leadline.team.people import Team
from tests.worlds.channels import AlertOffice, ScriptedMessenger, bot_channel, slack_channel
from tests.worlds.leads import HandClock

ADA = Person(id="1", name="Ada", email="ada@example.com", slack="U012ADA")
BOB = Person(id="2", name="Bob", email="bob@example.com", slack="U012BOB")
ADAS = Handling(owner=ADA, ownership=Ownership.ASSIGNED)
BOBS = Handling(owner=BOB, ownership=Ownership.ASSIGNED)
UNASSIGNED = Handling(ownership=Ownership.UNASSIGNED)


@pytest.fixture
def office(store: Store, clock: HandClock) -> AlertOffice:
    """One whose Slack has a bot, which can change what it wrote."""
    return with_slack(AlertOffice(store, clock))


def with_slack(office: AlertOffice, *, bot: bool = True) -> AlertOffice:
    channel = (bot_channel if bot else slack_channel)(office.slack)
    channels = {"slack": channel}
    office.kit = msgspec.structs.replace(office.kit, channels=channels)
    return office


def told(office: AlertOffice, handling: Handling | None = UNASSIGNED) -> str:
    """A lead of which Slack has been told."""
    lead_id = office.lead(handling)
    office.wait(seconds=3)
    assert office.slack.lead_ids == [lead_id]
    return lead_id


def owner_in(message: dict[str, Any]) -> str:
    (found,) = (
        f["text"] for b in message["blocks"] for f in b.get("fields", ()) if "Owner" in f["text"]
    )
    return str(found).partition("\n")[2]


def test_an_owner_who_appears_is_shown_and_told_once(office: AlertOffice, clock: HandClock) -> None:
    lead_id = told(office)
    assert owner_in(office.slack.accepted[0]) == "Unassigned"
    office.hand(lead_id, ADAS)
    office.wait(seconds=5)
    (changed,) = office.slack.changed
    assert (changed["channel"], changed["ts"]) == ("C0SALES", "1.000000")
    assert owner_in(changed) == "<@U012ADA>"
    news = office.slack.accepted[1]
    assert news["thread_ts"] == "1.000000"
    assert news["text"].startswith("👤 <@U012ADA>, ")
    office.store.put([Task(Step.UPDATE, lead_id, "slack")], clock.now)
    office.wait(seconds=5)
    assert office.slack.templates == ["new_lead/1", "owner/1"]
    alert, owner = office.alerts(lead_id)
    assert (alert.step, alert.ref) == (Step.NOTIFY, "C0SALES/1.000000")
    assert (owner.step, owner.template, owner.ref) == (Step.UPDATE, "owner/1", "U012ADA")


def test_a_lead_that_goes_on_to_somebody_else_is_news_for_them(office: AlertOffice) -> None:
    lead_id = told(office, ADAS)
    office.hand(lead_id, BOBS)
    office.wait(seconds=5)
    office.hand(lead_id, ADAS)
    office.wait(seconds=5)
    assert [owner_in(m) for m in office.slack.changed] == ["<@U012BOB>", "<@U012ADA>"]
    (news,) = office.slack.accepted[1:]
    assert news["text"].startswith("👤 <@U012BOB>, ")


def test_an_owner_whom_the_alert_named_is_told_no_news(
    office: AlertOffice, clock: HandClock
) -> None:
    lead_id = told(office, ADAS)
    snoozed = msgspec.structs.replace(ADAS, snoozed_until=clock.now + timedelta(hours=1))
    office.hand(lead_id, snoozed)
    office.wait(seconds=5)
    assert len(office.slack.changed) == 1
    assert "Snoozed until" in office.slack.changed[0]["blocks"][1]["text"]["text"]
    assert office.slack.templates == ["new_lead/1"]


def test_a_claim_is_shown_and_is_no_news(office: AlertOffice, clock: HandClock) -> None:
    lead_id = told(office)
    clock.advance(minutes=2)
    office.hand(lead_id, msgspec.structs.replace(BOBS, claimed_by=BOB, claimed_at=clock.now))
    office.wait(seconds=5)
    (changed,) = office.slack.changed
    assert changed["blocks"][1]["text"]["text"] == "✅ Claimed by <@U012BOB> after 2 min"
    assert office.slack.templates == ["new_lead/1"]


def test_where_nothing_can_be_changed_a_second_message_tells_once(
    store: Store, clock: HandClock
) -> None:
    office = with_slack(AlertOffice(store, clock), bot=False)
    lead_id = told(office)
    office.hand(lead_id, ADAS)
    office.wait(seconds=5)
    office.hand(lead_id, msgspec.structs.replace(ADAS, claimed_by=BOB, claimed_at=clock.now))
    office.wait(seconds=5)
    store.put([Task(Step.UPDATE, lead_id, "slack")], clock.now)
    office.wait(seconds=5)
    assert office.slack.templates == ["new_lead/1", "owner/1", "owner/1"]
    first, second = (m["text"] for m in office.slack.accepted[1:])
    assert first.startswith("👤 <@U012ADA>, ")
    assert "is claimed by <@U012BOB> after" in second


def test_what_a_digest_told_is_corrected_by_a_second_message(office: AlertOffice) -> None:
    ids = office.leads(25, UNASSIGNED)
    office.wait(seconds=5)
    assert office.slack.templates == ["digest/1"]
    office.hand(ids[3], ADAS)
    office.wait(seconds=5)
    assert office.slack.changed == []
    assert office.slack.templates == ["digest/1", "owner/1"]


def test_a_lead_that_was_not_told_yet_is_told_right(office: AlertOffice) -> None:
    lead_id = office.lead(UNASSIGNED)
    office.hand(lead_id, ADAS)
    office.wait(seconds=5)
    (alert,) = office.slack.accepted
    assert owner_in(alert) == "<@U012ADA>"
    assert office.slack.templates == ["new_lead/1"]


def test_what_changes_in_the_moment_of_telling_is_corrected(office: AlertOffice) -> None:
    """Nobody who changes a lead knows of a message that is still under way."""
    lead_id = office.lead(UNASSIGNED)
    office.slack.during = lambda: changes.pop()()
    changes = [lambda: None, lambda: None, lambda: office.hand(lead_id, ADAS, tell="")]
    office.wait(seconds=5)
    assert owner_in(office.slack.accepted[0]) == "Unassigned"
    assert [owner_in(m) for m in office.slack.changed] == ["<@U012ADA>"]
    assert office.slack.templates == ["new_lead/1", "owner/1"]


def test_a_message_that_is_gone_leaves_the_news(office: AlertOffice) -> None:
    lead_id = told(office)
    office.slack.replies = [Refused(GONE, "message_not_found")]
    office.hand(lead_id, ADAS)
    office.wait(seconds=5)
    assert office.slack.templates == ["new_lead/1", "owner/1"]
    assert not office.waiting(step=Step.UPDATE)


def test_a_change_that_is_refused_is_a_dead_letter_where_there_are_no_news(
    office: AlertOffice, clock: HandClock
) -> None:
    lead_id = told(office, ADAS)
    office.slack.replies = [Refused("slack.invalid_auth", "invalid_auth")]
    office.hand(lead_id, msgspec.structs.replace(ADAS, ending=Ending.JUNK, ended_at=clock.now))
    office.wait(seconds=5)
    assert office.slack.changed == []
    assert not office.waiting(step=Step.UPDATE)


def test_a_change_waits_for_a_channel_that_is_down_or_busy(office: AlertOffice) -> None:
    lead_id = told(office)
    office.slack.replies = [
        Unreachable("slack.http_503"), Busy(timedelta(seconds=20)), Unreachable("slack.http_503"),
    ]  # fmt: skip
    office.hand(lead_id, ADAS)
    office.wait(minutes=2)
    assert len(office.slack.changed) == 1
    assert office.slack.templates == ["new_lead/1", "owner/1"]


def test_news_whose_answer_was_lost_are_not_told_again(office: AlertOffice) -> None:
    lead_id = told(office)
    office.hand(lead_id, ADAS)
    losing = [False, True]

    def lose() -> None:
        office.slack.loses_answers = losing.pop(0) if losing else False

    office.slack.during = lose
    office.wait(minutes=1)
    assert office.slack.templates == ["new_lead/1", "owner/1"]
    assert [a.template for a in office.alerts(lead_id)][1:] == ["owner/1"]


def test_news_wait_for_the_end_of_their_readers_quiet_hours(store: Store, clock: HandClock) -> None:
    team = Team({"ada": MemberConfig(email="ada@example.com", zone="UTC", quiet=(8 * 60, 10 * 60))})
    office = with_slack(AlertOffice(store, clock, team=team))
    lead_id = told(office)
    office.hand(lead_id, ADAS)
    office.wait(minutes=30)
    assert len(office.slack.changed) == 1
    assert office.slack.templates == ["new_lead/1"]
    office.wait(minutes=40)
    assert office.slack.templates == ["new_lead/1", "owner/1"]


def test_a_flood_of_changes_keeps_the_channels_pace(office: AlertOffice, clock: HandClock) -> None:
    ids = office.leads(8, UNASSIGNED)
    office.wait(seconds=10)
    for lead_id in ids:
        office.hand(lead_id, ADAS)
    before = len(office.slack.accepted)
    office.wait(seconds=4)
    assert 3 <= len(office.slack.accepted) - before <= 5


def test_a_channel_that_was_never_told_of_a_lead_says_nothing_of_it(
    office: AlertOffice, clock: HandClock
) -> None:
    lead_id = told(office)
    other = ScriptedMessenger()
    channels = {**office.kit.channels, "other": bot_channel(other, "other")}
    office.kit = msgspec.structs.replace(office.kit, channels=channels)
    office.hand(lead_id, ADAS, tell="other")
    office.wait(seconds=5)
    assert other.tries == 0
    assert not office.waiting("other", Step.UPDATE)
    assert office.store.handling([lead_id])[lead_id] != UNHANDLED

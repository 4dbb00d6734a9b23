"""People who want to be left alone for a while, or to hear of their leads together."""

from datetime import UTC, datetime

import msgspec
import pytest

from leadline.model.handling import Handling
from leadline.model.staff.people import Person
from leadline.model.task import Step
from leadline.ports.messenger import Unreachable
from leadline.ports.store import Store
from leadline.settings.team.people import MemberConfig
from leadline.team.people import Team
from tests.worlds.channels import AlertOffice, slack_channel
from tests.worlds.leads import HandClock, lease_task

EVENING = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
NINE, TWO = 9 * 60, 14 * 60
TEAM = Team(
    {
        "ada": MemberConfig(email="ada@example.com", zone="UTC", quiet=(20 * 60, 8 * 60)),
        "bob": MemberConfig(email="bob@example.com", zone="UTC", digest=(NINE, TWO)),
        "eve": MemberConfig(email="eve@example.com", zone="UTC", digest=(NINE,)),
        "max": MemberConfig(email="max@example.com"),
    }
)


def of(name: str) -> Handling:
    return Handling(owner=Person(email=f"{name}@example.com"))


@pytest.fixture
def office(store: Store, clock: HandClock) -> AlertOffice:
    clock.now = EVENING
    return AlertOffice(store, clock, team=TEAM)


def test_an_alert_waits_for_the_end_of_quiet_hours_and_others_do_not(office: AlertOffice) -> None:
    quiet = office.leads(3, of("ada"))
    awake = office.leads(2, of("max"))
    nobodys = office.leads(2)
    office.wait(minutes=1)
    assert sorted(office.slack.lead_ids) == sorted(awake + nobodys)
    office.wait(hours=11, minutes=28)
    assert len(office.slack.lead_ids) == 4
    office.wait(minutes=2)
    assert sorted(office.slack.lead_ids) == sorted(quiet + awake + nobodys)


def test_the_night_is_no_failure(office: AlertOffice, clock: HandClock) -> None:
    office.lead(of("ada"))
    office.turn()
    clock.advance(hours=12)
    lease = lease_task(office.store, Step.NOTIFY, "slack")
    assert (lease.failures, lease.error) == (0, "quiet")


def test_each_digest_is_one_message_for_one_person(office: AlertOffice) -> None:
    bobs, eves = office.leads(3, of("bob")), office.leads(2, of("eve"))
    at_once = office.leads(2, of("max"))
    office.wait(minutes=1)
    assert sorted(office.slack.lead_ids) == sorted(at_once)
    office.wait(hours=12, minutes=28)
    assert len(office.slack.accepted) == 2
    office.wait(minutes=2)
    digests = office.slack.payloads[2:]
    told = [sorted(lead["lead_id"] for lead in d["leads"]) for d in digests]
    assert sorted(told) == sorted([sorted(bobs), sorted(eves)])
    (bob,) = (m for m in office.slack.accepted[2:] if bobs[0] in repr(m))
    assert bob["blocks"][1]["text"]["text"] == "For bob"


def test_one_lead_alone_is_told_as_any_other_when_its_digest_is_due(office: AlertOffice) -> None:
    lead_id = office.lead(of("bob"))
    office.wait(hours=13)
    assert (office.slack.lead_ids, office.slack.templates) == ([lead_id], ["new_lead/1"])


def test_what_comes_after_a_digest_waits_for_the_next(office: AlertOffice) -> None:
    office.wait(hours=13)
    late = office.leads(2, of("bob"))
    office.wait(hours=4, minutes=25)
    assert office.slack.accepted == []
    office.wait(minutes=10)
    assert sorted(office.slack.lead_ids) == sorted(late)
    assert office.slack.templates == ["digest/1"]


def test_a_digest_that_fails_is_sent_again_soon_and_not_at_its_next_time(
    office: AlertOffice,
) -> None:
    ids = office.leads(2, of("eve"))
    office.slack.replies = [Unreachable("slack.http_503")]
    office.wait(hours=13)
    assert sorted(office.slack.lead_ids) == sorted(ids)


def test_nobody_hears_of_the_leads_of_others_by_direct_message(
    store: Store, clock: HandClock
) -> None:
    office = AlertOffice(store, clock, team=TEAM)
    channel = slack_channel(office.slack, personal=True, digest_above=3)
    office.kit = msgspec.structs.replace(office.kit, channels={"slack": channel})
    adas = office.leads(4, of("ada"))
    maxes = office.leads(4, of("max"))
    office.wait(seconds=20)
    assert sorted(office.slack.lead_ids) == sorted(adas + maxes)
    for payload in office.slack.payloads:
        ids = {lead["lead_id"] for lead in payload.get("leads", [payload])}
        assert ids <= {*adas} or ids <= {*maxes}
    assert "digest/1" in office.slack.templates

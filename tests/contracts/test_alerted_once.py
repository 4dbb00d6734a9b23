"""What must not happen to a lead, whatever comes in between: told twice, told wrong, forgotten."""

from contextlib import suppress
from datetime import datetime, timedelta

import msgspec
import pytest

from leadline.alerts.sending import deliver_due
from leadline.journey.responding.response_clock import clock_due
from leadline.model.handling import Ending
from leadline.model.lead import LeadFields, Ownership, RefinedLead
from leadline.model.retry import RetryPolicy
from leadline.model.task import Step, Task
from leadline.ports.channel import NO_OWNER
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable
from leadline.ports.store import Store
from leadline.settings.team.people import MemberConfig
from leadline.settings.team.rules import RuleConfig
from leadline.settings.team.targets import TargetConfig
from leadline.team.matching.routing import Routes
from leadline.team.people import Team
from leadline.team.targets import Targets
from tests.worlds.channels import AlertOffice, slack_channel
from tests.worlds.leads import HandClock
from tests.worlds.sales_office import ANN, BEN, SalesOffice

ANNS_GO_TO_SLACK = {
    "ann": RuleConfig(owners=("ann@example.com",), channels=("slack",)),
    "others": RuleConfig(channels=("pool",)),
}


@pytest.fixture
def office(store: Store, clock: HandClock) -> SalesOffice:
    return SalesOffice(store, clock)


def ruled(store: Store, clock: HandClock, *, fallback: str = "") -> SalesOffice:
    """An office in which Slack hears of Ann's leads, and the pool of all others."""
    made = SalesOffice(store, clock, routes=Routes(rules=ANNS_GO_TO_SLACK, usual=("slack",)))
    slack = msgspec.structs.replace(made.kit.channels["slack"], fallback=fallback)
    made.kit = msgspec.structs.replace(made.kit, channels={**made.kit.channels, "slack": slack})
    return made


def test_spam_is_told_to_nobody_when_the_crm_gives_it_an_owner(
    store: Store, clock: HandClock
) -> None:
    office = ruled(store, clock)
    spam = "[url=https://example.org]cheap[/url]"
    lead_id = office.post(email="bot@example.com", message=spam, record="r1")
    office.wait(minutes=11)
    assert office.refined(lead_id).status == "quarantined"
    office.crm.has("r1", ANN)
    office.post(email="bot@example.com", record="r1", event="updated")
    office.wait(minutes=5)
    assert [wall.hanging for wall in office.messengers.values()] == [{}, {}]
    assert store.next_due(Step.LOOK_UP) is None


def test_a_record_that_can_not_be_found_takes_no_owner_and_no_ending_away(
    office: SalesOffice,
) -> None:
    lead_id = office.post(email="ada@example.com", record="r1")
    office.crm.has("r1", ANN, ending=Ending.WON)
    office.wait(minutes=11)
    del office.crm.records["r1"]
    office.post(email="ada@example.com", record="r1", event="updated")
    office.wait(minutes=5)
    handling = office.handling(lead_id)
    assert handling is not None
    assert (handling.owner, handling.ownership) == (ANN, Ownership.ASSIGNED)
    assert handling.ending is Ending.WON
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["owner"] == "Ann Archer"


def test_the_rules_give_away_a_lead_of_which_a_silent_crm_told_later_that_nobody_has_it(
    store: Store, clock: HandClock
) -> None:
    team = Team({"Ben Bell": MemberConfig(email="ben@example.com")})
    rules = {"all": RuleConfig(channels=("slack",), assign=("Ben Bell",))}
    office = SalesOffice(store, clock, routes=Routes(rules=rules, team=team), team=team)
    lead_id = office.post(email="ada@example.com", record="r1")
    office.crm.trouble = Unreachable("crm.down")
    office.wait(minutes=11)
    office.crm.trouble = None
    office.crm.has("r1")
    office.wait(minutes=20)
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["owner"] == "Ben Bell"
    handling = office.handling(lead_id)
    assert handling is not None
    assert handling.owner is not None
    assert handling.ownership is Ownership.ASSIGNED
    assert store.work_list("ben@example.com") == [lead_id]
    assert store.next_due(Step.LOOK_UP) is None


def test_a_channel_for_which_another_stood_in_does_not_tell_too_when_the_owner_is_found(
    store: Store, clock: HandClock
) -> None:
    everything = {"all": RuleConfig(channels=("slack",))}
    office = SalesOffice(store, clock, routes=Routes(rules=everything))
    slack = msgspec.structs.replace(office.kit.channels["slack"], fallback="pool")
    channels = {**office.kit.channels, "slack": slack}
    office.kit = msgspec.structs.replace(office.kit, channels=channels)
    lead_id = office.post(email="ada@example.com", record="r1")
    office.crm.has("r1")
    office.messengers["slack"].trouble = Refused("slack.no_service", "no_service")
    office.wait(minutes=11)
    assert [len(w.about(lead_id)) for w in office.messengers.values()] == [0, 1]
    office.messengers["slack"].trouble = None
    office.crm.has("r1", ANN)
    office.wait(hours=1)
    assert [len(w.about(lead_id)) for w in office.messengers.values()] == [0, 1]
    assert office.messengers["pool"].about(lead_id)[0]["owner"] == "Ann Archer"


def test_a_channel_for_which_another_stood_in_does_not_tell_too_when_the_lead_is_refined_anew(
    store: Store, clock: HandClock
) -> None:
    office = AlertOffice(store, clock)
    lead_id = office.lead()
    office.slack.replies = [Refused("slack.no_service", "no_service")]
    office.wait(seconds=5)
    assert office.mail.lead_ids == [lead_id]
    store.put([Task(Step.NOTIFY, lead_id, "slack")], clock.now)
    office.wait(seconds=5)
    assert office.slack.lead_ids == []
    assert not office.waiting()
    store.put([Task(Step.NOTIFY, lead_id, "slack", again=True)], clock.now)
    office.wait(seconds=5)
    assert office.slack.lead_ids == [lead_id], "who asks for it by name gets it"


def test_a_fallback_whose_turn_has_not_come_is_silent_once_the_channel_itself_has_told(
    store: Store, clock: HandClock
) -> None:
    office = AlertOffice(store, clock)
    lead_id = office.lead()
    office.slack.replies = [Refused("slack.no_service", "no_service")]
    office.mail.is_down = Unreachable("mail.down")
    office.wait(minutes=2)
    store.put([Task(Step.NOTIFY, lead_id, "slack")], clock.now)  # as refinement does
    office.wait(seconds=30)
    assert office.slack.lead_ids == [lead_id]
    office.mail.is_down = None
    office.wait(minutes=10)
    assert office.mail.lead_ids == []
    assert not office.waiting("mail")


def test_a_lead_of_a_crm_that_is_refined_anew_is_told_where_it_never_was(
    office: SalesOffice,
) -> None:
    lead_id = office.post(email="ada@example.com", record="r1")
    office.crm.has("r1", ANN)
    office.messengers["slack"].trouble = Refused("slack.no_service", "no_service")
    office.wait(minutes=11)
    assert office.store.next_due(Step.NOTIFY, "slack") is None, "it is a dead letter"
    office.messengers["slack"].trouble = None
    office.store.put([Task(Step.REFINE, lead_id)], office.clock.now)
    office.wait(minutes=1)
    assert len(office.messengers["slack"].about(lead_id)) == 1


def test_a_lead_that_nobody_owns_goes_round_in_no_circle(store: Store, clock: HandClock) -> None:
    office = AlertOffice(store, clock, routes=Routes(usual=("slack",), unassigned="mail"))
    channels = {
        "slack": slack_channel(office.slack, personal=True),
        "mail": slack_channel(office.mail, "mail", fallback="slack"),
    }
    office.kit = msgspec.structs.replace(office.kit, channels=channels)
    office.slack.is_down = Refused(NO_OWNER, "nobody owns it")
    office.mail.is_down = Refused("mail.no_such_room", "no_such_room")
    office.lead()
    office.wait(minutes=5)
    assert (office.slack.tries, office.mail.tries) == (1, 1)
    assert not office.waiting()
    assert not office.waiting("mail")


class Unpredictable(Targets, frozen=True):
    """Targets of which nobody can say anything."""

    def due(self, lead: RefinedLead, since: datetime | None = None) -> datetime | None:
        raise ValueError(lead.lead_id)

    def steps(self, lead: RefinedLead, since: datetime | None = None) -> tuple[datetime, ...]:
        raise ValueError(lead.lead_id)


def test_an_alert_that_always_kills_its_worker_is_a_dead_letter_in_the_end(
    store: Store, clock: HandClock
) -> None:
    office = AlertOffice(
        store, clock, retry=RetryPolicy(attempts=4), targets=Unpredictable({"all": TargetConfig()})
    )
    lead_id = office.lead()
    store.put([Task(Step.CLOCK, lead_id)], clock.now)
    for _ in range(8):
        with suppress(ValueError):
            deliver_due(office.kit, "slack")
        with suppress(ValueError):
            deliver_due(office.kit, "mail")
        clock_due(office.kit)
        clock.advance(minutes=2)
    assert not office.waiting("slack")
    assert store.next_due(Step.CLOCK) is None


def test_who_is_told_by_direct_message_hears_of_a_lead_that_nobody_owned_at_first(
    store: Store, clock: HandClock
) -> None:
    everything = {"all": RuleConfig(channels=("slack",))}
    office = SalesOffice(store, clock, routes=Routes(rules=everything, unassigned="pool"))
    direct = msgspec.structs.replace(office.kit.channels["slack"], personal=True)
    channels = {**office.kit.channels, "slack": direct}
    office.kit = msgspec.structs.replace(office.kit, channels=channels)
    lead_id = office.post(email="ada@example.com", record="r1")
    office.crm.has("r1")
    office.messengers["slack"].trouble = Refused(NO_OWNER, "nobody owns it")
    office.wait(minutes=11)
    assert [len(w.about(lead_id)) for w in office.messengers.values()] == [0, 1]
    office.messengers["slack"].trouble = None
    office.crm.has("r1", ANN)
    office.wait(hours=1)
    assert [len(w.about(lead_id)) for w in office.messengers.values()] == [1, 1]
    assert office.messengers["slack"].about(lead_id)[0]["owner"] == "Ann Archer"


def test_an_alert_that_is_put_once_more_while_it_is_under_way_is_sent_once(
    store: Store, clock: HandClock
) -> None:
    office = AlertOffice(store, clock)
    office.slack.tells = False
    lead_id = office.lead()
    handled = store.handling([lead_id])
    assert not handled

    def meanwhile() -> None:
        store.put([Task(Step.NOTIFY, lead_id, "slack")], clock.now)

    office.slack.during = meanwhile
    office.wait(minutes=3)
    assert office.slack.lead_ids == [lead_id]
    assert not office.waiting()


def test_an_alert_under_way_is_sent_again_when_somebody_wants_it_told_again(
    store: Store, clock: HandClock
) -> None:
    office = AlertOffice(store, clock)
    office.slack.tells = False
    lead_id = office.lead()

    def meanwhile() -> None:
        office.slack.during = lambda: None
        store.put([Task(Step.NOTIFY, lead_id, "slack", again=True)], clock.now)

    office.slack.during = meanwhile
    office.wait(minutes=3)
    assert office.slack.lead_ids == [lead_id, lead_id]


def test_one_lead_that_can_not_be_looked_at_spoils_no_other_look(
    store: Store, clock: HandClock
) -> None:
    office = SalesOffice(store, clock)
    broken = office.post(email="ada@example.com", record="r1")
    good = office.post(email="bob@example.com", record="r2")
    office.crm.has("r1")
    office.crm.has("r2")
    office.wait(minutes=11)
    office.crm.has("r1", msgspec.structs.replace(ANN, email=7))
    office.crm.has("r2", BEN)
    office.wait(minutes=2)
    handling = office.handling(good)
    assert handling is not None
    assert handling.owner == BEN
    office.wait(hours=3)
    assert store.next_due(Step.LOOK_UP) is None, "it is a dead letter in the end"
    assert len(office.messengers["slack"].about(broken)) == 1


def test_a_lead_of_which_only_the_id_came_is_completed_when_its_record_can_be_seen(
    office: SalesOffice,
) -> None:
    lead_id = office.post(record="r1")
    office.wait(minutes=11)
    (data,) = office.messengers["slack"].about(lead_id)
    assert (data["email"], data["ownership"]) == (None, "unassigned")
    office.crm.has("r1", ANN, fields=LeadFields(email="ada@example.com"))
    office.wait(minutes=20)
    (data,) = office.messengers["slack"].about(lead_id)
    assert (data["email"], data["owner"]) == ("ada@example.com", "Ann Archer")
    assert office.store.next_due(Step.LOOK_UP) is None
    asked = len(office.crm.reads)
    office.wait(hours=2)
    assert len(office.crm.reads) == asked, "it was completed once"


@pytest.mark.parametrize("trouble", [None, Unreachable("crm.down")])
def test_so_is_one_whose_owner_the_webhook_named(
    office: SalesOffice, trouble: Unreachable | None
) -> None:
    office.crm.trouble = trouble
    lead_id = office.post(record="r1", owner="u1")
    office.wait(minutes=11)
    (data,) = office.messengers["slack"].about(lead_id)
    assert data["ownership"] == "assigned"
    office.crm.trouble = None
    office.crm.has("r1", ANN, fields=LeadFields(email="ada@example.com"))
    office.wait(minutes=20)
    (data,) = office.messengers["slack"].about(lead_id)
    assert (data["email"], data["owner"]) == ("ada@example.com", "Ann Archer")
    assert office.store.next_due(Step.LOOK_UP) is None


def test_a_lead_whose_record_never_comes_to_be_seen_is_looked_for_during_a_day(
    office: SalesOffice,
) -> None:
    office.post(record="r1", owner="u1")
    office.wait(hours=20)
    assert office.store.next_due(Step.LOOK_UP) is not None
    office.wait(hours=6)
    assert office.store.next_due(Step.LOOK_UP) is None


def test_asking_what_became_of_many_alerts_ends_before_their_lease_does(
    store: Store, clock: HandClock
) -> None:
    office = AlertOffice(store, clock)
    office.slack.replies = [Unreachable("answer.late")]
    ids = office.leads(30)
    office.wait(seconds=1)
    find = office.slack.find

    def slowly(message: bytes) -> Sent | None:
        clock.advance(seconds=4)
        return find(message)

    office.slack.find = slowly  # type: ignore[method-assign]
    for _ in range(60):
        began = clock.now
        deliver_due(office.kit, "slack")
        assert clock.now - began < office.kit.lease_duration
        clock.advance(seconds=2)
    assert sorted(office.slack.lead_ids) == sorted(ids)


def test_while_a_crm_asks_for_a_pause_no_lead_is_asked_about(office: SalesOffice) -> None:
    office.crm.trouble = Busy(timedelta(minutes=5))
    for number in range(5):
        office.post(email=f"l{number}@example.com", record=f"r{number}")
        office.clock.advance(seconds=20)
    office.wait(minutes=11)
    assert len(office.crm.reads) == 1
    told = office.messengers["slack"].hanging.values()
    assert [one["ownership"] for one in told] == ["unknown"] * 5, "no alert waits so long"
    office.crm.trouble = None
    for number in range(5):
        office.crm.has(f"r{number}", ANN)
    office.wait(minutes=30)
    assert [one["owner"] for one in told if one["template"] == "new_lead/1"] == ["Ann Archer"] * 5


def test_a_crm_that_asks_for_no_pause_at_all_is_not_asked_at_once(office: SalesOffice) -> None:
    office.post(email="ada@example.com", record="r1")
    office.crm.has("r1")
    office.wait(minutes=10)
    office.crm.trouble = Busy(timedelta())
    reads = len(office.crm.reads)
    office.wait(minutes=2)
    assert 1 <= len(office.crm.reads) - reads <= 130


def test_a_lead_whose_owner_is_found_before_it_was_told_is_told_where_the_owner_hears_of_it(
    store: Store, clock: HandClock
) -> None:
    office = ruled(store, clock)
    lead_id = office.post(email="ada@example.com", record="r1")
    office.crm.has("r1")
    office.messengers["pool"].trouble = Unreachable("pool.down")
    office.wait(minutes=11)
    office.crm.has("r1", ANN)
    office.wait(minutes=3)
    assert [len(w.about(lead_id)) for w in office.messengers.values()] == [1, 0]
    office.messengers["pool"].trouble = None
    office.wait(minutes=5)
    assert [len(w.about(lead_id)) for w in office.messengers.values()] == [1, 0]
    assert store.next_due(Step.NOTIFY, "pool") is None

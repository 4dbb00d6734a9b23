"""Which stages a lead has reached, and which of them an ad network is told of."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from leadline.conversions.registry import make_ad_network
from leadline.journey.pushing.planning import event_id_of, plan_push
from leadline.journey.pushing.stages import stages_of
from leadline.model.facts.conversions import Pushed, Stage
from leadline.model.handling import Ending, Handling
from leadline.model.lead import Contact, LeadDetails, RefinedLead
from leadline.model.personal_data.retiring import handling_retired
from tests.worlds.ad_office import config_of
from tests.worlds.pushed import PUSHED

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
CONFIG = config_of("meta", "http://127.0.0.1:9")
NETWORK = make_ad_network("ads", CONFIG)


def lead(**more: object) -> RefinedLead:
    usual = RefinedLead(
        lead_id="lead1", captured_at=NOW, processed_at=NOW, status="refined",
        contact=Contact(email="ada@example.com"), lead_details=LeadDetails(),
        received_from="generic",
    )  # fmt: skip
    return msgspec.structs.replace(usual, **more)


def test_stages_are_in_order_and_never_before_the_lead() -> None:
    early = Handling(touched_at=NOW - HOUR, ending=Ending.LOST, ended_at=NOW - 2 * HOUR)
    assert stages_of(lead(), early) == {Stage.LEAD: NOW, Stage.CONTACTED: NOW, Stage.LOST: NOW}
    later = Handling(claimed_at=NOW + HOUR, touched_at=NOW + 2 * HOUR)
    assert list(stages_of(lead(), later).items()) == [
        (Stage.LEAD, NOW), (Stage.CONTACTED, NOW + HOUR),
    ]  # fmt: skip
    assert stages_of(lead(), Handling(ending=Ending.WON)) == {Stage.LEAD: NOW}


def test_a_time_that_is_still_to_come_is_told_as_now() -> None:
    ahead = Handling(ending=Ending.WON, ended_at=NOW + HOUR)
    due = plan_push("ads", CONFIG, NETWORK, lead(), ahead, NOW).due
    assert [(one.stage, one.at) for one in due] == [(Stage.LEAD, NOW), (Stage.WON, NOW)]


def test_a_stage_that_was_told_is_not_told_again_though_the_lead_was_reopened() -> None:
    told = Pushed(Stage.WON, NOW, NOW, "Converted", "id")
    again = Handling(ending=Ending.WON, ended_at=NOW + HOUR, pushed={"ads": (told,)})
    due = plan_push("ads", CONFIG, NETWORK, lead(), again, NOW + HOUR).due
    assert [one.stage for one in due] == [Stage.LEAD]


@pytest.mark.parametrize(
    ("said", "worth"),
    [
        ("1500.5", 1500.5),
        (0, 0.0),
        ("", None),
        ("nan", None),
        (-1, None),
        (True, None),
        ("many", None),
    ],
)
def test_the_value_of_a_field_counts_if_it_is_an_amount(said: object, worth: float | None) -> None:
    config = config_of("meta", "http://127.0.0.1:9", value="deal")
    won = Handling(ending=Ending.WON, ended_at=NOW)
    due = plan_push("ads", config, NETWORK, lead(custom={"deal": said}), won, NOW).due
    assert (due[-1].value, due[-1].currency) == (worth, "EUR" if worth is not None else "")
    assert due[0].value is None


def test_the_id_of_an_event_is_of_one_lead_network_and_stage() -> None:
    ids = {
        event_id_of(i, name, stage)
        for i in ("a", "b") for name in ("meta", "google") for stage in Stage
    }  # fmt: skip
    assert len(ids) == 2 * 2 * len(Stage)
    assert all(len(one) == 32 for one in ids)


def test_retention_takes_the_digests_of_what_was_sent_and_leaves_the_stages() -> None:
    kept = handling_retired(Handling(pushed={"ads": (PUSHED,)})).pushed["ads"]
    assert [(one.stage, one.digest) for one in kept] == [(Stage.WON, "")]

"""Scores of leads on their way through the journey, on every store."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from leadline.model.facts.scored_leads import UNSCORED
from leadline.model.task import Step, Task
from leadline.ports.reading.ledger import LeadFilter
from leadline.ports.store import Store
from leadline.settings.team.rules import RuleConfig
from leadline.settings.top.score import PointsConfig
from leadline.team.matching.routing import Routes
from tests.contracts.test_one_person import ADA, Registry
from tests.contracts.test_teams import goes_away
from tests.worlds.leads import HandClock
from tests.worlds.ledger import LedgerWorld
from tests.worlds.scores import scorer
from tests.worlds.teams import MONDAY, NAMES, TeamOffice

PRICE = "What is the price?"


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY)


def test_a_refined_lead_has_its_score_and_rules_ask_for_it(store: Store, clock: HandClock) -> None:
    rules = {
        "hot": RuleConfig(when=("hot = yes", "score.intent > 90"), channels=("pool",)),
        "sent": RuleConfig(when=("sender_score >= 40",), alert="no"),
        "rest": RuleConfig(min_score=1, channels=("slack",)),
    }
    office = Registry(store, clock, routes=Routes(rules=rules), scorer=scorer())
    hot = office.comes(**{**ADA, "message": PRICE, "score": 90})
    score = office.refined(hot).score
    assert score is not None
    assert (score.value, score.hot) == (85, True)
    assert office.refined(hot).lead_details.lead_score == 90
    assert office.messengers["pool"].about(hot)
    usual = office.comes(name="Bob Bell", email="bob@firm.example", message="Hello")
    assert office.messengers["slack"].about(usual)


def test_a_lead_that_is_refined_anew_is_scored_by_the_settings_as_they_are(
    store: Store, clock: HandClock
) -> None:
    office = Registry(store, clock, scorer=scorer())
    lead = office.comes(**{**ADA, "message": PRICE})
    before = office.refined(lead).score
    again(office, lead)
    assert office.refined(lead).score == before
    office.kit = msgspec.structs.replace(office.kit, scorer=scorer(points={}, start=3.0))
    again(office, lead)
    assert office.refined(lead).score is not None
    assert office.refined(lead).score.value == 3  # type: ignore[union-attr]
    office.kit = msgspec.structs.replace(office.kit, scorer=None)
    again(office, lead)
    assert office.refined(lead).score is None


def again(office: Any, lead: str) -> None:
    office.store.put([Task(Step.REFINE, lead)], office.clock.now)
    office.wait(minutes=1)


def test_a_model_that_fails_stops_no_lead(
    store: Store, clock: HandClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    office = Registry(store, clock, scorer=scorer(model=str(tmp_path / "none.json")))
    lead = office.comes(**ADA)
    refined = office.refined(lead)
    assert refined.score is None
    assert UNSCORED in refined.problems
    assert office.messengers["slack"].about(lead)
    failed = [one for one in caplog.records if one.message == "score.failed"]
    assert [one.lead for one in failed] == [lead]  # type: ignore[attr-defined]
    office.kit = msgspec.structs.replace(office.kit, scorer=scorer())
    again(office, lead)
    assert office.refined(lead).score is not None
    assert UNSCORED not in office.refined(lead).problems


def test_that_a_score_failed_once_makes_no_difference_to_the_next_one(
    store: Store, clock: HandClock, tmp_path: Path
) -> None:
    clean = scorer(points={"clean": PointsConfig(when=("problems is empty",), points=30)})
    office = Registry(store, clock, scorer=scorer(model=str(tmp_path / "none.json")))
    lead = office.comes(**ADA)
    failed = office.refined(lead)
    assert failed.problems == (UNSCORED,)
    office.kit = msgspec.structs.replace(office.kit, scorer=clean)
    again(office, lead)
    assert office.refined(lead).score == clean(failed)
    assert [one.name for one in clean.met(failed)] == ["clean"]


def test_a_fault_of_the_model_itself_stops_no_lead(
    store: Store, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def judge(self, lead: object) -> object:
            raise ZeroDivisionError(f"division by zero of {lead}")

    broken = scorer(model="broken.json")
    broken.__dict__["trained"] = Broken()
    office = Registry(store, clock, scorer=broken)
    lead = office.comes(**ADA)
    assert UNSCORED in office.refined(lead).problems
    assert office.messengers["slack"].about(lead)


def test_points_know_whether_the_person_was_seen_before(store: Store, clock: HandClock) -> None:
    seen = {"seen": PointsConfig(when=("seen = before",), points=30)}
    office = Registry(store, clock, scorer=scorer(points=seen))
    first, second = office.comes(**ADA), office.comes(**ADA, message="again")
    values = [office.refined(one).score.value for one in (first, second)]  # type: ignore[union-attr]
    assert values == [20, 50]


def test_a_queue_gives_out_the_highest_score_first(store: Store, clock: HandClock) -> None:
    closed = TeamOffice(store, clock, scorer=scorer())
    low = closed.lead(message="Hello")
    high = closed.lead(message=PRICE)
    for person in NAMES:
        goes_away(closed, person)
    closed.wait(minutes=11)
    assert closed.queue() == [high, low]


def test_lists_show_our_score_whether_it_is_hot_and_who_was_not_scored(world: LedgerWorld) -> None:
    office = Registry(world.store, world.clock, scorer=scorer())
    hot = office.comes(**{**ADA, "message": PRICE, "score": 3})
    office.kit = msgspec.structs.replace(office.kit, scorer=scorer(model="none.json"))
    failed = office.comes(name="Bob Bell", email="bob@firm.example", score=4)
    rows = {row.lead_id: row for row in world.ledger.find(LeadFilter(limit=10))}
    assert (rows[hot].score, rows[hot].hot, rows[hot].unscored) == (85, True, False)
    assert (rows[failed].score, rows[failed].hot, rows[failed].unscored) == (4, False, True)

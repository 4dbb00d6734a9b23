"""The score that a table of points gives, alone and with a model."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from leadline.model.facts.score import LeadScore, ScoreReason
from leadline.model.facts.scored_leads import reasons_for, score_of, score_words
from leadline.model.lead import Contact, LeadDetails, RefinedLead
from leadline.scoring.points import PointsEntry, score_by_points, with_points
from leadline.settings.top.score import HotThreshold, PointsConfig
from tests.worlds.scores import COMPANY, POINTS, scorer, small_model

AT = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)


def lead(message: str = "", **contact: str | None) -> RefinedLead:
    person = {"name": "Ada Example", "email": "ada@firm.example", "email_kind": "business"}
    return RefinedLead(
        "019cadc6-d518-7000-b113-f7d2ce34ee36", AT, AT, "refined",
        Contact(**{**person, **contact}),
        LeadDetails(message=message or None, lead_score=7.0), "generic",
    )  # fmt: skip


def entry(name: str, points: float, kind: str = "fit") -> PointsEntry:
    return PointsEntry(name, (), points, kind, f"says {name}")


def score(of: RefinedLead, **settings: object) -> LeadScore:
    found = scorer(**settings)(of)
    assert found is not None
    return found


def test_a_lead_gets_the_points_of_all_conditions_that_it_meets() -> None:
    found = score(lead("What is the price?", phone="+4930901820"))
    assert (found.value, found.by, found.hot) == (85, "points", True)
    assert (found.fit, found.intent) == (100, 100)
    assert reasons_for(found) == "asks a price (+40), writes from a company (+25)"


def test_points_may_take_away_and_an_entry_needs_all_of_its_conditions() -> None:
    both = PointsConfig(when=("email_kind = business", "country = DE"), points=50)
    found = score(lead(), points={**POINTS, "both": both})
    assert (found.value, found.hot) == (35, False)
    assert reasons_for(found) == "writes from a company (+25), gave no number (-10)"
    assert found.fit == 20  # 15 of the 75 points that a lead could get


@pytest.mark.parametrize(("points", "value"), [(500.0, 100), (-500.0, 0), (0.5, 21), (0.4, 20)])
def test_a_score_is_a_whole_number_from_0_to_100(points: float, value: int) -> None:
    one = entry("much", points)
    assert score_by_points([one], [one], 20).value == value


def test_the_three_strongest_reasons_are_told_whether_they_give_or_take() -> None:
    entries = [entry("a", 1), entry("b", -30), entry("c", 20), entry("d", 2.5)]
    found = score_by_points(entries, entries, 0)
    assert [(one.field, one.points) for one in found.reasons] == [
        ("points.b", -30), ("points.c", 20), ("points.d", 2.5),
    ]  # fmt: skip


def test_without_entries_of_a_kind_nothing_is_known_of_it() -> None:
    assert score(lead(), points={"company": COMPANY}).intent is None


def test_points_are_added_to_the_score_of_a_model_whose_own_words_stay() -> None:
    reasons = (ScoreReason("country", "Norway", 12.0),)
    judged = LeadScore(60, "spring 3", probability=0.3, fit=70, reasons=reasons)
    entries = [entry("a", 15, "intent"), entry("b", 90)]
    found = with_points(judged, entries, entries[:1])
    assert (found.value, found.by, found.probability) == (75, "spring 3", 0.3)
    assert (found.fit, found.intent) == (70, 100)
    assert reasons_for(found) == "says a (+15), country: Norway (+12)"
    assert with_points(judged, [], []) == judged


def test_a_model_scores_by_rank_and_the_best_are_hot(tmp_path: Path) -> None:
    model = tmp_path / "model.json"
    model.write_bytes(small_model())
    best = {"model": str(model), "points": {}, "hot": HotThreshold(best=5.0)}
    found = score(lead(), **best)
    assert (found.value, found.hot, found.by) == (95, True, "small 1")
    other = score(lead(email_kind="free"), **best)
    assert (other.value, other.hot) == (5, False)
    assert score(lead(email_kind="free"), **{**best, "points": POINTS}).value == 0


def test_a_model_that_cannot_be_read_gives_no_score_and_its_words_name_no_lead(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert scorer(model=str(tmp_path / "none.json"))(lead()) is None
    assert "there is no such file" in caplog.records[-1].error  # type: ignore[attr-defined]
    (tmp_path / "wrong.json").write_text('{"format": "ada@firm.example"}')
    assert scorer(model=str(tmp_path / "wrong.json"))(lead()) is None
    assert "no model" in caplog.records[-1].error  # type: ignore[attr-defined]
    assert "Ada" not in caplog.text


def test_a_score_depends_on_the_capture_and_not_on_when_the_lead_is_refined() -> None:
    morning = PointsConfig(when=("hour between 9 and 9", "weekday = mon"), points=10)
    early = lead()
    late = msgspec.structs.replace(early, processed_at=AT.replace(hour=23))
    assert score(early, points={"m": morning}) == score(late, points={"m": morning})
    assert score(late, points={"m": morning}).value == 30


def test_our_score_goes_before_that_of_the_sender() -> None:
    sent = lead()
    assert score_of(sent) == 7.0
    assert score_of(msgspec.structs.replace(sent, score=LeadScore(85, "points"))) == 85.0


def test_a_score_is_told_in_words() -> None:
    ours = LeadScore(85, "points", fit=70, intent=0, hot=True)
    assert score_words(ours) == "85 of 100, hot, by points; fit 70, intent 0"
    model = LeadScore(40, "spring 3", probability=0.123)
    assert score_words(model) == "40 of 100, by the model spring 3; won with a probability of 12%"

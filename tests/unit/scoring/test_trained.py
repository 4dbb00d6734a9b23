"""A trained model at work."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from leadline.model.facts.score import ScoreReason
from leadline.scoring.calibrating import win_probability
from leadline.scoring.columns import capture_columns
from leadline.scoring.model_file import Calibration, model_bytes
from leadline.scoring.trained import TrainedModel, load_model
from tests.worlds.trained import START, hand_made, worth


@pytest.fixture
def model() -> TrainedModel:
    return load_model(model_bytes(hand_made()))


SIGNED_UP = (START - timedelta(days=90)).date().isoformat()


def test_a_score_is_the_rank_and_the_probability_stands_beside_it(model: TrainedModel) -> None:
    score = model.judge(worth(custom={"Visits": 12, "Signup": SIGNED_UP}))
    assert score.by == "spring 3"
    assert score.value == 68  # raw 1.2 - 0.5 exceeds 68 of the thresholds -2.0, -1.96, …
    assert score.probability == pytest.approx(1 / (1 + 2.718281828459045 ** (1.0 - 1.5 * 0.7)))
    assert not score.hot


def test_the_strongest_reasons_come_first_and_say_what_they_gave(model: TrainedModel) -> None:
    score = model.judge(worth(custom={"Visits": 12, "Signup": SIGNED_UP}))
    assert score.reasons == (
        ScoreReason("custom.visits", "12", 28.0),
        ScoreReason("custom.signup", "90 days before", -14.0),
    )


def test_fit_and_intent_are_ranks_of_their_own(model: TrainedModel) -> None:
    score = model.judge(worth(custom={"Visits": 12, "Signup": SIGNED_UP}))
    assert (score.fit, score.intent) == (37, 78)


def test_nothing_that_is_known_is_no_error(model: TrainedModel) -> None:
    score = model.judge(worth(email_kind=None))
    assert score.value == 23  # -0.6 - 0.5
    assert {one.value for one in score.reasons} == {"not given"}


@pytest.mark.parametrize(
    "value", ["nan", "inf", "1e999", "", " ", "7_5", "x" * 1000, [1], {"a": 1}, None, 10**400]
)
def test_what_is_no_finite_number_is_missing(model: TrainedModel, value: object) -> None:
    assert model.codes(worth(custom={"Visits": value}))[0] == -1


def test_numbers_may_be_written_as_text(model: TrainedModel) -> None:
    written = [model.codes(worth(custom={"visits": one}))[0] for one in ("2.5", " 3 ", "-1", "8e0")]
    assert written == [0, 1, 0, 2]


def test_a_category_that_was_never_seen_is_not_told(model: TrainedModel) -> None:
    score = model.judge(worth(email_kind="ada@example.com"))
    assert model.codes(worth(email_kind="ada@example.com"))[1] == 2
    assert "ada@example.com" not in str(score)


def test_columns_hold_nobody() -> None:
    lead = worth(7, title="Head of Sales")
    found = capture_columns(lead)
    text = " ".join(map(str, (*found, *found.values()))).lower()
    for personal in ("ada", "ember", "example", "555", "please"):
        assert personal not in text
    assert found["has_phone"] == 1.0
    assert found["message_length"] == float(len(lead.lead_details.message or ""))
    assert found["title word sales"] == 1.0


def test_a_field_has_one_column_however_its_name_is_written() -> None:
    for name in ("Total Visits", "total_visits", "totalVisits", " Total  visits"):
        assert capture_columns(worth(custom={name: 3}))["custom.total visits"] == 3.0


def test_hours_and_weekdays_are_those_of_the_zone() -> None:
    lead = worth(at=datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    assert capture_columns(lead, ZoneInfo("Europe/Berlin"))["hour"] == 0.0
    assert capture_columns(lead, ZoneInfo("Europe/Berlin"))["weekday"] == 1.0
    assert capture_columns(lead)["hour"] == 23.0


def test_isotonic_probabilities_ascend_between_their_knots() -> None:
    knots = Calibration(knots=((-1.0, 0.1), (0.0, 0.3), (2.0, 0.9)))
    told = [win_probability(raw, knots) for raw in (-9.0, -1.0, -0.5, 0.0, 1.0, 2.0, 9.0)]
    assert told == pytest.approx([0.1, 0.1, 0.2, 0.3, 0.6, 0.9, 0.9])


def test_scores_far_from_all_others_have_a_probability() -> None:
    assert win_probability(-1e6, Calibration()) == 0.0
    assert win_probability(1e6, Calibration()) == 1.0


def test_scoring_needs_the_standard_library_and_msgspec_alone() -> None:
    code = "import sys, leadline.scoring.trained; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded.isdisjoint({"numpy", "lightgbm", "scipy", "typer", "apsw"})

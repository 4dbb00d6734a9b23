"""Models are trained without leaks, without people, and score as LightGBM does."""

import random
import struct
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from leadline.model.errors import ConfigurationError
from leadline.model.handling import Ending, Handling
from leadline.model.lead import RefinedLead
from leadline.model.personal_data.erasing import person_erased
from leadline.model.personal_data.retiring import person_retired
from leadline.operations.training.examples import Example, Examples, examples_of_leads, hash_place
from leadline.ports.reading.ledger import Followed
from leadline.scoring.columns import capture_columns
from leadline.scoring.encoding import MISSING, encoders, number_of
from leadline.scoring.model_file import Calibration, ModelFile, model_bytes
from leadline.scoring.trained import TrainedModel, load_model
from tests.worlds.trained import START, VISITS, hand_made, market, needs_lightgbm, worth

SIZE = 1500
_PLAIN = Calibration()
NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def extra() -> None:
    needs_lightgbm()


def examples(leads: Sequence[tuple[RefinedLead, bool]]) -> Examples:
    rows = [
        Example(
            capture_columns(lead),
            lead.captured_at,
            lead.captured_at.timestamp(),
            hash_place(lead.lead_id),
            won,
        )
        for lead, won in leads
    ]
    return Examples(rows, timed=True, dated=True, outcome="won")


def trained_on(leads: Sequence[tuple[RefinedLead, bool]], **wishes: Any) -> Any:
    from leadline.operations.training.training import Wishes, train_model

    return train_model(examples(leads), Wishes("market", 1, NOW, "UTC", **wishes))


@pytest.fixture(scope="module")
def found() -> Any:
    needs_lightgbm()
    return trained_on(market(SIZE))


@pytest.fixture(scope="module")
def model(found: Any) -> ModelFile:
    return found.model  # type: ignore[no-any-return]


def bits(number: float) -> bytes:
    return struct.pack("<d", number)


def test_ten_thousand_leads_score_bit_for_bit_as_the_trainer_scores_them() -> None:
    import numpy as np

    from leadline.operations.training.boosting import Tuning, fit_trees
    from leadline.operations.training.choosing import choose_columns, codes_of
    from leadline.operations.training.exporting import exported_trees, matrix_of

    rows = examples(market(SIZE)).rows
    columns = choose_columns(rows).columns
    won = np.array([row.won for row in rows])
    booster = fit_trees(codes_of(columns, rows), won, columns, Tuning(16, 20, 150))
    trees = exported_trees(booster, columns, 150)
    base = trained_model_of(columns, trees)
    leads = [strange(lead, random.Random(n)) for n, (lead, _) in enumerate(market(10_000, seed=2))]
    codes = [base.codes(lead) for lead in leads]
    matrix = matrix_of(np.array(codes))
    raw, probability = booster.predict(matrix, raw_score=True), booster.predict(matrix)
    differ = 0
    for row, wanted, told in zip(codes, raw.tolist(), probability.tolist(), strict=True):
        measured = base.measured(row)
        differ += bits(measured.raw) != bits(wanted) or bits(measured.probability) != bits(told)
    assert differ == 0
    seen = Counter(code == MISSING for row in codes for code in row)
    assert seen[True] > 10_000


def trained_model_of(columns: Any, trees: Any) -> TrainedModel:
    return TrainedModel(hand_made(columns=columns, trees=trees, calibration=_PLAIN))


def strange(lead: RefinedLead, chance: random.Random) -> RefinedLead:
    """The lead with values that no lead of the training has, or without some."""
    custom = dict(lead.custom)
    custom["Visits"] = chance.choice([-1, 0.125, 1e300, "12.5", "many", None, custom.get("Visits")])
    custom["Plan"] = chance.choice(["platinum", "", 7, "GOLD ", custom["Plan"]])
    if chance.random() < 0.3:
        custom.pop("Signup")
    return msgspec.structs.replace(lead, custom=custom)


def test_two_trainings_on_the_same_leads_give_the_same_bytes(model: ModelFile) -> None:
    assert model_bytes(trained_on(market(SIZE)).model) == model_bytes(model)


def test_it_finds_what_decides(model: ModelFile) -> None:
    assert model.model.auc > 0.65
    assert {"custom.visits", "email_kind", "country"} <= {one.name for one in model.columns}
    assert model.baseline.auc > 0.6
    assert model.model.leads == SIZE // 5
    assert model.leads == SIZE - SIZE // 5


def test_columns_of_afterwards_and_of_single_people_are_left_out(model: ModelFile) -> None:
    reasons = model.left_out
    assert "it alone tells who was won" in reasons["custom.deal size"] or (
        "its name" in reasons["custom.deal size"]
    )
    assert "duration" in reasons["custom.call duration"]
    assert reasons["custom.referred by"] == "about single people"
    assert "few leads share a value" in reasons["custom.code"]
    assert "nearly the same" in reasons["received_from"]
    assert not {one.name for one in model.columns} & set(reasons)


def test_what_is_given_only_after_the_outcome_is_found_without_its_name() -> None:
    leads = market(SIZE)
    renamed = [
        (
            msgspec.structs.replace(
                lead, custom={"Sum" if k == "Deal size" else k: v for k, v in lead.custom.items()}
            ),
            won,
        )
        for lead, won in leads
    ]
    assert "it alone tells who was won" in left_out_of(renamed)["custom.sum"]


def left_out_of(leads: Sequence[tuple[RefinedLead, bool]]) -> dict[str, str]:
    from leadline.operations.training.choosing import choose_columns

    return choose_columns(examples(leads).rows).left_out


def test_a_column_can_be_allowed_but_never_one_of_people() -> None:
    from leadline.operations.training.choosing import choose_columns

    allowed = frozenset({"Call duration", "referred_by"})
    names = {one.name for one in choose_columns(examples(market(SIZE)).rows, allowed).columns}
    assert "custom.call duration" in names
    assert "custom.referred by" not in names


def test_dates_after_the_capture_are_a_leak() -> None:
    leads = market(SIZE)
    later = [
        (
            msgspec.structs.replace(
                lead,
                custom={
                    "Trial": (lead.captured_at + timedelta(days=n % 40 + 2)).date().isoformat()
                },
            ),
            won,
        )
        for n, (lead, won) in enumerate(leads)
    ]
    assert "after the capture" in left_out_of(later)["custom.trial"]


def test_the_file_holds_no_value_that_few_leads_share(model: ModelFile) -> None:
    text = model_bytes(model).decode().lower()
    leads = [lead for lead, _ in market(SIZE)]
    words: Counter[str] = Counter()
    for lead in leads:
        for one in {str(value).lower() for value in lead.custom.values()}:
            words[one] += 1
        words[lead.contact.country or ""] += 1
    rare = [word for word, count in words.items() if count < 10 and not is_number(word)]
    assert len(rare) > 1000
    assert not [word for word in rare if f'"{word}"' in text]
    for personal in ("ada", "ember", "example.com", "+1202"):
        assert personal not in text


def test_no_edge_between_numbers_is_the_number_of_a_few_leads(model: ModelFile) -> None:
    leads = [lead for lead, _ in market(SIZE)]
    divided = [column for column in model.columns if column.edges]
    assert len(divided) > 3
    for column in divided:
        numbers = Counter(
            number_of(column, value, lead.captured_at)
            for lead in leads
            if (value := capture_columns(lead).get(column.name)) is not None
        )
        assert not [edge for edge in column.edges if 0 < numbers[edge] < 10]
        codes = Counter(
            code
            for lead in leads[: model.leads]
            for code in [encoders([column])[0](capture_columns(lead), lead.captured_at)]
        )
        assert all(count >= 10 for code, count in codes.items() if code >= 0)


def is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def test_scores_are_ranks_among_leads_like_those_of_the_training(model: ModelFile) -> None:
    judge = load_model(model_bytes(model)).judge
    values = [judge(lead).value for lead, _ in market(2000, seed=3)]
    best = sum(value >= 90 for value in values) / len(values)
    assert 0.05 < best < 0.17
    assert 40 < sum(values) / len(values) < 60


def test_probabilities_are_calibrated(model: ModelFile) -> None:
    judge = load_model(model_bytes(model)).judge
    leads = market(4000, seed=4)
    told = sum(judge(lead).probability or 0 for lead, _ in leads) / len(leads)
    real = sum(won for _, won in leads) / len(leads)
    assert abs(told - real) < 0.05
    assert all(0 < (judge(lead).probability or 0) < 1 for lead, _ in leads[:200])


def test_many_wins_are_calibrated_by_steps_that_are_never_certain() -> None:
    import numpy as np

    from leadline.operations.training.calibrated import calibration_of

    chance = np.random.default_rng(1)
    raw = chance.normal(size=5000)
    won = chance.random(5000) < 1 / (1 + np.exp(-2 * raw))
    knots = calibration_of(raw, won).knots
    told = [probability for _, probability in knots]
    assert told == sorted(told)
    assert 1 / 5002 - 1e-6 <= told[0] < told[-1] <= 1 - 1 / 5002 + 1e-6
    assert calibration_of(raw[:1000], won[:1000]).knots == ()


def test_too_few_leads_are_refused_with_what_it_takes() -> None:
    with pytest.raises(ConfigurationError, match="to train a model takes 200"):
        trained_on(market(150))


def test_a_model_that_scores_otherwise_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    from leadline.operations.training import exporting
    from leadline.operations.training.exporting import NotExported

    split = exporting._missing_left
    monkeypatch.setattr(exporting, "_missing_left", lambda *a: not split(*a))
    with pytest.raises(NotExported, match="score otherwise"):
        trained_on(market(400))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"objective": "regression"}, "not binary"),
        ({"objective": "binary", "sigmoid": 2.0}, "another sigmoid"),
        ({"objective": "multiclass", "num_class": 2}, "not binary"),
        ({"objective": "binary", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5},
         "averaged"),
        ({"objective": "binary", "linear_tree": True}, "linear"),
        ({"objective": "binary", "zero_as_missing": True}, "zeros"),
    ],
)  # fmt: skip
def test_models_of_other_kinds_are_refused(changed: dict[str, Any], words: str) -> None:
    import lightgbm
    import numpy as np

    from leadline.operations.training.exporting import NotExported, exported_trees

    chance = np.random.default_rng(1)
    values = chance.integers(0, 3, size=(300, 1)).astype(float)
    won = (values[:, 0] + chance.random(300) > 1.5).astype(float)
    parameters = {"verbosity": -1, "num_threads": 1, "num_leaves": 4, **changed}
    data = lightgbm.Dataset(values, won, params={"verbosity": -1, **changed})
    booster = lightgbm.train(parameters, data, 3)
    with pytest.raises(NotExported, match=words):
        exported_trees(booster, (VISITS,), 3)


def followed(days_ago: float, ending: Ending = Ending.OPEN, after: float = 0) -> Followed:
    at = NOW - timedelta(days=days_ago)
    ended = None if ending is Ending.OPEN else at + timedelta(days=after)
    return Followed(worth(at=at), Handling(ending=ending, ended_at=ended), None)


def test_a_lead_counts_once_it_is_older_than_the_window_whatever_became_of_it() -> None:
    leads = [
        followed(100),  # lost: open for longer than the window
        followed(100, Ending.LOST, 5),
        followed(100, Ending.WON, 20),
        followed(100, Ending.WON, 95),  # won too late to count
        followed(20, Ending.WON, 2),  # too young, although won
        followed(20),
    ]
    found = examples_of_leads(leads, UTC, NOW, timedelta(days=90))
    assert [row.won for row in found.rows] == [False, False, True, False]
    assert found.outcome == "won within 90 days"
    assert found.notes[0].startswith("2 leads")
    assert found.notes[1].startswith("1 leads were won later")


def test_quarantined_leads_are_no_examples() -> None:
    lead = msgspec.structs.replace(followed(100).lead, status="quarantined")
    one = msgspec.structs.replace(followed(100), lead=lead)
    assert not examples_of_leads([one], UTC, NOW, timedelta(days=90)).rows


@pytest.mark.parametrize("gone", [person_retired, person_erased])
def test_leads_whose_data_was_deleted_are_no_examples(
    gone: Callable[[RefinedLead], RefinedLead],
) -> None:
    one = msgspec.structs.replace(followed(100), lead=gone(followed(100).lead))
    assert not examples_of_leads([one], UTC, NOW, timedelta(days=90)).rows


def test_the_leads_that_are_held_out_are_the_latest() -> None:
    from leadline.operations.training.training import held_out_of, is_held_out

    rows = examples(market(100))
    held = held_out_of(rows)
    new = [row for row in rows.rows if is_held_out(row, held)]
    assert new == list(rows.rows)[-20:]
    assert held.since == (START + timedelta(hours=80)).timestamp()

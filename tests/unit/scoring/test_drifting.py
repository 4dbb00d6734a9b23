"""Whether leads have become others than those that a model was trained on."""

import msgspec

from leadline.model.lead import RefinedLead
from leadline.model.personal_data.retiring import person_retired
from leadline.scoring.drifting import SCORE, Drift, drifts_of
from leadline.scoring.model_file import HeldOut, ModelFile, Ranks
from leadline.scoring.trained import TrainedModel
from tests.worlds.trained import KIND, SIGNUP, VISITS, hand_made, worth

LATE = "2026-12-01T00:00:00Z"


def watched() -> ModelFile:
    """A model whose training leads had half business and half free addresses, and no signup."""
    columns = (
        msgspec.structs.replace(VISITS, usual=(0.5, 0.25, 0.25, 0.0)),
        msgspec.structs.replace(KIND, usual=(0.5, 0.5, 0.0, 0.0)),
        msgspec.structs.replace(SIGNUP, usual=(0.0, 0.0, 1.0)),
    )
    ranks = Ranks(hand_made().ranks.raw, usual=(0.1,) * 10)
    trained_at = "2026-01-01T00:00:00Z"
    return hand_made(columns=columns, ranks=ranks, leads=10_000, trained_at=trained_at)


def lead(number: int, kind: str | None) -> RefinedLead:
    return worth(number, email_kind=kind, custom={"Visits": (1, 1, 5, 9)[number % 4]})


def drift_of(leads: list[RefinedLead]) -> dict[str, Drift]:
    _, found = drifts_of(TrainedModel(watched()), leads)
    return {one.column: one for one in found}


def test_leads_like_those_of_the_training_have_not_drifted() -> None:
    found = drift_of([lead(n, ("business", "free")[n // 4 % 2]) for n in range(400)])
    assert not any(found[name].is_slight for name in ("custom.visits", "email_kind"))


def test_a_value_that_was_rare_and_is_common_now_is_named() -> None:
    found = drift_of([lead(n, "free" if n % 10 else "business") for n in range(400)])
    kind = found["email_kind"]
    assert kind.is_great
    assert (kind.value, kind.then, kind.now) == ("business", 0.5, 0.1)


def test_a_field_that_is_not_sent_any_more_is_named() -> None:
    found = drift_of([worth(n, email_kind=None) for n in range(200)])
    assert found["custom.visits"].is_great
    assert (found["custom.visits"].value, found["custom.visits"].now) == ("not given", 1.0)


def test_leads_whose_data_was_deleted_do_not_count() -> None:
    usual = [lead(n, ("business", "free")[n // 4 % 2]) for n in range(400)]
    number, _ = drifts_of(TrainedModel(watched()), [*usual, *map(person_retired, usual)])
    assert number == 400


def test_the_score_has_a_drift_of_its_own() -> None:
    found = drift_of([lead(n, "business") for n in range(200)])
    assert found[SCORE].is_great


def test_a_score_is_compared_on_leads_that_the_model_was_not_fitted_to() -> None:
    leads = [lead(n, "business") for n in range(200)]
    last = leads[0].captured_at.timestamp()

    def names(since: float | None, *, dated: bool | None = True, **more: str) -> set[str]:
        held = HeldOut(since=since, dated=dated)
        file = msgspec.structs.replace(watched(), held_out=held, **more)
        return {one.column for one in drifts_of(TrainedModel(file), leads)[1]}

    assert SCORE not in names(last + 1)
    assert SCORE in names(last)
    assert SCORE in names(last + 1, dated=False), "since is a number of another kind"
    for undated in (names(1.0, dated=False, trained_at=LATE), names(None, trained_at=LATE)):
        assert SCORE not in undated, "it may have been fitted to all of them"
    assert SCORE in names(None, trained_at="by hand")
    assert "email_kind" in names(last + 1)


def test_too_few_leads_say_nothing() -> None:
    assert drifts_of(TrainedModel(watched()), [worth(n) for n in range(99)]) == (99, [])

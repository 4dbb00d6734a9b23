"""Two models are compared on leads that neither was fitted to."""

from typing import Any

import msgspec
import pytest

from leadline.model.errors import ConfigurationError
from leadline.operations.training.examples import Example, Examples, hash_place
from leadline.scoring.columns import capture_columns
from leadline.scoring.model_file import Column, ColumnGroup, ColumnKind, HeldOut, Split, Tree
from tests.worlds.trained import hand_made, market, needs_lightgbm


@pytest.fixture(autouse=True)
def extra() -> None:
    needs_lightgbm()


VISITED = Column("custom.visits", ColumnKind.NUMBER, ColumnGroup.INTENT, edges=(5.0, 10.0))


def asks_visits(sign: float = 1.0) -> Any:
    """A model that scores by visits, or against them."""
    leaves = (-1.5 * sign, -0.5 * sign, 0.5 * sign)
    tree = Tree((Split(0, 1, -3, 0.0, at=1), Split(0, -1, -2, 0.0, at=0)), leaves)
    return hand_made(columns=(VISITED,), trees=(tree,))


def rows() -> list[Example]:
    return [
        Example(capture_columns(lead), lead.captured_at, float(n), hash_place(lead.lead_id), won)
        for n, (lead, won) in enumerate(market(800))
    ]


def known(**changed: Any) -> Examples:
    said = {"timed": True, "dated": True, "outcome": "won", **changed}
    return Examples(rows(), **said)


def test_the_better_model_is_named() -> None:
    from leadline.operations.training.comparing import comparison_of

    found = comparison_of(asks_visits(-1.0), asks_visits(), rows())
    assert [one.better for one in found.differences[:2]] == ["second", "second"]
    assert found.second.auc > found.first.auc


def test_which_is_given_first_makes_no_difference() -> None:
    from leadline.operations.training.comparing import comparison_of

    found = comparison_of(asks_visits(), asks_visits(-1.0), rows())
    assert [one.better for one in found.differences[:2]] == ["first", "first"]


def test_models_that_score_alike_are_undecided() -> None:
    from leadline.operations.training.comparing import comparison_of

    found = comparison_of(asks_visits(), asks_visits(), rows())
    assert [(one.better, one.by) for one in found.differences] == [("", 0.0)] * 3


def test_only_leads_that_both_held_out_count() -> None:
    from leadline.operations.training.comparing import new_to_both

    first = msgspec.structs.replace(asks_visits(), held_out=HeldOut(since=400.0))
    second = msgspec.structs.replace(asks_visits(), held_out=HeldOut(share=0.5))
    new = new_to_both(known(), first, second)
    assert {row.order >= 400 and row.place >= 0.5 for row in new} == {True}
    assert 100 < len(new) < 300


def test_too_few_of_them_are_refused() -> None:
    from leadline.operations.training.comparing import new_to_both

    late = msgspec.structs.replace(asks_visits(), held_out=HeldOut(since=790.0))
    with pytest.raises(ConfigurationError, match="10 leads are new to both"):
        new_to_both(known(), late, late)


@pytest.mark.parametrize(
    ("held", "leads", "words"),
    [
        (HeldOut(since=400.0, dated=False), {"own": True}, "by a number that grows"),
        (HeldOut(since=400.0, dated=True), {"dated": False}, "by a time"),
        (HeldOut(since=400.0, dated=True), {"timed": False, "dated": False}, "with --time"),
        (HeldOut(share=0.8), {"own": True}, "rows of a CSV file"),
    ],
)
def test_leads_that_do_not_say_whether_a_model_was_fitted_to_them_are_refused(
    held: HeldOut, leads: dict[str, Any], words: str
) -> None:
    from leadline.operations.training.comparing import new_to_both

    model = msgspec.structs.replace(asks_visits(), held_out=held)
    with pytest.raises(ConfigurationError, match=words):
        new_to_both(known(**leads), model, model)

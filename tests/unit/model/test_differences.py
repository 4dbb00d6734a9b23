"""What one text says otherwise than another, in a line."""

import pytest

from leadline.model.facts.differences import difference


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ({"a": 1}, {"a": 2}, "a: 1 → 2"),
        ({"a": {"b": "x"}}, {"a": {"b": None}}, 'a.b: "x" → null'),
        ({}, {"a": ["x"]}, 'a.0: nothing → "x"'),
        ({"a": "x", "b": 1}, {"b": 1}, 'a: "x" → nothing'),
        ("x", "y", '"x" → "y"'),
    ],
)
def test_each_value_that_differs_is_named(before: object, now: object, words: str) -> None:
    assert words in difference(before, now)


def test_a_line_stays_a_line() -> None:
    before = {f"field {n}" * 9: "x" * 5_000 for n in range(99)}
    words = difference(before, {})
    assert len(words) < 2_000
    assert words.endswith(" more")


def test_what_differs_far_behind_is_at_least_said() -> None:
    before = {str(n): n for n in range(20_000)}
    assert difference(before, {**before, "19999": "other"}) == "what stands far behind"

"""Places in JSON: pointers, dotted paths, and what is not there."""

from typing import Any

import pytest

from leadline.model.texts.json_places import placed

VALUE: dict[str, Any] = {"a": {"b": [1, {"c": None}]}, "x.y": 2, "t~/": 3, "": 4}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("a.b.0", 1), ("/a/b/0", 1), ("x.y", 2), ("/x.y", 2), ("/t~0~1", 3), ("/", 4),
        ("a.b.1", {"c": None}), ("a.b.1.c", None),
    ],
)  # fmt: skip
def test_a_value_is_found_by_a_pointer_or_a_dotted_path(path: str, found: object) -> None:
    assert placed(VALUE, path) == found


@pytest.mark.parametrize("path", ["a.b.2", "a.b.-1", "a.b.²", "a.b.x", "a.b.0.z", "nobody", "/q/0"])
def test_where_nothing_is_there_is_none(path: str) -> None:
    assert placed(VALUE, path) is None

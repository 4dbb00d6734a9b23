"""Regular expressions that are compiled when they are first used."""

import pkgutil
import re
from importlib import import_module

import pytest

from leadline.model.texts.patterns import late


def test_a_late_pattern_finds_what_a_compiled_one_finds() -> None:
    written, text = r"(?P<letter>[a-c])(\d)", "a1 B2 x3"
    pattern, compiled = late(written, re.IGNORECASE), re.compile(written, re.IGNORECASE)
    for _ in range(2):  # the first use, and a later one
        assert pattern.findall(text) == compiled.findall(text)
        assert pattern.sub(r"\2\g<letter>", text) == compiled.sub(r"\2\g<letter>", text)
        assert pattern.split(text) == compiled.split(text)
        assert [one.span() for one in pattern.finditer(text)] == [(0, 2), (3, 5)]
        assert pattern.fullmatch(text) is None
        assert (pattern.pattern, pattern.groups) == (written, 2)
    assert late(rb"\d").search(b"x7") is not None


def test_nothing_is_compiled_before_the_first_use() -> None:
    wrong = late("(")
    with pytest.raises(re.error):
        wrong.search("")


def test_a_pattern_has_no_more_than_patterns_have() -> None:
    with pytest.raises(AttributeError):
        late("a").nothing  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("package", ["model", "settings", "refine", "net", "vendors", "alerts"])
def test_every_late_pattern_is_a_regular_expression(package: str) -> None:
    found = 0
    outer = import_module(f"leadline.{package}")
    for info in pkgutil.walk_packages(outer.__path__, f"{outer.__name__}."):
        for value in vars(import_module(info.name)).values():
            if type(value) is type(late("")):
                assert value.pattern
                found += 1
    assert found

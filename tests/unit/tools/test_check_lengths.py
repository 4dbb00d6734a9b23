"""The check for files and functions that are too long."""

from pathlib import Path

import pytest

from tools.check_lengths import main, too_long


@pytest.fixture
def module(tmp_path: Path) -> Path:
    return tmp_path / "one.py"


def test_a_file_of_three_hundred_lines_passes(module: Path) -> None:
    module.write_text("x = 1\n" * 300)
    assert list(too_long(module)) == []
    assert main([str(module.parent)]) == 0


def test_a_longer_one_fails_and_is_named(module: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module.write_text("x = 1\n" * 301)
    assert main([str(module.parent)]) == 1
    assert "one.py has 301 lines" in capsys.readouterr().out


def test_a_longer_one_that_says_why_passes(module: Path) -> None:
    module.write_text("# Long because it is a table.\n" + "x = 1\n" * 300)
    assert list(too_long(module)) == []


def test_a_reason_within_a_line_is_none(module: Path) -> None:
    module.write_text("x = 1  # Long because it is\n" * 301)
    assert [name for name, _ in too_long(module)] == [""]


def test_a_function_of_forty_lines_passes(module: Path) -> None:
    module.write_text("def one():\n" + "    x = 1\n" * 39)
    assert list(too_long(module)) == []


@pytest.mark.parametrize("head", ["def one():", "async def one():", "class A:\n  def one(self):"])
def test_a_longer_function_fails_wherever_it_stands(module: Path, head: str) -> None:
    module.write_text(f"{head}\n" + "    x = 1\n" * 40)
    assert [name for name, _ in too_long(module)] == ["one"]

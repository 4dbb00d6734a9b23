"""The check for names that are defined twice."""

import ast
from pathlib import Path

import pytest

from tools.check_names import defined_twice, main


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "inner").mkdir()
    (tmp_path / "one.py").write_text(
        "class Lead: ...\ndef clean(): ...\ndef _own(): ...\ndef main(): ...\n"
        "@app.command()\ndef show(): ...\nclass Outer:\n    def method(self): ...\n"
    )
    (tmp_path / "inner" / "two.py").write_text(
        "import one\ndef _own(): ...\ndef main(): ...\ndef show(): ...\ndef method(): ...\n"
        "if True:\n    def nested(): ...\n"
    )
    return tmp_path


def test_a_package_without_doubles_passes(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert defined_twice(package) == {}
    assert main([str(package)]) == 0
    assert capsys.readouterr().out == ""


def test_a_name_defined_in_two_modules_fails_and_is_listed(
    package: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (package / "three.py").write_text("\nasync def clean(): ...\n\nclass Lead: ...\n")
    assert defined_twice(package) == {
        "Lead": ["one.py:1", "three.py:4"],
        "clean": ["one.py:2", "three.py:2"],
    }
    assert main([str(package)]) == 1
    assert "clean is defined in one.py:2, three.py:2" in capsys.readouterr().out


def test_overloads_within_one_module_are_one_definition(package: Path) -> None:
    (package / "four.py").write_text("def twin(): ...\ndef twin(): ...\n")
    assert defined_twice(package) == {}


def test_of_tests_only_classes_count(package: Path) -> None:
    (package / "test_one.py").write_text("class Lead: ...\ndef clean(): ...\n")
    assert defined_twice(package, ast.ClassDef) == {"Lead": ["one.py:1", "test_one.py:1"]}

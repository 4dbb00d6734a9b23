"""The example of CONTRIBUTING.md on a copy of the project: a row, a function, a test add a step."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = "src/leadline/model/task.py"
END_OF_ROWS = "\n    @property\n    def addressee("


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project in which the example was followed."""
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    follow((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), tmp_path)
    return tmp_path


def follow(text: str, project: Path) -> None:
    """Put each block of the section into the file that was named last before it."""
    _, _, section = text.partition("## Adding a step\n")
    section, _, _ = section.partition("\n## ")
    before, *blocks = section.split("```python\n")
    for block in blocks:
        code, _, after = block.partition("```\n")
        *_, path = re.findall(r"`((?:src|tests)/[\w/]+\.py)`", before)
        before = after
        if path == TABLE:
            table = (project / path).read_text(encoding="utf-8")
            assert table.count(END_OF_ROWS) == 1
            code = table.replace(END_OF_ROWS, code.rstrip("\n") + "\n" + END_OF_ROWS)
        else:
            assert not (project / path).exists()
        (project / path).write_text(code, encoding="utf-8")


def ran(project: Path, *arguments: str) -> str:
    """What pytest says of these tests of the copy, all of which must pass."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", *arguments]
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*command, "-m", "not aws"], cwd=project, env=environ, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_row_a_function_and_a_test_add_a_step(project: Path) -> None:
    said = ran(
        project, "tests/contracts/test_untold.py", "tests/contracts/test_every_step.py",
        "tests/contracts/test_steps.py", "tests/stores/aws/test_steps.py",
        "-k", "untold or every_step",
    )  # fmt: skip
    for kind in ("memory", "sqlite", "moto"):
        assert re.search(rf"PASSED .*test_untold\.py::.*\[{kind}\]", said), said
    for name in (
        "test_a_worker_does_what_is_due_of_every_step",
        "test_a_function_does_what_a_message_of_any_step_names",
        "test_a_task_of_any_step_waits_fails_dies_and_comes_back",
        "test_a_message_names_its_task",
    ):
        assert re.search(rf"PASSED .*{name}\[.*untold", said), said

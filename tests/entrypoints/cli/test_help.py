"""`leadline --help`: every command under a heading, and no sentence cut."""

import re
from collections import Counter

import pytest
import typer
from typer.testing import CliRunner

from leadline.entrypoints.cli import app
from leadline.entrypoints.cli._help import GROUPS

GROUP = typer.main.get_command(app)
COMMANDS = tuple(GROUP.commands)  # type: ignore[attr-defined]


def shown(*words: str) -> str:
    """What a terminal of 80 columns shows."""
    done = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "80"})
    assert done.exit_code == 0
    return done.output


def test_every_command_stands_under_one_heading() -> None:
    assert Counter(name for names in GROUPS.values() for name in names) == Counter(COMMANDS)
    headings = re.findall(r"^(\w+):$", shown(), re.MULTILINE)
    assert headings == ["Options", *GROUPS]


def test_the_list_of_commands_keeps_to_80_columns_and_ends_every_sentence() -> None:
    text = shown()
    assert max(map(len, text.splitlines())) <= 80
    _, _, listed = text.partition("\nRun:\n")
    entries = re.split(r"^  (?=\S)", re.sub(r"^\w+:$", "", listed, flags=re.MULTILINE), flags=re.M)
    sentences = {" ".join(e.split()[1:]) for e in entries if e.strip()}
    assert len(sentences) == len(COMMANDS)
    assert [s for s in sentences if not s.endswith(".") or s.endswith("...")] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_each_command_keeps_to_80_columns(name: str) -> None:
    text = shown(name)
    assert max(map(len, text.splitlines())) <= 80, name

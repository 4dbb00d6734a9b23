"""`leadline --help`: every command under a heading, and no sentence cut."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from leadline.entrypoints.cli import app
from leadline.entrypoints.cli._commands import COMMANDS as OFFERED
from leadline.entrypoints.cli._commands import GROUPS

GROUP: Any = typer.main.get_command(app)
COMMANDS = tuple(GROUP.commands)


def shown(*words: str) -> str:
    """What a terminal of 80 columns shows."""
    done = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "80"})
    assert done.exit_code == 0
    return done.output


def test_every_command_stands_under_one_heading() -> None:
    assert Counter(name for names in GROUPS.values() for name in names) == Counter(COMMANDS)
    headings = re.findall(r"^(\w+):$", shown(), re.MULTILINE)
    assert headings == ["Options", *GROUPS]


LOADED = """
import sys
from leadline.entrypoints.cli import main
sys.argv = ["leadline", *sys.argv[1:]]
try:
    main()
except SystemExit:
    pass
of = "leadline.entrypoints.cli."
print(*(name.removeprefix(of) for name in sys.modules if name.startswith(of)))
"""


def loaded(*words: str) -> set[str]:
    """The modules of the command line that a command in a process of its own has loaded."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *words], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_the_list_says_of_each_command_what_its_own_help_begins_with() -> None:
    sentences = {
        name: command.get_short_help_str(10**6) for name, command in GROUP.commands.items()
    }
    assert {name: offered.sentence for name, offered in OFFERED.items()} == sentences


def test_help_loads_no_command_and_a_command_loads_its_own_modules_only() -> None:
    every = {module for offered in OFFERED.values() for module in offered.modules}
    assert loaded("--help") & every == set()
    assert loaded("leads", "--help") & every == {"look.leads"}
    assert loaded("duplicates", "--help") & every == {
        "pairs.duplicates",
        "pairs.duplicates_fitting",
    }


@pytest.mark.parametrize("name", OFFERED)
def test_a_command_is_registered_by_the_modules_that_are_named(name: str) -> None:
    def modules(command: Any) -> set[str]:
        inner = getattr(command, "commands", None)
        if inner is None:
            return {command.callback.__module__.removeprefix("leadline.entrypoints.cli.")}
        return {module for one in inner.values() for module in modules(one)}

    assert modules(GROUP.commands[name]) == set(OFFERED[name].modules)


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


def pairs(command: Any) -> Iterator[str]:
    """The second halves of pairs such as `--follow / --no-follow` that only say what is so anyway,
    in a command and those below it."""
    for one in command.params:
        if getattr(one, "secondary_opts", ()) and one.default is False:
            yield from (name for name in one.secondary_opts if name.startswith("--no-"))
    for below in getattr(command, "commands", {}).values():
        yield from pairs(below)


def test_no_option_offers_the_opposite_of_what_is_not_done_anyway() -> None:
    assert list(pairs(GROUP)) == []

"""Every command of ours that a page names exists, with the options that are written there."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from leadline.entrypoints.cli import app
from leadline.entrypoints.cli._app import _globals_first
from tests.worlds.documented import Documented, command_lines, inline_commands

_SHELL = ("|", ">", "&&")
# Typer has a click of its own, which it does not export: these are its classes.
_USAGE: Any = typer.BadParameter.__base__
_MISSING = "MissingParameter"


@cache
def whole_command() -> Any:
    """`leadline`, with all of its commands."""
    return typer.main.get_command(app)


def parse(words: Sequence[str]) -> None:
    """Parse a command line as `leadline` would, without carrying it out; raises `_USAGE`."""
    ends = [number for number, word in enumerate(words) if word in _SHELL]
    rest = _globals_first(words[: ends[0]] if ends else words)
    command = whole_command()
    context = command.make_context("leadline", rest)
    while hasattr(command, "resolve_command"):
        rest = [*context._protected_args, *context.args]
        if not rest and command.invoke_without_command:
            return
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None
        command, parent = found, context
        context = command.make_context(name, rest, parent=parent)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the files that pages name."""
    for name in ("mended.json", "lead.json", "scan.json", "leadline.toml"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)


OURS = [one for one in command_lines() if one.ours is not None]


@pytest.mark.parametrize("line", OURS, ids=str)
def test_every_line_of_ours_is_a_whole_command(line: Documented) -> None:
    if line.ours != ("--version",):
        parse(line.ours or ())


INLINE = [one for one in inline_commands() if "[" not in " ".join(one.words)]


@pytest.mark.parametrize("named", sorted({one.words for one in INLINE}), ids=" ".join)
def test_every_command_that_a_sentence_names_exists(named: tuple[str, ...]) -> None:
    if named[1:] == ("--help",):
        return  # which the parser carries out at once
    try:
        parse(named[1:])
    except _USAGE as error:
        # A sentence names only what it is about: without an argument, or a group of commands alone.
        is_group = type(error).__name__ == "NoArgsIsHelpError" and len(named) == 2
        if type(error).__name__ != _MISSING and not is_group:
            raise


@pytest.mark.parametrize("words", [("serv",), ("serve", "--prt", "1"), ("replay", "--from", "x")])
def test_what_does_not_exist_is_noticed(words: tuple[str, ...]) -> None:
    with pytest.raises(_USAGE):
        parse(words)

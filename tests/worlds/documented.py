"""The commands that README and the documentation name."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/how-to/*.md"), *ROOT.glob("docs/tutorials/*.md")]
)
_BLOCK = re.compile(r"^( *)```(?:console|sh|bash)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"(?<!`)`((?:\.venv/bin/)?leadline [^`]+)`(?!`)")
_PROGRAM = re.compile(r"(?:[\w./]*/)?leadline")


class Documented(NamedTuple):
    """A command line and its page, as in `README.md: leadline serve`."""

    page: str
    words: tuple[str, ...]

    @property
    def ours(self) -> tuple[str, ...] | None:
        """The words after `leadline`; None for another program."""
        is_ours = _PROGRAM.fullmatch(self.words[0]) is not None
        return tuple(self.words[1:]) if is_ours else None

    def __str__(self) -> str:
        return f"{self.page}: {shlex.join(self.words)}"


def command_lines() -> list[Documented]:
    """The lines of all console blocks that begin with a prompt, in the order of the pages."""
    return [Documented(page.name, words) for page in PAGES for words in _lines(page)]


def inline_commands() -> list[Documented]:
    """The commands of ours that are named in running text, on all pages."""
    pages = sorted([*PAGES, *ROOT.glob("docs/**/*.md"), *ROOT.glob("infra/**/*.md")])
    found = []
    for page in dict.fromkeys(pages):
        text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
        for named in _INLINE.findall(text):
            words = tuple(shlex.split(" ".join(named.split()), comments=True))
            found.append(Documented(page.name, words))
    return found


def _lines(page: Path) -> Iterator[tuple[str, ...]]:
    for _, block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        said = ""
        for line in block.splitlines():
            begins = line.strip().startswith("$ ")
            if begins or said:
                said += line.strip().removeprefix("$ ") if begins else f"\n{line}"
            if said:
                words = _words(said)
                if words is not None:
                    yield words
                    said = ""
        assert not said, f"{page.name}: a command does not end: {said}"


def _words(said: str) -> tuple[str, ...] | None:
    """The words of a command; None if it goes on in the next line."""
    if said.rstrip().endswith("\\"):
        return None
    try:
        return tuple(shlex.split(said.replace("\\\n", " "), comments=True))
    except ValueError:  # a quotation is open
        return None

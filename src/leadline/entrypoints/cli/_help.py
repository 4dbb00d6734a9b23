"""`--help` of groups of commands: under headings, and with whole sentences."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from typer.core import TyperGroup

GROUPS: Mapping[str, Sequence[str]] = {
    "Run": ("init", "serve", "worker", "doctor", "config"),
    "Look": ("status", "tail", "leads", "show", "verify", "speed", "outcomes", "duplicates"),
    "Repair": (
        "dead", "replay", "wait", "hold", "release", "backup", "restore", "export", "import",
    ),
    "Connect": (
        "sample", "preview", "send", "inbox", "deliver", "write-back", "reconcile",
    ),
    "AWS": ("deploy", "destroy", "logs", "move", "rebuild", "cost"),
}  # fmt: skip
"""The commands of `leadline --help` under each heading, in this order."""
_OTHERS = "More"
_WHOLE = 1_000_000  # no sentence is longer


class WholeHelp(TyperGroup):
    """A group whose `--help` shows the first sentence of each command whole: Typer's own list cuts
    it at the width of the terminal."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands, wrapped by the formatter."""
        names = self.list_commands(ctx)
        width = max(map(len, names), default=0)
        for heading, members in self.sections(names):
            shown = [(n, c) for n in members if (c := self.get_command(ctx, n)) and not c.hidden]
            rows = [(f"{n:{width}}", c.get_short_help_str(_WHOLE)) for n, c in shown]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)

    def sections(self, names: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
        """The headings, each with the names of its commands."""
        yield "Commands", names


class GroupedHelp(WholeHelp):
    """The `WholeHelp` of `leadline` itself, by what one wants to do."""

    def sections(self, names: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
        """See `WholeHelp.sections`."""
        for heading, members in GROUPS.items():
            yield heading, [name for name in members if name in names]
        known = {name for members in GROUPS.values() for name in members}
        yield _OTHERS, [name for name in names if name not in known]

"""`--help` of groups of commands: under headings, and with whole sentences."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from typer.core import TyperGroup
from typer.main import get_group

from leadline.entrypoints.cli._audited import audited
from leadline.entrypoints.cli._commands import COMMANDS, GROUPS

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
            told = [(name, self.sentence(ctx, name)) for name in members]
            rows = [(f"{name:{width}}", sentence) for name, sentence in told if sentence]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)

    def sentence(self, ctx: Any, name: str) -> str:
        """What is said of a command in the list; "" if it is hidden."""
        command = self.get_command(ctx, name)
        return "" if command is None or command.hidden else command.get_short_help_str(_WHOLE)

    def sections(self, names: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
        """The headings, each with the names of its commands."""
        yield "Commands", names


class GroupedHelp(WholeHelp):
    """The commands of `leadline` itself: each is loaded when it is asked for, and `--help` lists
    them by what one wants to do without loading any."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands, loaded or not."""
        return [*dict.fromkeys((*COMMANDS, *super().list_commands(ctx)))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, which is loaded; None if there is none."""
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            self.commands.update(registered(cmd_name))
        found = super().get_command(ctx, cmd_name)
        return None if found is None else audited(found, cmd_name)

    def sentence(self, ctx: Any, name: str) -> str:
        """See `WholeHelp.sentence`."""
        return COMMANDS[name].sentence if name in COMMANDS else super().sentence(ctx, name)

    def sections(self, names: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
        """See `WholeHelp.sections`."""
        for heading, members in GROUPS.items():
            yield heading, [name for name in members if name in names]
        yield _OTHERS, [name for name in names if name not in COMMANDS]


def registered(*names: str) -> Mapping[str, Any]:
    """The commands of these names, loaded, and those that were loaded before."""
    for module in dict.fromkeys(m for name in names for m in COMMANDS[name].modules):
        import_module(f"{__package__}.{module}")
    from leadline.entrypoints.cli._app import app  # which is made with the classes above

    commands: Mapping[str, Any] = get_group(app).commands
    return commands

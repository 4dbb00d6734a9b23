"""The console of rich that commands print to."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from leadline.entrypoints.cli._show import nobody_reads


class PatientConsole(Console):
    """A console whose reader may leave: the command does its work, and its exit code counts."""

    def on_broken_pipe(self) -> None:
        """Print to nobody from now on (rich ends the program with exit code 1)."""
        self.quiet = True
        nobody_reads(self.file)


def bar(shown_on: Console) -> Progress:
    """A bar for work in parts of which some have no known end; nothing but on a terminal."""
    columns = (TextColumn("checking {task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns,
        TimeElapsedColumn(),
        console=shown_on,
        disable=not shown_on.is_terminal,
        transient=True,
    )

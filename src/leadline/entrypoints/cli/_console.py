"""The console of rich that commands print to."""

from rich.console import Console

from leadline.entrypoints.cli._show import nobody_reads


class PatientConsole(Console):
    """A console whose reader may leave: the command does its work, and its exit code counts."""

    def on_broken_pipe(self) -> None:
        """Print to nobody from now on (rich ends the program with exit code 1)."""
        self.quiet = True
        nobody_reads(self.file)

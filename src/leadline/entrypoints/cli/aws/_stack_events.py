"""The events of a stack as they happen."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from leadline.entrypoints.cli._show import console, say

if TYPE_CHECKING:
    from leadline.cloud.stacks import StackEvent, Watch


@contextmanager
def watching(stack: str, total: int) -> "Iterator[Watch]":
    """Show events of a stack as they happen: a progress bar on a terminal, else lines."""
    err = console(err=True)
    done: set[str] = set()
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=err, disable=not err.is_terminal, transient=True,
    )  # fmt: skip
    task = bar.add_task(stack, total=total)

    def watch(event: "StackEvent") -> None:
        if event.type == "AWS::CloudFormation::Stack":
            return
        ended = event.status.endswith(("_COMPLETE", "_SKIPPED"))
        if ended:
            done.add(event.resource)
        bar.update(task, completed=min(len(done), total), description=event.resource)
        if event.failed:
            bar.console.print(f"{event.resource} {event.status}: {event.reason}", markup=False)
        elif ended and not err.is_terminal:
            bar.console.print(f"{event.resource} {event.status}", markup=False)

    with bar:
        try:
            yield watch
        except KeyboardInterrupt:
            say(f"interrupted; AWS continues with {stack}; run the same command to complete this")
            raise typer.Exit(130) from None

"""Output of commands: tables for people, JSON for scripts, progress on standard error.

rich is loaded by what draws with it: a long list or JSON needs none of it.
"""

import os
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import IO, TYPE_CHECKING, Any

import msgspec
import typer

from leadline.model.formats import from_iso
from leadline.model.texts.harmless_texts import escaped_json, in_lines, one_line
from leadline.ports.reading.ledger import Progress
from leadline.settings.notation.notations import DURATION

if TYPE_CHECKING:
    from rich.console import Console


def nobody_reads(out: IO[str]) -> None:
    """The program that read *out* has ended: let what is still buffered, and what follows, go to
    nobody, so that it does not fail at the end of the process."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, out.fileno())
    os.close(nowhere)


def write_out(data: str | bytes) -> None:
    """Write to standard output; the program that reads it may have ended."""
    try:
        if isinstance(data, str):
            sys.stdout.write(data)
        else:
            sys.stdout.buffer.write(data)
        sys.stdout.flush()
    except BrokenPipeError:
        nobody_reads(sys.stdout)


def console(*, err: bool = False) -> "Console":
    """A console that obeys NO_COLOR, and is wide if its output is not a terminal. Its reader may
    leave: the command does its work, and its exit code counts."""
    from leadline.entrypoints.cli._console import PatientConsole

    out = PatientConsole(stderr=err, highlight=False, no_color="NO_COLOR" in os.environ or None)
    if not out.is_terminal:
        out.width = 200
    return out


def print_plain(*lines: str) -> None:
    """Print a line each, as they are: names of files and settings may look like markup."""
    from rich.text import Text

    console().print(*(Text(in_lines(line)) for line in lines), sep="\n")


def print_lines(lines: Iterable[str]) -> None:
    """Print a line each, as they are and however long they are."""
    from rich.text import Text

    out = console()
    for line in lines:
        out.print(Text(in_lines(line)), soft_wrap=True)


def as_json(value: Any) -> None:
    """Print the value as indented JSON."""
    write_out(_indented(value) + "\n")


def json_array(values: Iterable[Any]) -> Iterator[str]:
    """The text of `as_json` for a list, in parts, as the values come."""
    before = "[\n"
    for value in values:
        yield before + textwrap.indent(_indented(value), "  ")
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _indented(value: Any) -> str:
    encoded = msgspec.json.encode(value, enc_hook=str)
    return escaped_json(msgspec.json.format(encoded, indent=2).decode())


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """The program that reads the output of the block may end before it has read all, as `head`
    does: then the command ends, too, and without an error."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        nobody_reads(sys.stdout)
        raise typer.Exit(0) from None


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Print rows; print *empty* if there are none."""
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(column, overflow="fold")
    any_row = False
    for row in rows:
        any_row = True
        drawn.add_row(*(Text("" if cell is None else one_line(str(cell))) for cell in row))
    out = console()
    if any_row:
        out.print(drawn)
    else:
        out.print(Text(empty))


def say(text: str) -> None:
    """Print a remark for people on standard error, so that standard output has only data."""
    from rich.text import Text

    console(err=True).print(Text(in_lines(text)))


def progress(items: Sequence[Any], what: str) -> Iterable[Any]:
    """The items, with a progress bar on standard error if that is a terminal."""
    from rich.progress import track

    err = console(err=True)
    return track(items, description=what, console=err, disable=not err.is_terminal, transient=True)


@contextmanager
def progress_of(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error if that is a terminal; call what it yields with how much
    more is done."""
    from rich.progress import Progress as Bar

    err = console(err=True)
    with Bar(console=err, disable=not err.is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda more: bar.advance(task, more)


@contextmanager
def progress_of_parts() -> Iterator[Progress]:
    """Shows on standard error, if that is a terminal, how far a long command is with what."""
    from leadline.entrypoints.cli._console import bar

    err = console(err=True)
    with bar(err) as shown:
        part = shown.add_task("", total=None)

        def told(what: str, done: int, total: int) -> None:
            shown.update(part, description=what, completed=done, total=total or None)

        yield told


def when(at: datetime | None) -> str:
    """A time in the machine's time zone, to the second; "" for None."""
    return "" if at is None else f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def ago(at: datetime, now: datetime | None = None) -> str:
    """How long ago, in one unit: "5 min ago"."""
    span = ((now or datetime.now(UTC)) - at).total_seconds()
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if span >= size:
            return f"{span / size:.0f} {unit} ago"
    return f"{max(0, span):.0f} s ago"


def point_in_time(text: str | None) -> datetime | None:
    """A time that a user wrote: ISO-8601, a date, or how long ago (`2h`, `7d`, `7d ago`).

    Raises typer.BadParameter for any other text.
    """
    if text is None:
        return None
    span = re.sub(r"\s*ago$", "", text.strip())
    try:
        ago_: timedelta = DURATION.read(span)
        return datetime.now(UTC) - ago_
    except (ValueError, OverflowError):
        pass
    try:
        return from_iso(text)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{text!r} is not a time; write 2026-03-02, 2026-03-02T09:00:00Z, or 2h (two hours ago)"
        ) from None

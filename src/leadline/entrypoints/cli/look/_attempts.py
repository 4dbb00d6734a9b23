"""Printing the attempts that are kept beside a lead: `leadline show ID --attempts`."""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from leadline.entrypoints.cli._show import when
from leadline.model.monitoring.attempts import AttemptRecord, Exchange
from leadline.model.texts.harmless_texts import in_lines
from leadline.operations.watching.attempts import (
    answered,
    before_in_words,
    heading_of,
    left_out_of,
    value_in_words,
)
from leadline.ports.reading.ledger import LeadStory


def print_attempts(out: Console, story: LeadStory) -> None:
    """Print what was sent to channels and CRMs, and what they answered, oldest first."""
    out.print(Text("\nAttempts", "bold"))
    if not story.attempts:
        out.print(Text("  none is kept"))
    for one in sorted(story.attempts, key=lambda one: one.at):
        for line in _lines(one):
            out.print(Text(in_lines(line)), soft_wrap=True)


def _lines(one: AttemptRecord) -> Iterator[str]:
    yield f"  {when(one.at)}  {heading_of(one)}"
    for each in one.exchanges:
        yield from _exchange(each)
    for field in one.fields:
        yield f"    {field.name}: {before_in_words(field)} → {value_in_words(field.after)}"


def _exchange(one: Exchange) -> Iterator[str]:
    yield f"    {one.method} {one.to}"
    if note := left_out_of(one):
        yield f"      ({note})"
    if one.sent:
        yield f"      {one.sent}"
    yield f"    answer: {answered(one)}"
    if one.answer:
        yield f"      {one.answer}"

"""Other settings beside the live ones: `rules shadow`."""

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from leadline.alerts.wording.decision_words import because
from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import (
    as_json,
    point_in_time,
    print_lines,
    reader_may_leave,
    say,
    when,
)
from leadline.entrypoints.cli.rules._backtesting import settings_in
from leadline.entrypoints.cli.rules._backtests import lines_of_sums
from leadline.entrypoints.cli.rules.group import rules_app
from leadline.entrypoints.rule_trials import difference_in_words, side_of
from leadline.journey.backtest.cleaning import TriedSettings, refined_by_both
from leadline.journey.backtest.shadowing import Shadow, Shadowed
from leadline.model.batches import batched
from leadline.ports.reading.ledger import LeadFilter

_EVERY = 1 << 40
_AT_ONCE = 200

NewSettings = Annotated[Path, typer.Argument(help="The settings file to be tried.")]
Since = Annotated[
    str, typer.Option(help="Captured at or after this time, such as 2026-03-02 or 7d.")
]
Follow = Annotated[
    bool, typer.Option("--follow", "-f", help="Go on with leads that come, until Ctrl-C.")
]
Interval = Annotated[
    float, typer.Option("--every", help="The seconds between two looks with --follow.", min=1)
]


@rules_app.command("shadow")
def shadow(
    context: typer.Context,
    settings: NewSettings,
    since: Since = "7d",
    follow: Follow = False,
    every: Interval = 10.0,
    json: Json = False,
) -> None:
    """Let other settings decide beside the live ones, and report what they do differently.

    Each lead that the live settings have refined goes through the other settings, which keep
    turns of their own: what really happened is compared with what would have. Nothing is stored,
    sent or slowed down. With --follow it goes on as leads come, and sums up at Ctrl-C.

    Example: leadline rules shadow new.toml --since 7d --follow
    """
    options: Options = context.obj
    other, begin = settings_in(options, settings), point_in_time(since)
    live, tried = side_of(options.installation.loaded().settings), side_of(other)
    made, differing = Shadow(tried), list[Shadowed]()
    try:
        with reader_may_leave():
            for found in _found(options, (live, tried), made, begin, every if follow else None):
                differing.append(found)
                if not json:
                    _print(found)
    except KeyboardInterrupt:
        say("")
    if json:
        as_json({**msgspec.structs.asdict(made.sums()), "differences": differing})
    else:
        print_lines(["", *lines_of_sums(made.sums())])


def _found(
    options: Options,
    sides: tuple[TriedSettings, TriedSettings],
    made: Shadow,
    since: datetime | None,
    every: float | None,
) -> Iterator[Shadowed]:
    """The leads that are treated differently; with *every*, until the command is stopped."""
    live, tried = sides
    while True:
        with (
            closing(options.installation.ledger()) as ledger,
            closing(options.installation.past()) as store,
        ):
            ids = ledger.ids(LeadFilter(since=since, limit=_EVERY))
            for some in batched(filter(made.is_new, ids), _AT_ONCE):
                yield from made.take(refined_by_both(store, live, tried, some))
        if every is None:
            return
        time.sleep(every)


def _print(found: Shadowed) -> None:
    one = found.difference
    for what in one.differs:
        told = f"{difference_in_words(one.old, what)} → {difference_in_words(one.new, what)}"
        print_lines([f"{when(one.captured_at)}  {one.lead_id}  {what}: {told}"])
    if found.decision is not None and "owner" in one.differs:
        print_lines([f"    {because(found.decision)}"])

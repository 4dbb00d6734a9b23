"""Changed settings on stored leads: `rules backtest`."""

from contextlib import closing
from enum import StrEnum
from typing import Annotated

import msgspec
import typer

from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.cli._options import Json, SourceOption
from leadline.entrypoints.cli._show import (
    as_json,
    point_in_time,
    print_lines,
    progress_of,
    table,
)
from leadline.entrypoints.cli.rules._backtesting import pairs_of, settings_in, where
from leadline.entrypoints.cli.rules._backtests import lines_of_sums, rows_of_differences
from leadline.entrypoints.cli.rules.group import SettingsFile, rules_app
from leadline.entrypoints.rule_trials import side_of
from leadline.journey.backtest.comparing import Difference, Sums
from leadline.journey.backtest.replaying import Backtest
from leadline.model.errors import ConfigurationError
from leadline.ports.reading.ledger import LeadFilter

_EVERY = 1 << 40


class Against(StrEnum):
    """With what the new settings are compared."""

    REPLAYED = "replayed"
    STORED = "stored"


Since = Annotated[
    str, typer.Option(help="Captured at or after this time, such as 2026-03-02 or 30d.")
]
Until = Annotated[str | None, typer.Option(help="Captured before this time.")]
AgainstOption = Annotated[
    Against,
    typer.Option(help="Compare with the present settings, replayed, or with what was stored."),
]
Search = Annotated[
    bool,
    typer.Option(
        help="Search for duplicates again; otherwise those that were stored count for both."
    ),
]
Listing = Annotated[
    bool, typer.Option("--leads", help="List the leads of which something differs.")
]


@rules_app.command("backtest")
def backtest(
    context: typer.Context,
    settings: SettingsFile = None,
    since: Since = "30d",
    until: Until = None,
    source: SourceOption = None,
    against: AgainstOption = Against.REPLAYED,
    duplicates: Search = True,
    leads: Listing = False,
    json: Json = False,
) -> None:
    """Replay stored leads through changed settings: whose would differ, and by how many.

    Nothing is stored, sent or asked. Leads go through both settings in the order in which they
    came, with nobody owed anything at first, so that only the settings make a difference. A CRM is
    not asked: its answers count as they were stored.

    Example: leadline rules backtest --settings new.toml --since 30d --leads
    """
    options: Options = context.obj
    if settings is None and against is Against.REPLAYED:
        raise ConfigurationError("name the settings to try, with --settings FILE")
    found = where(options, settings_in(options, settings))
    which = LeadFilter(
        source=source, since=point_in_time(since), until=point_in_time(until), limit=_EVERY
    )
    with closing(options.installation.ledger()) as ledger:
        lead_ids = ledger.ids(which)
    test = Backtest(
        side_of(found.old), side_of(found.new),
        compare=duplicates, stored=against is Against.STORED,
    )  # fmt: skip
    with progress_of(len(lead_ids), "Replaying") as advance:
        for pairs in pairs_of(options, found, lead_ids):
            test.take(pairs)
            advance(len(pairs))
    differing = [one for one in test.finish() if leads]
    _print(test.sums(), differing, leads=leads, json=json)


def _print(sums: Sums, differing: list[Difference], *, leads: bool, json: bool) -> None:
    if json:
        listed = {"differences": differing} if leads else {}
        as_json({**msgspec.structs.asdict(sums), **listed})
        return
    print_lines(lines_of_sums(sums))
    if leads and differing:
        print_lines([""])
        table(("captured", "lead", "what", "before", "after"), rows_of_differences(differing), "")

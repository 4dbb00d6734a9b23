"""`leadline teams learned`: what a team has learned, and whether that helps."""

from contextlib import closing
from typing import Annotated

import typer

from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, print_plain, table, when
from leadline.entrypoints.cli.assign import _teams
from leadline.entrypoints.cli.assign.teams import teams_app
from leadline.model.errors import ConfigurationError
from leadline.operations.trials.experiment_reports import ExperimentReport, lines_of_report
from leadline.operations.trials.learned_reports import LearnedReport, learned_report


@teams_app.command()
def learned(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The name of a team with the order `learned`.")],
    json: Json = False,
) -> None:
    """Show who of a team that learns gets and wins how much, and whether learning helps.

    What was learned is compared with the leads that were given out evenly meanwhile. You may look
    as often as you like: the interval holds at all looks together.

    Example: leadline teams learned dach
    """
    options: Options = context.obj
    with _teams.opened(context) as parts:
        config = parts.kit.teams.of(_teams.checked_team(parts.kit, name))
        if config is None or not parts.kit.teams.learns(name):
            raise ConfigurationError(f'the team {name} does not learn: it has no order "learned"')
        with closing(options.installation.ledger()) as ledger:
            found = learned_report(parts.store, ledger, name, config, _teams.now())
    if json:
        as_json(found)
    else:
        _print(found)


def _print(found: LearnedReport) -> None:
    kinds = ", ".join(found.kinds) or "none"
    print_plain(f"{found.team}: floor {found.floor:.0%}, leads told apart by {kinds}")
    table(
        ("person", "by turns before", "evenly", "as learned", "won", "of counted"),
        [
            (one.person, one.by_turns, one.evenly, one.learned, one.won, one.counted)
            for one in found.people
        ],
        empty="the team has no people",
    )
    if found.experiment is None:
        print_plain(found.says)
    else:
        _print_comparison(found.experiment)


def _print_comparison(one: ExperimentReport) -> None:
    print_plain(f"{one.metric}, since {when(one.started_at)}")
    table(
        ("given out", "leads", "counted", "open", "won", "rate"),
        [
            (
                arm.value,
                arm.leads,
                arm.counted,
                arm.open,
                arm.hits,
                "" if arm.rate is None else f"{arm.rate:.1%}",
            )
            for arm in one.arms
        ],
        empty="",
    )
    print_plain(*lines_of_report(one))

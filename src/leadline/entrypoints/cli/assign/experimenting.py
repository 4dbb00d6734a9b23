"""Experiments: `experiment plan`, `start`, `show`, `stop`."""

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated

import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.entrypoints.cli._help import WholeHelp
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, print_plain, table, when
from leadline.entrypoints.cli.assign._teams import user
from leadline.experiments.designing import before_it, design_of, designs_of
from leadline.experiments.fixed_models import ModelContent
from leadline.experiments.record import Design, Started, metric_name
from leadline.experiments.words import (
    after_stop_words,
    behind_words,
    chosen_words,
    plan_words,
    speed_remarks,
)
from leadline.journey.trials.arm_models import as_held_now, models_at_start
from leadline.model.errors import ConfigurationError
from leadline.model.lead import RefinedLead
from leadline.operations.trials.experiment_reports import (
    ExperimentReport,
    is_alarming,
    lines_of_report,
    report_of,
)
from leadline.operations.trials.experiments import (
    ExperimentPlan,
    named_experiment,
    plan_experiment,
    standings,
    start_experiment,
    started_in,
    stop_experiment,
)
from leadline.settings.top.general import Settings
from leadline.team.matching.meeting import meets_all
from leadline.team.people import Team

experiments_app = typer.Typer(
    help="Try strategies beside each other on shares of the leads, and see which is better.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(experiments_app, name="experiment", cls=WholeHelp)

_NAME_HELP = "The name of an experiment, from [experiments]."
Baseline = Annotated[
    float | None,
    typer.Option(
        help="The share of companies and people that reach the metric now, such as 0.08, in place "
        "of what earlier leads say.",
        min=0.0,
        max=1.0,
    ),
]


@experiments_app.command("plan")
def plan(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=_NAME_HELP)],
    baseline: Baseline = None,
    json: Json = False,
) -> None:
    """Say how many companies and people an experiment will take, and how long.

    The leads of the last year say how many reach the metric now, and how many come. Nothing is
    started.

    Example: leadline experiment plan louder
    """
    options: Options = context.obj
    settings = options.installation.loaded().settings
    design = _design(settings, name)
    found = _planned(options, settings, design, baseline)
    if json:
        as_json(found)
    else:
        _print_plan(name, design, found)


@experiments_app.command("start")
def begin(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=_NAME_HELP)],
    baseline: Baseline = None,
    json: Json = False,
) -> None:
    """Start an experiment: leads that come in from now on take part.

    What the settings say of it is fixed from now on: if they are changed, no further leads take
    part. The trained models of its arms are copied: leads are scored by the copies. An experiment
    can be started once.

    Example: leadline experiment start louder
    """
    options: Options = context.obj
    settings = options.installation.loaded().settings
    design = _design(settings, name)
    found = _planned(options, settings, design, baseline)
    with closing(options.installation.store()) as store:
        models = _models(options, settings, design)
        made = start_experiment(store, name, design, found, user(), _now(), models)
        known = started_in(store).values()
    if json:
        as_json(made)
        return
    print_plain(
        f"{name} is started; leads that come in from now on take part",
        *behind_words(before_it(made, known, designs_of(settings.experiments))),
    )
    _print_plan(name, design, found)


@experiments_app.command("show")
def show(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="The name of an experiment; omitted: all.")
    ] = None,
    json: Json = False,
) -> None:
    """Show what became of each arm, and what may be said of it now.

    You may look as often as you like: the intervals hold at all looks together. The exit code is 1
    if an experiment that runs does harm, or is not valid.

    Example: leadline experiment show louder
    """
    options: Options = context.obj
    settings, now = options.installation.loaded().settings, _now()
    with closing(options.installation.past()) as store:
        known = started_in(store)
    if options.aws is None:  # the files of a stack are in its package, and its functions note it
        known = {n: as_held_now(one, settings.score_model, now) for n, one in known.items()}
    chosen = known.values() if name is None else [_known(known.get(name), settings, name, known)]
    with closing(options.installation.ledger()) as ledger:
        found = standings(chosen, ledger, designs_of(settings.experiments), now, known.values())
    reports = [report_of(one) for one in found]
    if json:
        as_json(reports if name is None else reports[0])
    else:
        _print_all(reports, settings)
    raise typer.Exit(1 if any(map(is_alarming, reports)) else 0)


@experiments_app.command("stop")
def end(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The name of an experiment that runs.")],
    winner: Annotated[
        str, typer.Option(help="The arm that all leads get from now on; omitted: the usual one.")
    ] = "",
    json: Json = False,
) -> None:
    """Stop an experiment: no further leads take part.

    Leads that take part keep the arm that they have, and are counted once they are old enough.
    With --winner, all leads that would take part get that arm from now on.

    Example: leadline experiment stop louder --winner loud
    """
    options: Options = context.obj
    with closing(options.installation.store()) as store:
        made = stop_experiment(store, name, winner, user(), _now())
    if json:
        as_json(made)
        return
    gets = winner or made.design.control
    print_plain(f"{name} is stopped; leads that come in from now on get {gets}")
    if winner:
        print_plain(after_stop_words(made))


def _now() -> datetime:
    return datetime.now(UTC)


def _design(settings: Settings, name: str) -> Design:
    """The design by the settings. Raises ConfigurationError if they have no such experiment."""
    if name in settings.experiments:
        return design_of(settings.experiments[name])
    there = ", ".join(settings.experiments) or "none is set"
    raise ConfigurationError(f"there is no [experiments.{name}] (there are: {there})")


def _models(options: Options, settings: Settings, design: Design) -> Mapping[str, ModelContent]:
    """What the files of the arms hold, where they are on this machine: those of a stack are in the
    package of its functions. Raises ConfigurationError if one can't be read."""
    if options.aws is not None:
        return {}
    try:
        return models_at_start(design, settings.score_model)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"the model of an arm can't be read: {error}") from None


def _known(
    one: Started | None, settings: Settings, name: str, known: Mapping[str, Started]
) -> Started:
    if one is None and name in settings.experiments:
        raise ConfigurationError(
            f"{name} is not started yet; `leadline experiment start {name}` starts it"
        )
    return named_experiment(known, name)


def _planned(
    options: Options, settings: Settings, design: Design, baseline: float | None
) -> ExperimentPlan:
    def meets(lead: RefinedLead) -> bool:
        return meets_all(design.when, lead, settings.hours, Team(settings.people))

    with closing(options.installation.ledger()) as ledger:
        return plan_experiment(design, ledger, _now(), baseline, meets if design.when else None)


def _print_plan(name: str, design: Design, found: ExperimentPlan) -> None:
    print_plain(f"{name}: {metric_name(design.metric, design.within)}")
    print_plain(
        *plan_words(design, found.baseline, found.needed, found.per_day),
        *speed_remarks(design, found.held),
        *chosen_words(chosen=found.chosen),
    )


def _print_all(reports: list[ExperimentReport], settings: Settings) -> None:
    for one in reports:
        _print_report(one)
    started = {one.name for one in reports}
    if not reports and not (waiting := set(settings.experiments) - started):
        print_plain("no experiment was started, and the settings have none")
    elif not reports:
        print_plain(f"no experiment was started; the settings have {', '.join(sorted(waiting))}")


def _print_report(one: ExperimentReport) -> None:
    print_plain(f"{one.name} ({one.change}): {one.metric}")
    print_plain(f"started {when(one.started_at)} by {one.started_by}")
    if one.stopped_at is not None:
        print_plain(f"stopped {when(one.stopped_at)} by {one.stopped_by}")
    table(
        ("arm", "leads", "companies and people", "counted", "open", "reached", "rate"),
        [(a.name, a.leads, a.units, a.counted, a.open, a.hits, _rate(a.rate)) for a in one.arms],
        empty="",
    )
    guards = zip(*(arm.guards.values() for arm in one.arms), strict=True)
    table(
        ("guard", *(arm.name for arm in one.arms)),
        [(found[0].words, *(f"{g.hits} of {g.units}" for g in found)) for found in guards],
        empty="",
    )
    print_plain(*lines_of_report(one), "")


def _rate(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.1%}"

"""Trained models of scores: `score train`, `compare`, `drift` and `show`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.cli._options import Json, SourceOption
from leadline.entrypoints.cli._show import as_json, point_in_time, print_lines, say
from leadline.entrypoints.cli.scores import _models as told
from leadline.entrypoints.cli.scores._model_files import (
    LeadsFrom,
    examples_from,
    file_for,
    model_of,
    names_listed,
    needing_extra,
    version_after,
    whole_leads,
    without_trees,
    write_model,
    zone_for,
)
from leadline.entrypoints.cli.scores.scoring import score_app
from leadline.model.errors import ConfigurationError
from leadline.ports.reading.ledger import LeadFilter

_EVERY = 1 << 40

ModelPath = Annotated[Path, typer.Argument(help="A file that `score train` wrote.")]
Csv = Annotated[Path | None, typer.Option(help="A CSV file with a row for each lead.")]
Outcome = Annotated[str, typer.Option(help="The column that says whether a lead was won.")]
Won = Annotated[
    str, typer.Option(help="The value of that column for won leads; * if any value says so.")
]
Time = Annotated[
    str, typer.Option(help="The column that says when leads came, or one that grows with time.")
]
FromOutcomes = Annotated[
    bool, typer.Option("--from-outcomes", help="Take the leads of this installation.")
]
Window = Annotated[
    str, typer.Option(help="A lead counts as won if it was won within this time after it came.")
]
Drop = Annotated[str, typer.Option(help="Columns not to read, divided by commas.")]
Keep = Annotated[str, typer.Option(help="Columns to read, and no others.")]
Allow = Annotated[
    str, typer.Option(help="Columns to use although they look known only after the outcome.")
]
Intent = Annotated[str, typer.Option(help="Columns that tell what somebody did, not who they are.")]
Name = Annotated[str, typer.Option(help="The name of the model.")]
Out = Annotated[Path | None, typer.Option(help="The file to write; else NAME.json.")]
Zone = Annotated[
    str, typer.Option(help="The time zone of hours and weekdays; else that of [hours], or UTC.")
]
Since = Annotated[str, typer.Option(help="Captured at or after this time, such as 30d.")]


@score_app.command("train")
def train(
    context: typer.Context,
    csv: Csv = None,
    outcome: Outcome = "",
    won: Won = "",
    time: Time = "",
    drop: Drop = "",
    keep: Keep = "",
    allow: Allow = "",
    intent: Intent = "",
    from_outcomes: FromOutcomes = False,
    window: Window = "90d",
    source: SourceOption = None,
    zone: Zone = "",
    name: Name = "leads",
    out: Out = None,
    json: Json = False,
) -> None:
    """Train a model that scores leads, and write it to a file.

    Rows of a CSV file are read as if they had come to a webhook. Columns that look filled in after
    the outcome are left out. Figures are of the latest fifth of the leads, which is held out.

    Example: leadline score train --csv leads.csv --outcome won --time created --out spring.json
    """
    options: Options = context.obj
    zone, to = zone_for(options, zone), file_for(name, out)
    with needing_extra():
        from leadline.operations.training.training import Wishes, train_model

        place = LeadsFrom(csv, outcome, won, time, drop, keep, window, source, from_outcomes)
        examples = examples_from(options, place, zone)
        named, now = (names_listed(allow), names_listed(intent)), datetime.now(UTC)
        found = train_model(examples, Wishes(name, version_after(to), now, zone, *named))
    write_model(to, found.model)
    if json:
        as_json(msgspec.to_builtins(without_trees(found.model)))
    else:
        print_lines(told.lines_of_training(found, examples.notes))
        say(f"the model is in {to}")


@score_app.command("compare")
def compare(
    context: typer.Context,
    first: ModelPath,
    second: ModelPath,
    csv: Csv = None,
    outcome: Outcome = "",
    won: Won = "",
    time: Time = "",
    from_outcomes: FromOutcomes = False,
    window: Window = "90d",
    source: SourceOption = None,
    new: Annotated[
        bool, typer.Option("--all", help="Count all leads: neither model was fitted to any.")
    ] = False,
    json: Json = False,
) -> None:
    """Compare two models on leads that neither was fitted to.

    Of the leads that a model was trained on, those that it held out are taken. A difference counts
    if chance does not explain it: its interval of 95 % leaves out zero. Else it is undecided.

    Example: leadline score compare spring.json summer.json --csv leads.csv --outcome won
    """
    options: Options = context.obj
    models = [model_of(path).file for path in (first, second)]
    if models[0].zone != models[1].zone:
        raise ConfigurationError("the models have different time zones: leads have other hours")
    place = LeadsFrom(csv, outcome, won, time, "", "", window, source, from_outcomes)
    with needing_extra():
        from leadline.operations.training.comparing import comparison_of, new_to_both

        examples = examples_from(options, place, models[0].zone)
        chosen = examples.rows if new else new_to_both(examples, models[0], models[1])
        found = comparison_of(models[0], models[1], chosen)
    if json:
        as_json(msgspec.to_builtins(found))
    else:
        print_lines(told.lines_of_comparison(told.model_names(models, (first, second)), found))


@score_app.command("drift")
def drift(
    context: typer.Context,
    file: ModelPath,
    since: Since = "30d",
    source: SourceOption = None,
    json: Json = False,
) -> None:
    """Tell whether recent leads differ from those a model was trained on; exit 1 if greatly.

    Each column and the score are compared by the population stability index: above 0.1 a change is
    slight, above 0.25 great, in addition to what chance makes of so few leads. It takes 100 leads,
    and for the score 100 that came after those of the training.

    Example: leadline score drift spring.json --since 30d
    """
    from leadline.scoring.drifting import FEWEST, drifts_of

    options: Options = context.obj
    model = model_of(file)
    which = LeadFilter(source=source, since=point_in_time(since), limit=_EVERY)
    leads, drifts = drifts_of(model, (one.lead for one in whole_leads(options, which)))
    if json:
        as_json({"leads": leads, "drift": msgspec.to_builtins(drifts)})
    elif leads < FEWEST:
        say(f"{leads} leads since {since} are too few to tell: it takes {FEWEST}")
    else:
        print_lines(told.lines_of_drift(leads, drifts, model.file))
    if any(one.is_great for one in drifts):
        raise typer.Exit(1)


@score_app.command("show")
def show(file: ModelPath, json: Json = False) -> None:
    """Show what a model was trained on, how good it is, and which columns it has.

    Example: leadline score show spring.json
    """
    model = model_of(file).file
    if json:
        as_json(msgspec.to_builtins(without_trees(model)))
    else:
        print_lines(told.lines_of_model(model))

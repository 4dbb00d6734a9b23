"""How well duplicates are found, and by which weights: `duplicates eval` and `duplicates fit`."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from leadline.duplicates.measuring.evaluating import Evaluation, Score, clusters_found, evaluated
from leadline.duplicates.measuring.fitting import weights_fitted_to
from leadline.duplicates.measuring.tables import Unlabelled, labelled_rows, leads_of_table
from leadline.duplicates.traits import traits_of
from leadline.duplicates.weights import Weights, written
from leadline.entrypoints.cli._app import Options
from leadline.entrypoints.cli._options import Json
from leadline.entrypoints.cli._show import as_json, print_plain
from leadline.entrypoints.cli.pairs.duplicates import duplicates_app
from leadline.model.errors import ConfigurationError
from leadline.model.facts.likeness import Traits
from leadline.model.lead import LeadFields
from leadline.operations.fitting_by_splink import weights_by_splink
from leadline.refine import About, refine

File = Annotated[Path, typer.Argument(help="A CSV file with a row for each lead.")]
Cluster = Annotated[
    str, typer.Option(help="The column with the true clusters; the default is `cluster`.")
]
WeightsFile = Annotated[
    Path | None, typer.Option("--weights", help="Weights that `duplicates fit` wrote.")
]


@duplicates_app.command("eval")
def evaluate(
    context: typer.Context,
    file: File,
    cluster: Cluster = "",
    weights: WeightsFile = None,
    json: Json = False,
) -> None:
    """Measure how well duplicates are found in leads whose true clusters are known.

    The rows go through refinement and linking as if they arrived one after another; nothing is
    stored. Columns are known by their usual names: first_name, surname, email, phone, company,
    address, postcode, city. Printed are precision, recall and F1, of pairs of leads and of
    clusters (B-cubed).

    Example: leadline duplicates eval people.csv --json
    """
    options: Options = context.obj
    rows, true = _labelled(file, cluster)
    settings = options.installation.loaded().settings
    found = clusters_found(rows, _weights(weights), region=settings.region)
    result = evaluated(found, true)
    if json:
        as_json(msgspec.to_builtins(result))
    else:
        print_plain("\n".join(_told(result)))


@duplicates_app.command("fit")
def fit(
    context: typer.Context,
    file: File,
    to: Annotated[Path, typer.Option(help="The file to write the weights to.")],
    cluster: Cluster = "",
    blind: Annotated[
        bool,
        typer.Option("--blind", help="Fit without known clusters, by expectation-maximisation."),
    ] = False,
    splink: Annotated[
        bool, typer.Option("--splink", help="Estimate by Splink 5, which the extra fit brings.")
    ] = False,
) -> None:
    """Fit the weights of the search for duplicates to leads of your own.

    With a column of true clusters, the weights follow from them; with --blind, from how often
    values agree. With --splink, Splink estimates them, of the same comparisons. The setting
    `weights` of `[duplicates]` makes Leadline use the file; try it with `leadline duplicates eval`
    first.

    Example: leadline duplicates fit people.csv --to weights.json
    """
    options: Options = context.obj
    rows, true = (_unlabelled(file), None) if blind else _labelled(file, cluster)
    settings = options.installation.loaded().settings
    traits = list(_traits(rows, settings.region))
    fitted = weights_by_splink if splink else weights_fitted_to
    to.write_bytes(written(fitted(traits, Weights.load_default(), true)))
    print_plain(f"weights fitted to {len(rows)} leads are in {to}")


def _labelled(file: Path, cluster: str) -> tuple[list[LeadFields], list[str]]:
    try:
        return labelled_rows(file, cluster)
    except Unlabelled as error:
        raise ConfigurationError(f"{file}: {error}; name it with --cluster") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} can't be read: {error}") from error


def _unlabelled(file: Path) -> list[LeadFields]:
    try:
        return leads_of_table(file)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} can't be read: {error}") from error


def _weights(path: Path | None) -> Weights:
    if path is None:
        return Weights.load_default()
    try:
        return Weights.read(path)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} has no weights: {error}") from error


def _traits(rows: Sequence[LeadFields], region: str) -> Iterator[Traits]:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for number, fields in enumerate(rows):
        yield traits_of(refine(fields, About(f"{number:08}", at, at, "fit", region)))


def _told(result: Evaluation) -> Iterator[str]:
    yield f"{result.rows} leads      precision   recall       F1"
    named: tuple[tuple[str, Score], ...] = (
        ("pairs", result.pairs),
        ("clusters", result.clusters),
        ("whole clusters", result.exact),
    )
    for name, score in named:
        figures: tuple[Any, ...] = (score.precision, score.recall, score.f1)
        yield f"{name:<16}" + "".join(f"{figure:9.4f}" for figure in figures)

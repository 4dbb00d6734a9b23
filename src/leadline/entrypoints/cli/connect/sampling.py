"""Payloads of made-up leads: `sample`, and what `send --sample` sends."""

import sys
from datetime import UTC, datetime
from secrets import randbelow
from typing import Annotated

import typer

from leadline.entrypoints.cli._app import Options, app
from leadline.model.errors import ConfigurationError
from leadline.settings.top.general import Settings
from leadline.standins.one_sample import one_sample
from leadline.standins.samples import DEMO_SECRETS, Sample
from leadline.vendors.registry import find

Seed = Annotated[
    int | None,
    typer.Option(help="A number that gives the same made-up lead again; the default is another."),
]
_SEEDS = 1 << 32


@app.command()
def sample(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="The source whose payload is printed.")],
    seed: Seed = None,
) -> None:
    """Print the payload of a made-up lead, as this source would send it.

    Example: leadline sample hubspot
    """
    options: Options = context.obj
    body = sample_of(source, options.settings(), seed).body
    sys.stdout.buffer.write(body)
    if sys.stdout.isatty():
        sys.stdout.buffer.write(b"\n")
    sys.stdout.buffer.flush()


def sample_of(source: str, settings: Settings, seed: int | None = None) -> Sample:
    """The delivery of a made-up lead; without *seed* another one each time.

    Raises UnknownSource, and ConfigurationError for a source of another package, which has none.
    """
    find(source)
    config = settings.sources.get(source)
    number = randbelow(_SEEDS) if seed is None else seed
    accounts = config.organization if config is not None else ()
    made = one_sample(source, number, datetime.now(UTC), accounts)
    if made is None:
        there = ", ".join(DEMO_SECRETS)
        raise ConfigurationError(f"there is no sample of {source!r} (there are: {there})")
    return made

"""Model files and the leads that models are trained on, for the commands of `score`."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from leadline.entrypoints.cli._app import Options
from leadline.model.batches import batched
from leadline.model.errors import ConfigurationError
from leadline.ports.reading.ledger import Followed, LeadFilter
from leadline.scoring.model_file import ModelFile, ModelRefused, model_bytes
from leadline.scoring.model_texts import problem_of_name
from leadline.scoring.trained import TrainedModel, load_model
from leadline.settings.notation.notations import DURATION

if TYPE_CHECKING:
    from leadline.operations.training.examples import Examples

INSTALL = "models are trained by LightGBM and NumPy, which the extra train of Leadline brings"
_EVERY, _AT_ONCE = 1 << 40, 200


class LeadsFrom(msgspec.Struct, frozen=True):
    """Where leads with a known outcome are taken from: a CSV file and what its columns mean, or the
    leads of the installation that were won within `window` (`outcomes`)."""

    csv: Path | None
    outcome: str = ""
    won: str = ""
    time: str = ""
    drop: str = ""
    keep: str = ""
    window: str = ""
    source: str | None = None
    outcomes: bool = False


@contextmanager
def needing_extra() -> Iterator[None]:
    """Say what to install where LightGBM or NumPy is missing, or can't be loaded; and that there is
    no file where a model would not score as LightGBM does."""
    try:
        import lightgbm  # noqa: F401 # an optional package; NumPy comes with it
    except (ImportError, OSError) as error:  # OSError: it lacks a library of the system
        raise ConfigurationError(f"{INSTALL} ({error})") from error
    from leadline.operations.training.exporting import NotExported

    try:
        yield
    except NotExported as error:
        raise ConfigurationError(f"no model was written: {error}") from error


def whole_leads(options: Options, which: LeadFilter) -> Iterator[Followed]:
    """The selected refined leads, whole, with their handlings; newest first."""
    with (
        closing(options.installation.ledger()) as ledger,
        closing(options.installation.store()) as store,
    ):
        for some in batched(ledger.followed(which), _AT_ONCE):
            leads = store.refined([one.lead.lead_id for one in some])
            for one in some:
                if (lead := leads.get(one.lead.lead_id)) is not None:
                    yield Followed(lead, one.handling, one.told_at, one.moved)


def examples_from(options: Options, place: LeadsFrom, zone: str) -> "Examples":
    """Leads with a known outcome. Raises ConfigurationError if *place* does not say which, or they
    can't be read."""
    from leadline.operations.training.examples import (
        LeadTable,
        examples_of_leads,
        examples_of_table,
    )
    from leadline.team.hours import zone_of

    if (place.csv is None) is not place.outcomes:
        raise ConfigurationError("name a CSV file with --csv, or give --from-outcomes")
    if place.csv is None:
        leads = whole_leads(options, LeadFilter(source=place.source, limit=_EVERY))
        return examples_of_leads(leads, zone_of(zone), datetime.now(UTC), _duration(place.window))
    if not place.outcome:
        raise ConfigurationError("name the column that says who was won, with --outcome")
    table = LeadTable(
        place.csv,
        place.outcome,
        place.won,
        place.time,
        names_listed(place.drop),
        names_listed(place.keep),
    )
    region = options.installation.loaded().settings.region
    return examples_of_table(table, zone_of(zone), region)


def _duration(text: str) -> timedelta:
    try:
        window: timedelta = DURATION.read(text)
    except ValueError as error:
        raise ConfigurationError(f"--window: {error}") from error
    return window


def zone_for(options: Options, named: str) -> str:
    """The zone that is *named*; else that of the first business hours of the settings, or UTC.
    Raises ConfigurationError if there is none of that name."""
    if named:
        from leadline.settings.notation.zones import zone

        try:
            zone(named)
        except (KeyError, ValueError, OSError) as error:
            raise ConfigurationError(f"--zone: there is no time zone {named!r}") from error
        return named
    hours = options.installation.loaded().settings.hours
    return next((one.zone for one in hours.values()), "UTC")


def names_listed(text: str) -> frozenset[str]:
    """Names divided by commas."""
    return frozenset(name.strip() for name in text.split(",") if name.strip())


def model_of(path: Path) -> TrainedModel:
    """The model in a file. Raises ConfigurationError if there is none."""
    try:
        return load_model(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigurationError(f"{path} has no model: {error}") from error


def file_for(name: str, out: Path | None) -> Path:
    """Where a model of this name is written: *out*, or else NAME.json. Raises ConfigurationError if
    a model cannot have the name."""
    if problem := problem_of_name(name):
        raise ConfigurationError(f"--name: {problem}")
    return out or Path(f"{name}.json")


def version_after(path: Path) -> int:
    """The version of the next model in a file. Raises ConfigurationError if there is something
    else in it, which is not overwritten, or if its folder is missing."""
    if not path.parent.is_dir():
        raise ConfigurationError(f"{path} can't be written: there is no folder {path.parent}")
    return model_of(path).file.version + 1 if path.exists() else 1


def write_model(path: Path, model: ModelFile) -> None:
    """Write all of the file or nothing: a server may read it at any time."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(model_bytes(model))
        beside.replace(path)
    except OSError as error:
        raise ConfigurationError(f"{path} can't be written: {error.strerror}") from error
    except ModelRefused as error:
        raise ConfigurationError(f"no model was written: {error}") from error


def without_trees(model: ModelFile) -> ModelFile:
    """A model without its trees, which are of no use to a reader."""
    return msgspec.structs.replace(model, trees=())

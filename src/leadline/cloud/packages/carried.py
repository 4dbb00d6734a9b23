"""What settings name and a deployment carries into the package of the functions: the weights of the
search for duplicates, the models of scores, the lists of conditions, the engine of their patterns,
and the files of facts about leads (`[enrich.NAME] kind = "csv"`)."""

import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from leadline.cloud.code_bucket import download
from leadline.cloud.session import Cloud, CloudError
from leadline.duplicates.policy import CARRIED, weights_faults
from leadline.enrichment import csv_file
from leadline.model.errors import ConfigurationError
from leadline.scoring import model_in_use
from leadline.settings.conditions import carried_lists, carried_patterns
from leadline.settings.connected.enrich import CsvEnrichConfig
from leadline.settings.connected.outcomes import SIGNS_IN_PACKAGE, signing_faults
from leadline.settings.loading import load
from leadline.settings.top.experiments import models_of_arms
from leadline.settings.top.general import Settings

WEIGHTS = f"leadline/duplicates/{CARRIED.name}"
"""Where the package has the weights of the search for duplicates."""

LISTS = f"leadline/settings/conditions/{carried_lists.CARRIED.name}/"
"""The folder where the package has the lists of conditions."""

MODEL = f"leadline/scoring/{model_in_use.CARRIED.name}"
"""Where the package has the model of scores."""

ARM_MODELS = f"leadline/scoring/{model_in_use.CARRIED_OF_ARMS.name}/"
"""The folder where the package has the models that arms of experiments name."""

FACTS = f"leadline/enrichment/{csv_file.CARRIED.name}/"
"""The folder where the package has the files of facts about leads."""

_KEPT = (WEIGHTS, MODEL, carried_patterns.IN_PACKAGE, SIGNS_IN_PACKAGE)

MOST_MEMORY = 128_000_000
"""The most bytes that all lists together may take up in a function: half of what Deliver has,
unless its parameter says otherwise. Six lists of 100,000 domains have room."""

MOST_FACTS = 128_000_000
"""The most bytes that all files of facts together may take up in Refine: a quarter of what it has,
unless its parameter says otherwise."""


def carried_files(settings: Path) -> Mapping[str, bytes]:
    """The files that a settings file names and that functions need, by their path in the package;
    `IN_PACKAGE` of `carried_patterns` stands for the engine of patterns (`packaging`), and
    `SIGNS_IN_PACKAGE` for what signs for a service account.

    Raises ConfigurationError if one can't be read, or is wrong, or if they are too large.
    """
    with tempfile.TemporaryDirectory() as empty:
        loaded = load(config=settings.absolute(), environ={}, folder=Path(empty)).settings
    lists = dict(_lists(loaded))
    if (size := sum(map(_memory, lists.values()))) > MOST_MEMORY:
        raise ConfigurationError(
            f"{settings}: the lists that its conditions name would take up {size // 10**6} MB of "
            f"memory in a function on AWS; {MOST_MEMORY // 10**6} are the most"
        )
    if any(_patterns(loaded)):
        lists[carried_patterns.IN_PACKAGE] = carried_patterns.ENGINE.encode()
    signs, in_file = signing_faults(loaded.outcomes)
    if in_file:
        raise ConfigurationError(
            f"{settings}: outcomes.{in_file}.service_account names a file, which functions on AWS "
            "do not have; put the JSON of the key itself in"
        )
    if signs:
        lists[SIGNS_IN_PACKAGE] = b"cryptography"
    return {**lists, **dict(_named_files(settings, loaded)), **_facts(settings, loaded)}


def _named_files(path: Path, settings: Settings) -> Iterator[tuple[str, bytes]]:
    """The weights and the models that settings name, with their paths in the package."""
    named = (
        (WEIGHTS, settings.duplicates_weights, weights_faults),
        (MODEL, settings.score_model, model_in_use.model_faults),
    )
    for place, name, faults_of in named:
        if not name:
            continue
        if faults := faults_of(name):
            raise ConfigurationError(f"{path}: {faults[0]}")
        yield place, Path(name).read_bytes()
    models = models_of_arms(settings.experiments)
    if faults := model_in_use.arm_model_faults(models):
        raise ConfigurationError(f"{path}: {faults[0]}")
    for name in models.values():
        yield ARM_MODELS + model_in_use.arm_file_name(name), Path(name).read_bytes()


def _facts(path: Path, settings: Settings) -> Mapping[str, bytes]:
    """The files of facts that settings name, with their paths in the package."""
    found: dict[str, bytes] = {}
    size = 0
    for name, config in _files_of_facts(settings):
        try:
            size += csv_file.CsvProvider(name, config, lambda _: True).memory()
            found[FACTS + csv_file.carried_name(config.file)] = Path(config.file).read_bytes()
        except (ConfigurationError, OSError) as error:
            raise ConfigurationError(f"{path}: {error}") from None
    if size > MOST_FACTS:
        names = ", ".join(dict.fromkeys(config.file for _, config in _files_of_facts(settings)))
        raise ConfigurationError(
            f"{path}: {names} would take up {size // 10**6} MB of memory in a function on AWS; "
            f"{MOST_FACTS // 10**6} are the most; leave out lines or columns, or offer the facts "
            'by HTTP (kind = "http")'
        )
    return found


def _files_of_facts(settings: Settings) -> Iterator[tuple[str, CsvEnrichConfig]]:
    for name, config in settings.enrich.items():
        if isinstance(config, CsvEnrichConfig):
            yield name, config


def carried_before(cloud: Cloud, key: str) -> Mapping[str, bytes] | None:
    """The files that an earlier deployment carried, by the key of its package ("": none): settings
    that stay as they are still name them. None if the package is gone."""
    if not key:
        return {}
    content = download(cloud, key)
    if content is None:
        return None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        kept = [one for one in names if one in _KEPT or one.startswith((LISTS, ARM_MODELS, FACTS))]
        return {one: archive.read(one) for one in kept}


def refuse_lost(text: str) -> None:
    """Raise CloudError if settings that stay as they are (*text*) name files for which the package
    of the last deployment would be needed, but is gone."""
    document = (text, "the stack's settings")
    settings = load(environ={}, document=document, lists=lambda _: frozenset()).settings
    lost = {
        name
        for one in _lists_in(settings)
        if isinstance(one, carried_lists.LateLists)
        for name in one.late
    }
    lost |= {name for name in (settings.duplicates_weights, settings.score_model) if name}
    lost |= set(models_of_arms(settings.experiments).values())
    lost |= {config.file for _, config in _files_of_facts(settings)}
    lost |= {f"a pattern ({name})" for name in _patterns(settings)}
    if lost:
        raise CloudError(
            f"the settings of the stack name {', '.join(sorted(lost))}, which the last deployment "
            "carried in a package that is gone from the code bucket; deploy with --settings"
        )


def carried_list(carried: Mapping[str, bytes], name: str) -> frozenset[str]:
    """A list among carried files, by its name in conditions. Raises ConfigurationError if it is
    not there."""
    content = carried.get(LISTS + carried_lists.file_name(name))
    if content is None:
        raise carried_lists.not_carried(name)
    return carried_lists.values_in(content)


def _lists(settings: Settings) -> Iterator[tuple[str, bytes]]:
    for lists in _lists_in(settings):
        for name, values in lists.items():
            path = LISTS + carried_lists.file_name(name)
            yield path, carried_lists.written_list(values)


def _lists_in(settings: Settings) -> Iterator[Mapping[str, frozenset[str]]]:
    """The lists of each rule, and of each entry of points."""
    yield from (one.lists for one in settings.rules.values())
    yield from (one.lists for one in settings.score_points.values())


def _patterns(settings: Settings) -> Iterator[str]:
    """The entries whose conditions have a pattern: `rules.NAME`, `score_points.NAME`."""
    for name in carried_patterns.rules_with_patterns(settings.rules):
        yield f"rules.{name}"
    for name in carried_patterns.rules_with_patterns(settings.score_points):
        yield f"score_points.{name}"


def _memory(content: bytes) -> int:
    """About how many bytes a list takes up in a function: its values and the domains in them, each
    with what CPython adds to a text (49 bytes) and its place in a set (16 to 32 bytes)."""
    return 2 * len(content) + 140 * (content.count(b"\n") + 1)

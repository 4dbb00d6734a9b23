"""What settings name and a deployment carries into the package of the functions: the weights of the
search for duplicates, the lists of conditions, and the engine of their patterns."""

import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from leadline.cloud.code_bucket import download
from leadline.cloud.session import Cloud, CloudError
from leadline.duplicates.policy import CARRIED, weights_faults
from leadline.model.errors import ConfigurationError
from leadline.settings.conditions import carried_lists, carried_patterns
from leadline.settings.general import Settings
from leadline.settings.loading import load

WEIGHTS = f"leadline/duplicates/{CARRIED.name}"
"""Where the package has the weights of the search for duplicates."""

LISTS = f"leadline/settings/conditions/{carried_lists.CARRIED.name}/"
"""The folder where the package has the lists of conditions."""

_KEPT = (WEIGHTS, carried_patterns.IN_PACKAGE)

MOST_MEMORY = 128_000_000
"""The most bytes that all lists together may take up in a function: half of what Deliver has,
unless its parameter says otherwise. Six lists of 100,000 domains have room."""


def carried_files(settings: Path) -> Mapping[str, bytes]:
    """The files that a settings file names and that functions need, by their path in the package;
    `IN_PACKAGE` of `carried_patterns` stands for the engine of patterns (`packaging`).

    Raises ConfigurationError if one can't be read, or is wrong, or if they are too large.
    """
    with tempfile.TemporaryDirectory() as empty:
        loaded = load(config=settings.absolute(), environ={}, folder=Path(empty)).settings
    lists = dict(_lists(loaded))
    if (size := sum(map(_memory, lists.values()))) > MOST_MEMORY:
        raise ConfigurationError(
            f"{settings}: the lists that its rules name would take up {size // 10**6} MB of memory "
            f"in a function on AWS; {MOST_MEMORY // 10**6} are the most"
        )
    if carried_patterns.rules_with_patterns(loaded.rules):
        lists[carried_patterns.IN_PACKAGE] = carried_patterns.ENGINE.encode()
    if not (name := loaded.duplicates_weights):
        return lists
    if faults := weights_faults(name):
        raise ConfigurationError(f"{settings}: {faults[0]}")
    return {**lists, WEIGHTS: Path(name).read_bytes()}


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
        kept = [one for one in names if one in _KEPT or one.startswith(LISTS)]
        return {one: archive.read(one) for one in kept}


def refuse_lost(text: str) -> None:
    """Raise CloudError if settings that stay as they are (*text*) name files for which the package
    of the last deployment would be needed, but is gone."""
    document = (text, "the stack's settings")
    settings = load(environ={}, document=document, lists=lambda _: frozenset()).settings
    lists = [rule.lists for rule in settings.rules.values()]
    lost = {n for one in lists if isinstance(one, carried_lists.LateLists) for n in one.late}
    if settings.duplicates_weights:
        lost.add(settings.duplicates_weights)
    lost |= {f"a pattern (rules.{n})" for n in carried_patterns.rules_with_patterns(settings.rules)}
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
    for rule in settings.rules.values():
        for name, values in rule.lists.items():
            path = LISTS + carried_lists.file_name(name)
            yield path, carried_lists.written_list(values)


def _memory(content: bytes) -> int:
    """About how many bytes a list takes up in a function: its values and the domains in them, each
    with what CPython adds to a text (49 bytes) and its place in a set (16 to 32 bytes)."""
    return 2 * len(content) + 140 * (content.count(b"\n") + 1)

"""Sources of other packages, installed here, which functions are to find as well."""

import re
from collections.abc import Iterator, Mapping
from importlib import metadata

from leadline.cloud.session import CloudError
from leadline.cloud.wheels import is_editable
from leadline.plugins import CRMS, SOURCES


def plugged_in() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each distribution that adds a source or a CRM, with all that it needs, itself first.

    Raises CloudError for one that is installed as a link to its sources, which can't be packaged.
    """
    for distribution in metadata.distributions():
        groups = {e.group for e in distribution.entry_points}
        if groups & {SOURCES, CRMS}:
            name = distribution.metadata["Name"]
            if is_editable(distribution):
                raise CloudError(
                    f"{name}, which adds a source or a CRM, is installed with -e: install it "
                    "without, so that its files can be packaged"
                )
            yield name, tuple(_with_needs(name))


def entry_points_of(name: str) -> Mapping[str, bytes]:
    """The files by which Python finds the entry points of a distribution."""
    distribution = metadata.distribution(name)
    folder = re.sub(r"[-_.]+", "_", name) + f"-{distribution.version}.dist-info"
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {distribution.version}\n"
    points = distribution.read_text("entry_points.txt") or ""
    return {f"{folder}/METADATA": about.encode(), f"{folder}/entry_points.txt": points.encode()}


def _with_needs(name: str) -> list[str]:
    """The distribution and what it needs; what its markers leave out is not installed here."""
    found: list[str] = []
    todo = [name]
    while todo:
        one = todo.pop()
        try:
            distribution = metadata.distribution(one)
        except metadata.PackageNotFoundError:
            continue
        if one in found or one == "leadline":
            continue
        found.append(one)
        for requirement in distribution.requires or ():
            needed = re.match(r"[A-Za-z0-9._-]+", requirement)
            if needed and "extra ==" not in requirement:
                todo.append(needed[0])
    return found

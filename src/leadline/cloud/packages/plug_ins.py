"""Sources and CRMs of other packages installed here, which functions need too."""

from collections.abc import Iterator, Mapping
from importlib import metadata

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from leadline.cloud.packages.wheels import Target, is_editable
from leadline.cloud.session import CloudError
from leadline.plugins import CRMS, SOURCES


def plugged_in(target: Target) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each distribution that adds a source or a CRM, with its dependencies for *target*, itself
    first.

    Raises CloudError for an editable installation, which can't be packaged.
    """
    for distribution in metadata.distributions():
        groups = {e.group for e in distribution.entry_points}
        if groups & {SOURCES, CRMS}:
            name = distribution.metadata["Name"]
            if is_editable(distribution):
                raise CloudError(
                    f"{name}, which adds a source or a CRM, is installed with -e; install it "
                    "without -e, so that its files can be packaged"
                )
            yield name, tuple(_with_needs(name, target))


def entry_points_of(name: str) -> Mapping[str, bytes]:
    """The files in which Python finds the entry points of a distribution."""
    distribution = metadata.distribution(name)
    folder = f"{canonicalize_name(name).replace('-', '_')}-{distribution.version}.dist-info"
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {distribution.version}\n"
    points = distribution.read_text("entry_points.txt") or ""
    return {f"{folder}/METADATA": about.encode(), f"{folder}/entry_points.txt": points.encode()}


def _with_needs(name: str, target: Target) -> list[str]:
    """The distribution and its dependencies for *target*, itself first."""
    found = {canonicalize_name(name): name}
    seen: set[tuple[str, frozenset[str]]] = set()
    todo = [Requirement(name)]
    while todo:
        one = todo.pop()
        asked = canonicalize_name(one.name), frozenset(one.extras)
        if asked not in seen and asked[0] != "leadline":
            seen.add(asked)
            found.setdefault(asked[0], one.name)
            todo += _needs(one, target)
    return list(found.values())


def _needs(one: Requirement, target: Target) -> Iterator[Requirement]:
    """The dependencies of a requirement, by markers and extras (PEP 508); none if it is not
    installed here, which `wheels.files_of` reports later."""
    try:
        texts = metadata.distribution(one.name).requires or ()
        requirements = [Requirement(text) for text in texts]
    except metadata.PackageNotFoundError:
        return
    except InvalidRequirement as error:
        raise CloudError(f"the dependencies of {one.name} can't be read: {error}") from None
    there = {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": target.machine,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{target.python}.0",
        "python_version": target.python,
        "sys_platform": "linux",
    }
    for needed in requirements:
        marker = needed.marker
        if marker is None or any(
            marker.evaluate({**there, "extra": extra}) for extra in ("", *one.extras)
        ):
            yield needed

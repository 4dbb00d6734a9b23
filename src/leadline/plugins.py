"""The names of all sources and CRMs: the folders of `vendors`, and entry points of other packages.

No source or CRM is imported to find the names.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

SOURCES = "leadline.sources"
"""The entry point group of other packages' sources."""
CRMS = "leadline.crms"
"""The entry point group of other packages' CRMs."""

_VENDORS = Path(__file__).parent / "vendors"


@cache
def own_sources() -> frozenset[str]:
    """The sources of this package: the vendors with a `webhook.py`."""
    return _with("webhook.py")


@cache
def own_crms() -> frozenset[str]:
    """The kinds of CRM of this package: the vendors with an `api.py`."""
    return _with("api.py")


@cache
def source_names() -> tuple[str, ...]:
    """The names of all sources, sorted; each is also the last part of its webhook's URL."""
    return tuple(sorted(own_sources() | extensions(SOURCES).keys()))


def is_source(name: str) -> bool:
    """Whether a source has this name."""
    return name in own_sources() or name in extensions(SOURCES)


@cache
def crm_kinds() -> tuple[str, ...]:
    """The possible values of `CrmConfig.kind`, sorted. If a source has the same name, it reads the
    CRM's records."""
    return tuple(sorted(own_crms() | extensions(CRMS).keys()))


@cache
def extensions(group: str) -> Mapping[str, "EntryPoint"]:
    """The entry points of other packages in a group, by name."""
    from importlib.metadata import entry_points  # 17 ms, not needed for our own sources

    return {e.name: e for e in entry_points(group=group)}


def _with(module: str) -> frozenset[str]:
    # Not with pkgutil, which imports inspect: 4 ms of every cold start.
    return frozenset(path.parent.name for path in _VENDORS.glob(f"*/{module}"))

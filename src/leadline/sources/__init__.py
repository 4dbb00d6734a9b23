"""The senders that Leadline understands: one module each, found by its name.

A module of this package without a leading underscore is a source and defines `SOURCE`, a subclass
of `Source`. Other packages add sources through the entry point group `leadline.sources`.
"""

import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from leadline.errors import UnknownSource
from leadline.sources._base import Answer, Source, SourceConfig

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["Answer", "Source", "SourceConfig", "exists", "find", "names"]

ENTRY_POINTS = "leadline.sources"


@cache
def _own() -> frozenset[str]:
    # Not by pkgutil, which loads inspect: 4 ms of every cold start.
    files = [path for folder in __path__ for path in Path(folder).glob("*.py")]
    return frozenset(path.stem for path in files if not path.stem.startswith("_"))


@cache
def names() -> tuple[str, ...]:
    """The names of all sources, sorted; each is also the last part of its webhook's URL."""
    return tuple(sorted(_own() | _plugged_in().keys()))


def exists(name: str) -> bool:
    """Whether a source is called so."""
    return name in _own() or name in _plugged_in()


@cache
def find(name: str) -> type[Source]:
    """The source of this name; raises UnknownSource, which lists the names that exist."""
    if name in _own():
        source = importlib.import_module(f"{__name__}.{name}").SOURCE
    elif name in _plugged_in():
        source = _plugged_in()[name].load()
    else:
        raise UnknownSource(f"no source is called {name!r}; there are: {', '.join(names())}")
    assert issubclass(source, Source)  # noqa: S101 - a plug-in that is none must stop here
    return source  # type: ignore[no-any-return]


@cache
def _plugged_in() -> Mapping[str, "EntryPoint"]:
    """The sources of other packages."""
    from importlib.metadata import entry_points  # 17 ms, and most look for our own

    return {e.name: e for e in entry_points(group=ENTRY_POINTS)}

"""The senders that Leadline understands: one module each, found by its name.

A module of this package without a leading underscore is a source and defines `SOURCE`, a subclass
of `Source`. Other packages add sources through the entry point group `leadline.sources`.
"""

import importlib
import pkgutil
from functools import cache

from leadline.errors import UnknownSource
from leadline.sources._base import Answer, Source, SourceConfig

__all__ = ["Answer", "Source", "SourceConfig", "find", "names"]

ENTRY_POINTS = "leadline.sources"


@cache
def names() -> tuple[str, ...]:
    """The names of all sources, sorted; each is also the last part of its webhook's URL."""
    from importlib.metadata import entry_points  # takes 17 ms, which settings have no use for

    own = {m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")}
    return tuple(sorted(own | {e.name for e in entry_points(group=ENTRY_POINTS)}))


@cache
def find(name: str) -> type[Source]:
    """The source of this name; raises UnknownSource, which lists the names that exist."""
    if name not in names():
        raise UnknownSource(f"no source is called {name!r}; there are: {', '.join(names())}")
    own = {m.name for m in pkgutil.iter_modules(__path__)}
    if name in own:
        source = importlib.import_module(f"{__name__}.{name}").SOURCE
    else:
        from importlib.metadata import entry_points

        (entry,) = entry_points(group=ENTRY_POINTS, name=name)
        source = entry.load()
    assert issubclass(source, Source)  # noqa: S101 - a plug-in that is none must stop here
    return source  # type: ignore[no-any-return]

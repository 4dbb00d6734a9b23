"""How long what is kept of leads is kept: the settings as rules, by kind and source."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from leadline.model.personal_data.retiring import DataKind
from leadline.settings.connected.sources import SourceConfig
from leadline.settings.top.general import Settings

FOREVER = timedelta.max
_ORDER = (DataKind.DEAD, DataKind.RAW, DataKind.REFINED, DataKind.TIMELINE)
"""Dead letters go first: until then, nothing else of their leads is deleted."""


class Term(msgspec.Struct, frozen=True):
    """How long a kind is kept of leads from these `sources`, or with `others` from all but
    these."""

    kind: DataKind
    age: timedelta
    sources: frozenset[str]
    others: bool = False

    def cutoff(self, now: datetime) -> datetime:
        """What is older than this time is deleted."""
        return now - self.age


def terms_of(settings: Settings) -> tuple[Term, ...]:
    """All terms, without those that delete nothing; empty if everything is kept."""
    return tuple(term for kind in _ORDER for term in _of_kind(settings, kind))


def term_for(settings: Settings, kind: DataKind, source: str) -> timedelta:
    """How long a kind is kept of leads from a source; FOREVER if it is never deleted."""
    return _own(settings.sources, kind).get(source, _usual(settings, kind))


def _of_kind(settings: Settings, kind: DataKind) -> Iterator[Term]:
    own = _own(settings.sources, kind)
    for source, age in sorted(own.items()):
        if age != FOREVER:
            yield Term(kind, age, frozenset((source,)))
    if (usual := _usual(settings, kind)) != FOREVER:
        yield Term(kind, usual, frozenset(own), others=True)


def _usual(settings: Settings, kind: DataKind) -> timedelta:
    age: timedelta = getattr(settings, f"retention_{kind}")
    return age


def _own(sources: Mapping[str, SourceConfig], kind: DataKind) -> dict[str, timedelta]:
    """The terms that sources have of their own."""
    own = {name: getattr(one, f"keep_{kind}") for name, one in sources.items()}
    return {name: age for name, age in own.items() if age is not None}

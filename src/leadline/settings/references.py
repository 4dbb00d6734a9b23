"""Names in settings that mean other tables: a rule's channels, a person's next, a target's hours.

A name that means nothing would be found out by the first lead that it concerns.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from leadline.settings.files import Place
from leadline.settings.general import Settings
from leadline.settings.tables import SLACK

_MEANT: Mapping[str, Mapping[str, str]] = {
    "rules": {
        "sources": "source",
        "during": "table of hours",
        "outside": "table of hours",
        "channels": "channel",
        "assign": "person",
    },
    "people": {"next": "person"},
    "targets": {
        "sources": "source",
        "during": "table of hours",
        "outside": "table of hours",
        "hours": "table of hours",
        "escalate_to": "channel",
    },
}
"""By table and setting, what the names in it are names of."""


def unknown_names(settings: Settings) -> Iterator[tuple[Place, str]]:
    """The places of names that mean nothing, each with what is wrong there."""
    meanings = _meanings(settings)
    if settings.unassigned_channel not in ("", *meanings["channel"]):
        yield (
            ("unassigned_channel",),
            _no_such("channel", settings.unassigned_channel, meanings["channel"]),
        )
    for name in settings.only_sources:
        if name not in meanings["source"]:
            yield ("only_sources",), _no_such("source", name, meanings["source"])
    for table, source_names in _MEANT.items():
        entries: Mapping[str, Any] = getattr(settings, table)
        for entry, config in entries.items():
            for setting, what in source_names.items():
                said = getattr(config, setting)
                for name in (said,) if isinstance(said, str) else said:
                    if name and name not in meanings[what]:
                        yield (table, entry, setting), _no_such(what, name, meanings[what])


def _meanings(settings: Settings) -> Mapping[str, Collection[str]]:
    asks_for_sources = bool(settings.only_sources) or any(
        e.sources for t in (settings.rules, settings.targets) for e in t.values()
    )
    sources: tuple[str, ...] = ()
    if asks_for_sources:
        from leadline.plugins import source_names  # few settings name any

        sources = source_names()
    return {
        "source": sources,
        # `slack_webhook_url` may be a secret that whoever reads this is not told.
        "channel": dict.fromkeys([*settings.channels, SLACK]),
        "person": settings.people,
        "table of hours": settings.hours,
    }


def _no_such(what: str, name: str, known: Collection[str]) -> str:
    there = f"there are: {', '.join(known)}" if known else "there is none"
    return f"there is no {what} {name!r} ({there})"

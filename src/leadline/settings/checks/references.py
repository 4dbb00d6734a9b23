"""Checks settings that depend on others: names that refer to other tables, such as a rule's
channels, a person's `next` or a target's hours, and thresholds in the wrong order.

Otherwise, an unknown name would fail only when the first lead uses it.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from leadline.settings.files import SettingPath
from leadline.settings.tables import SLACK
from leadline.settings.top.general import Settings

_MEANT: Mapping[str, Mapping[str, str]] = {
    "rules": {
        "sources": "source",
        "during": "table of hours",
        "outside": "table of hours",
        "channels": "channel",
        "assign": "person",
        "team": "team",
    },
    "people": {"next": "person", "hours": "table of hours"},
    "teams": {"people": "person", "hours": "table of hours", "channel": "channel"},
    "targets": {
        "sources": "source",
        "during": "table of hours",
        "outside": "table of hours",
        "hours": "table of hours",
        "escalate_to": "channel",
    },
    "outcomes": {"sources": "source"},
}
"""What the names in a setting refer to, by table and setting."""


def unknown_names(settings: Settings) -> Iterator[tuple[SettingPath, str]]:
    """The path of each setting that contains an unknown name, with the error message."""
    meanings = _meanings(settings)
    for setting in ("unassigned_channel", "alerts_trouble", "audit_channel"):
        name = getattr(settings, setting)
        if name not in ("", *meanings["channel"]):
            yield (setting,), _no_such("channel", name, meanings["channel"])
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


def pages_elsewhere(settings: Settings) -> Iterator[tuple[SettingPath, str]]:
    """The path of each `thanks` that is on none of its source's `sites`, with the error message."""
    if not any(source.thanks for source in settings.sources.values()):
        return
    from leadline.model.texts.origins import origin_of  # imported here: few settings have sites

    for name, source in settings.sources.items():
        if source.thanks and origin_of(source.thanks) not in source.sites:
            yield (
                ("sources", name, "thanks"),
                "the page is on none of the source's `sites`; add its website to them",
            )


def thresholds_in_disorder(settings: Settings) -> Iterator[tuple[SettingPath, str]]:
    """The path of `duplicates_review` if it is above `duplicates_link`, with the error message."""
    if settings.duplicates_review > settings.duplicates_link:
        yield (
            ("duplicates_review",),
            f"it must be at most `duplicates_link`, which is {settings.duplicates_link:g}",
        )


def _meanings(settings: Settings) -> Mapping[str, Collection[str]]:
    asks_for_sources = bool(settings.only_sources) or any(
        e.sources for t in (settings.rules, settings.targets, settings.outcomes) for e in t.values()
    )
    sources: tuple[str, ...] = ()
    if asks_for_sources:
        from leadline.plugins import source_names  # imported here: few settings name sources

        sources = source_names()
    return {
        "source": sources,
        # SLACK is always known: `slack_webhook_url` may be a secret that is not readable here.
        "channel": dict.fromkeys([*settings.channels, SLACK]),
        "person": settings.people,
        "table of hours": settings.hours,
        "team": settings.teams,
    }


def _no_such(what: str, name: str, known: Collection[str]) -> str:
    there = f"there are: {', '.join(known)}" if known else "none is set"
    return f"there is no {what} {name!r} ({there})"

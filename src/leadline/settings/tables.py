"""The tables of settings: `[sources.NAME]`, `[crm.NAME]` and the others."""

from collections.abc import Callable, Mapping

import msgspec

from leadline.settings.declaration import SettingsStruct

SLACK = "slack"
"""The channel that `slack_webhook_url` makes."""


class SettingsTable(msgspec.Struct, frozen=True):
    """A table of tables: `what` an entry is called, and the structs that it may become by its
    kind, with "" for the kinds that have none of their own.

    The structs are made where the settings mention the table, or a message does: most settings
    have two or three tables. `usual_kind` is the kind of an entry of this name that says none.
    Where not all names are allowed, `known` gives those that are, and `exists` says whether one
    is, which costs less.
    """

    what: str
    structs: Callable[[], Mapping[str, type[SettingsStruct]]]
    usual_kind: Callable[[str], str] | None = None
    known: Callable[[], tuple[str, ...]] | None = None
    exists: Callable[[str], bool] | None = None


def _source_names() -> tuple[str, ...]:
    from leadline.plugins import source_names

    return source_names()


def _is_source(name: str) -> bool:
    from leadline.plugins import is_source

    return is_source(name)


def _source() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.sources import SourceConfig

    return {"": SourceConfig}


def _crm() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.crm_kinds import CRM_KINDS

    return CRM_KINDS


def _kind_of_crm(name: str) -> str:
    return name


def _channel() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.channels import CHANNELS

    return CHANNELS


def _kind_of_channel(name: str) -> str:
    return "slack-webhook" if name == SLACK else ""


def _rule() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.rules import RuleConfig

    return {"": RuleConfig}


def _member() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.people import MemberConfig

    return {"": MemberConfig}


def _hours() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.hours import HoursConfig

    return {"": HoursConfig}


def _target() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.targets import TargetConfig

    return {"": TargetConfig}


TABLES: Mapping[str, SettingsTable] = {
    "sources": SettingsTable("source", _source, known=_source_names, exists=_is_source),
    "crm": SettingsTable("CRM", _crm, _kind_of_crm, known=_source_names, exists=_is_source),
    "channels": SettingsTable("channel", _channel, _kind_of_channel),
    "rules": SettingsTable("rule", _rule),
    "people": SettingsTable("person", _member),
    "hours": SettingsTable("table of hours", _hours),
    "targets": SettingsTable("target", _target),
}
"""Every table by the name that settings have it under."""

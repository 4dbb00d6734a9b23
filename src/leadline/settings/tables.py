"""The tables of settings: `[sources.NAME]`, `[crm.NAME]` and the others."""

from collections.abc import Callable, Mapping

import msgspec

from leadline.settings.declaration import SettingsStruct


class SettingsTable(msgspec.Struct, frozen=True):
    """A table of tables: `what` an entry is called, and the struct that it becomes.

    The struct is made where the settings mention the table, or a message does: most settings have
    two or three of them. Where not all names are allowed, `known` gives those that are, and
    `exists` says whether one is, which costs less.
    """

    what: str
    struct: Callable[[], type[SettingsStruct]]
    known: Callable[[], tuple[str, ...]] | None = None
    exists: Callable[[str], bool] | None = None


def _source_names() -> tuple[str, ...]:
    from leadline.plugins import source_names

    return source_names()


def _is_source(name: str) -> bool:
    from leadline.plugins import is_source

    return is_source(name)


def _source() -> type[SettingsStruct]:
    from leadline.settings.sources import SourceConfig

    return SourceConfig


def _crm() -> type[SettingsStruct]:
    from leadline.settings.crm import CrmConfig

    return CrmConfig


def _channel() -> type[SettingsStruct]:
    from leadline.settings.channels import ChannelConfig

    return ChannelConfig


def _rule() -> type[SettingsStruct]:
    from leadline.settings.rules import RuleConfig

    return RuleConfig


def _member() -> type[SettingsStruct]:
    from leadline.settings.people import MemberConfig

    return MemberConfig


def _hours() -> type[SettingsStruct]:
    from leadline.settings.hours import HoursConfig

    return HoursConfig


def _target() -> type[SettingsStruct]:
    from leadline.settings.targets import TargetConfig

    return TargetConfig


TABLES: Mapping[str, SettingsTable] = {
    "sources": SettingsTable("source", _source, _source_names, _is_source),
    "crm": SettingsTable("CRM", _crm, _source_names, _is_source),
    "channels": SettingsTable("channel", _channel),
    "rules": SettingsTable("rule", _rule),
    "people": SettingsTable("person", _member),
    "hours": SettingsTable("table of hours", _hours),
    "targets": SettingsTable("target", _target),
}
"""Every table by the name that settings have it under."""

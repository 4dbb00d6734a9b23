"""The tables of settings: `[sources.NAME]`, `[crm.NAME]` and the others, each declared once."""

from collections.abc import Mapping
from typing import Any

from leadline.settings.channels import CHANNEL_SETTINGS
from leadline.settings.crm import CRM_SETTINGS, READ_FIELDS, WRITE_FIELDS
from leadline.settings.declaration import Declaration, SettingsTable
from leadline.settings.hours import HOURS_SETTINGS
from leadline.settings.notations import (
    FILLED,
    choice,
)
from leadline.settings.people import PEOPLE_SETTINGS
from leadline.settings.rules import RULE_SETTINGS
from leadline.settings.sources import MAPPED_FIELDS, SOURCE_SETTINGS
from leadline.settings.targets import TARGET_SETTINGS

_PLACED = Declaration("", "Where a field stands: a JSON Pointer or a dotted path.", FILLED)


def _source_config() -> type[Any]:
    from leadline.settings.sources import SourceConfig

    return SourceConfig


def _source_names() -> tuple[str, ...]:
    from leadline.plugins import source_names

    return source_names()


def _is_source(name: str) -> bool:
    from leadline.plugins import is_source

    return is_source(name)


def _crm_config() -> type[Any]:
    from leadline.settings.crm import CrmConfig

    return CrmConfig


def _channel_config() -> type[Any]:
    from leadline.settings.channels import ChannelConfig

    return ChannelConfig


def _rule_config() -> type[Any]:
    from leadline.settings.rules import RuleConfig

    return RuleConfig


def _member_config() -> type[Any]:
    from leadline.settings.people import MemberConfig

    return MemberConfig


def _hours_config() -> type[Any]:
    from leadline.settings.hours import HoursConfig

    return HoursConfig


def _target_config() -> type[Any]:
    from leadline.settings.targets import TargetConfig

    return TargetConfig


_ENDING = Declaration(
    "", "What one of the CRM's own words means.", choice("won", "lost", "disqualified")
)
_CRM_FIELD = Declaration("", "The CRM's own name of the field.", FILLED)

TABLES: Mapping[str, SettingsTable] = {
    "sources": SettingsTable(
        "source",
        SOURCE_SETTINGS,
        _source_config,
        {"map": (MAPPED_FIELDS, _PLACED)},
        _source_names,
        _is_source,
    ),
    "crm": SettingsTable(
        "CRM",
        CRM_SETTINGS,
        _crm_config,
        {
            "read": (READ_FIELDS, _CRM_FIELD),
            "write": (WRITE_FIELDS, _CRM_FIELD),
            "endings": (None, _ENDING),
        },
        _source_names,
        _is_source,
    ),
    "channels": SettingsTable("channel", CHANNEL_SETTINGS, _channel_config),
    "rules": SettingsTable("rule", RULE_SETTINGS, _rule_config),
    "people": SettingsTable("person", PEOPLE_SETTINGS, _member_config),
    "hours": SettingsTable("table of hours", HOURS_SETTINGS, _hours_config),
    "targets": SettingsTable("target", TARGET_SETTINGS, _target_config),
}
"""Every table by the name that settings have it under."""

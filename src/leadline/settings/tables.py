"""The tables of settings: `[sources.NAME]`, `[crm.NAME]` and the others."""

from collections.abc import Callable, Mapping

import msgspec

from leadline.settings.declaration import SettingsStruct

SLACK = "slack"
"""The name of the channel that the setting `slack_webhook_url` defines."""


class SettingsTable(msgspec.Struct, frozen=True):
    """A table of tables, such as `[channels.NAME]`.

    `what` is what messages call one entry. `structs` gives the struct of an entry by its kind; ""
    is for kinds without a struct of their own. It is a function, so that the structs of a table
    are imported only if the settings or a message mention the table.
    `usual_kind` gives the kind of an entry, by its name, if the entry sets none. Where only some
    names are allowed, `known` lists them and `exists` tests one, which is cheaper.
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
    from leadline.settings.connected.sources import SourceConfig

    return {"": SourceConfig}


def _crm() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.connected.crm_kinds import CRM_KINDS

    return CRM_KINDS


def _kind_of_crm(name: str) -> str:
    return name


def _channel() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.connected.channels import CHANNELS

    return CHANNELS


def _kind_of_channel(name: str) -> str:
    return "slack-webhook" if name == SLACK else ""


def _outcomes() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.connected.outcomes import OUTCOMES

    return OUTCOMES


def _rule() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.team.rules import RuleConfig

    return {"": RuleConfig}


def _member() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.team.people import MemberConfig

    return {"": MemberConfig}


def _hours() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.team.hours import HoursConfig

    return {"": HoursConfig}


def _target() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.team.targets import TargetConfig

    return {"": TargetConfig}


def _points() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.top.score import PointsConfig

    return {"": PointsConfig}


def _team() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.team.teams import TeamConfig

    return {"": TeamConfig}


def _enrich() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.connected.enrich import ENRICH

    return ENRICH


def _kind_of_provider(name: str) -> str:
    return name if name in ("domain", "phone", "csv") else "http"


def _experiment() -> Mapping[str, type[SettingsStruct]]:
    from leadline.settings.top.experiments import ExperimentConfig

    return {"": ExperimentConfig}


TABLES: Mapping[str, SettingsTable] = {
    "sources": SettingsTable("source", _source, known=_source_names, exists=_is_source),
    "crm": SettingsTable("CRM", _crm, _kind_of_crm, known=_source_names, exists=_is_source),
    "channels": SettingsTable("channel", _channel, _kind_of_channel),
    "rules": SettingsTable("rule", _rule),
    "people": SettingsTable("person", _member),
    "hours": SettingsTable("table of hours", _hours),
    "targets": SettingsTable("target", _target),
    "teams": SettingsTable("team", _team),
    "experiments": SettingsTable("experiment", _experiment),
    "score_points": SettingsTable("entry of points", _points),
    "outcomes": SettingsTable("ad network", _outcomes),
    "enrich": SettingsTable("provider", _enrich, _kind_of_provider),
}
"""Every table of the settings, by name."""

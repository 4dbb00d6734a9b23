"""Compares two readings of the settings, without their secrets."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import msgspec

from leadline.settings.declaration import SettingsStruct, settings_of
from leadline.settings.tables import TABLES
from leadline.settings.top.dashboard import DASHBOARD_AS_TABLE
from leadline.settings.top.general import Settings
from leadline.settings.top.oidc import OIDC_AS_TABLE

NEED_RESTART = (
    "data", "data_group", "host", "port", "metrics_listen", "workers",
    "dashboard_host", "dashboard_port", "encryption_key",
)  # fmt: skip
"""The settings that a running server cannot change: folder, key, sockets, number of processes."""

_OF_THE_PROCESS = frozenset(
    (
        *NEED_RESTART, *DASHBOARD_AS_TABLE.values(), *OIDC_AS_TABLE.values(),
        "log_level", "log_format", "max_waiting",
    )
)  # fmt: skip
"""The settings that do not change what becomes of a lead."""


def fingerprints(settings: Settings) -> dict[str, str]:
    """A short hash of each setting that is not secret, and of each entry of a table, by its dotted
    name (`delay`, `rules.large`). A secret of low entropy could be guessed from its hash, so none
    is included."""
    found = {name: _hash(value) for name, value in _open(settings) if name not in TABLES}
    for table in TABLES:
        for name, entry in getattr(settings, table).items():
            found[f"{table}.{name}"] = _hash(dict(_open(entry)))
    return found


def for_leads(settings: Settings) -> dict[str, str]:
    """The fingerprints of the settings that change what becomes of a lead."""
    known = fingerprints(settings)
    return {name: value for name, value in known.items() if name not in _OF_THE_PROCESS}


def unequal(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[str, ...]:
    """The names that two sets of fingerprints do not have in common with equal values."""
    names = {*one, *other}
    return tuple(sorted(name for name in names if one.get(name) != other.get(name)))


def changed_settings(old: Settings, new: Settings) -> tuple[str, ...]:
    """The names of the settings that differ, secret ones included."""
    names = [*unequal(fingerprints(old), fingerprints(new)), *_changed_secrets(old, new)]
    return tuple(dict.fromkeys(names))


def applicable(old: Settings, new: Settings) -> Settings:
    """The new settings, with the old values of those that need a restart."""
    return msgspec.structs.replace(new, **{name: getattr(old, name) for name in NEED_RESTART})


def _changed_secrets(old: Settings, new: Settings) -> Iterator[str]:
    for name, declared in settings_of(Settings).items():
        if declared.secret and getattr(old, name) != getattr(new, name):
            yield name
    for table in TABLES:
        before, after = getattr(old, table), getattr(new, table)
        yield from (f"{table}.{n}" for n in after if n in before and before[n] != after[n])


def _open(group: SettingsStruct) -> Iterator[tuple[str, Any]]:
    """The fields of a group that are not secret."""
    declared = settings_of(type(group))
    for name in group.__struct_fields__:
        if name not in declared or not declared[name].secret:
            yield name, getattr(group, name)


def _hash(value: Any) -> str:
    encoded = msgspec.json.encode(value, enc_hook=str, order="deterministic")
    return sha256(encoded).hexdigest()[:12]

"""The layers of settings, as written: TOML, environment variables and flags."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from leadline.settings.files import SettingPath
from leadline.settings.top.general import AS_TABLES, PREFIX, declared
from leadline.settings.top.score import TABLES_WITHIN

CONFIG_VARIABLE = "LEADLINE_CONFIG"
"""The environment variable that names the TOML file; it is not a setting."""

Spell = Callable[[SettingPath], str]
"""Writes the path of a setting in the syntax of a layer."""


class RawSetting(msgspec.Struct, frozen=True):
    """One value as written, with its origin for messages ("leadline.toml line 7"). `spell` writes
    names in the syntax of its layer. The value is None for a variable without "=", and {} for an
    empty table of a file."""

    path: SettingPath
    value: Any
    origin: str
    spell: Spell

    @property
    def in_file(self) -> bool:
        """Whether it comes from TOML, which has lists and tables."""
        return self.spell is dotted


def from_toml(values: list[tuple[SettingPath, Any, str]]) -> list[RawSetting]:
    """The settings of a TOML file; *values* as `leadline.settings.files` returns them."""
    return [RawSetting(_flat(path), value, origin, dotted) for path, value, origin in values]


def from_variables(variables: Mapping[str, tuple[str | None, str]]) -> list[RawSetting]:
    """The settings among variables, given with their origins; other variables are ignored."""
    found = []
    aliases = {alias: (n,) for n, d in declared().items() for alias in d.aliases}
    # Aliases come first, so that the variable with our prefix wins over its alias.
    for name in sorted(variables, key=lambda name: name.startswith(PREFIX)):
        if name == CONFIG_VARIABLE or not (name.startswith(PREFIX) or name in aliases):
            continue
        value, origin = variables[name]
        parts = tuple(name.removeprefix(PREFIX).lower().split("__"))
        found.append(RawSetting(aliases.get(name) or _flat(parts), value, origin, variable))
    return found


def from_flags(flags: Mapping[str, object]) -> list[RawSetting]:
    """The settings of flags, which are given by the names of the settings."""
    return [RawSetting((n,), value, f"flag {_flag((n,))}", _flag) for n, value in flags.items()]


def dotted(path: SettingPath) -> str:
    """The name in TOML: `sources.close.secret`."""
    return ".".join(path)


def variable(path: SettingPath) -> str:
    """The name of the environment variable: `LEADLINE_SOURCES__CLOSE__SECRET`."""
    return PREFIX + "__".join(path).upper()


def _flag(path: SettingPath) -> str:
    return "--" + "-".join(path).replace("_", "-")


def _flat(path: SettingPath) -> SettingPath:
    """The path of a setting that was written in another table (`AS_TABLES`, `TABLES_WITHIN`)."""
    if within := TABLES_WITHIN.get(path[:2]):
        return (within, *path[2:])
    return (AS_TABLES[path],) if path in AS_TABLES else path

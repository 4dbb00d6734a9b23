"""The layers of settings, as they are written: TOML, variables and flags, each with its names."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from leadline.settings.files import Place
from leadline.settings.general import AS_TABLES, PREFIX, declared

CONFIG_VARIABLE = "LEADLINE_CONFIG"
"""The one variable of ours that is no setting: it names the TOML file."""

Spell = Callable[[Place], str]
"""How a layer writes a setting's name."""


class RawSetting(msgspec.Struct, frozen=True):
    """One value as it is written, with where that is, in words; `spell` writes names as its layer
    does. The value is None where a variable has no "=", and {} where a file has an empty table."""

    place: Place
    value: Any
    origin: str
    spell: Spell

    @property
    def in_file(self) -> bool:
        """Whether it is written in TOML, which has lists and tables."""
        return self.spell is dotted


def from_toml(values: list[tuple[Place, Any, str]]) -> list[RawSetting]:
    """What a TOML file says; *values* as `leadline.settings.files` reads them."""
    return [RawSetting(_flat(place), value, origin, dotted) for place, value, origin in values]


def from_variables(variables: Mapping[str, tuple[str | None, str]]) -> list[RawSetting]:
    """What variables say, each with its origin; those that are not ours are passed over."""
    found = []
    aliases = {alias: (n,) for n, d in declared().items() for alias in d.aliases}
    # Aliases first, so that a name of our own wins over its alias.
    for name in sorted(variables, key=lambda name: name.startswith(PREFIX)):
        if name == CONFIG_VARIABLE or not (name.startswith(PREFIX) or name in aliases):
            continue
        value, origin = variables[name]
        parts = tuple(name.removeprefix(PREFIX).lower().split("__"))
        found.append(RawSetting(aliases.get(name) or _flat(parts), value, origin, variable))
    return found


def from_flags(flags: Mapping[str, object]) -> list[RawSetting]:
    """What flags say, by the names of the settings."""
    return [RawSetting((n,), value, f"flag {_flag((n,))}", _flag) for n, value in flags.items()]


def dotted(place: Place) -> str:
    """A name as TOML has it: `sources.close.secret`."""
    return ".".join(place)


def variable(place: Place) -> str:
    """A name as the environment has it: `LEADLINE_SOURCES__CLOSE__SECRET`."""
    return PREFIX + "__".join(place).upper()


def _flag(place: Place) -> str:
    return "--" + "-".join(place).replace("_", "-")


def _flat(place: Place) -> Place:
    """The place of a setting that was written in a table, but is known without."""
    return (AS_TABLES[place],) if place in AS_TABLES else place

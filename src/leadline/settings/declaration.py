"""What is known of a setting, and of a table of settings, before anybody sets it."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from leadline.settings.notations import Notation, number_between


class Declaration(msgspec.Struct, frozen=True):
    """What is known of a setting before anybody sets it.

    `default` is written as a user would write it; `aliases` are further environment names.
    """

    default: str
    meaning: str
    notation: Notation
    secret: bool = False
    aliases: tuple[str, ...] = ()


class SettingsTable(msgspec.Struct, frozen=True):
    """A table of tables: what one entry may say, and what it becomes.

    `what` is what an entry is called. `maps` are tables within an entry: the names that each may
    have, or None for any, and how a value is written. `make` gives the class of an entry when
    there is one. Where not all names are allowed, `known` gives those that are, and `exists` says
    whether one is, which costs less.
    """

    what: str
    settings: Mapping[str, Declaration]
    make: Callable[[], type[Any]]
    maps: Mapping[str, tuple[tuple[str, ...] | None, Declaration]] = {}
    known: Callable[[], tuple[str, ...]] | None = None
    exists: Callable[[str], bool] | None = None


_SCORE = number_between(-1e9, 1e9)

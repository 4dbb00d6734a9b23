"""The declaration of a setting: one field of a struct, with its default, meaning and notation.

`port: int = setting("8080", "The port to listen on.", whole_number(0, 65_535))` makes a field whose
default is 8080, and a `Declaration` for reading values, for messages and for the reference page.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from leadline.settings.notation.notations import WORDS, Notation, number_between

SCORE = number_between(-1e9, 1e9)
"""The notation of a lead's score."""


class Declaration(msgspec.Struct, frozen=True):
    """The declaration of a setting.

    `default` is text, as a user would write it. `aliases` are further names of its environment
    variable. A `needed` setting must be set: its default is empty. `replaces` are the settings of
    the same entry that have no effect if this one is set.
    """

    default: str
    meaning: str
    notation: Notation
    secret: bool = False
    needed: bool = False
    aliases: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()

    @property
    def value(self) -> Any:
        """The default as a value, read by the notation."""
        # WORDS refuses empty text, because a secret from an empty variable would admit everybody.
        if not self.default and self.notation is WORDS:
            return ()
        return self.notation.read(self.default)


class InnerTable(msgspec.Struct, frozen=True):
    """The declaration of a table within an entry, such as `[sources.NAME.map]`: the allowed
    `names` (None: any), and the declaration of each value."""

    names: tuple[str, ...] | None
    entry: Declaration


def setting(
    default: str,
    meaning: str,
    notation: Notation,
    *,
    secret: bool = False,
    needed: bool = False,
    aliases: tuple[str, ...] = (),
    replaces: tuple[str, ...] = (),
) -> Any:
    """Declare a field of a `SettingsStruct`; see `Declaration`."""
    return Declaration(default, meaning, notation, secret, needed, aliases, replaces)


def optional(meaning: str, notation: Notation, unset: Any = None) -> Any:
    """Declare a field whose default, *unset*, is a value that its notation cannot express."""
    return _Optional("", meaning, notation, unset=unset)


def inner_table(names: tuple[str, ...] | None, meaning: str, notation: Notation) -> Any:
    """Declare a field of a `SettingsStruct` that is a table itself; see `InnerTable`."""
    return InnerTable(names, Declaration("", meaning, notation))


class _Optional(Declaration, frozen=True):
    unset: Any = None

    @property
    def value(self) -> Any:
        return self.unset


class _Declaring(msgspec.StructMeta):
    """Replaces each declaration in the class body by its default value, and keeps it aside."""

    def __new__(
        mcls, name: str, bases: tuple[type, ...], body: dict[str, Any], **options: Any
    ) -> type:
        settings: dict[str, Declaration] = {}
        inner: dict[str, InnerTable] = {}
        for base in bases:
            settings |= getattr(base, "__settings__", {})
            inner |= getattr(base, "__inner_tables__", {})
        for field, declared in list(body.items()):
            if isinstance(declared, Declaration):
                settings[field], body[field] = declared, declared.value
            elif isinstance(declared, InnerTable):
                inner[field], body[field] = declared, {}
        body |= {"__settings__": settings, "__inner_tables__": inner}
        return super().__new__(mcls, name, bases, body, **options)


class SettingsStruct(msgspec.Struct, metaclass=_Declaring, frozen=True):
    """A group of settings. Fields are declared by `setting`, `optional` or `inner_table`."""

    def missing(self) -> tuple[str, ...]:
        """The names of needed settings that are empty."""
        known = settings_of(type(self))
        return tuple(n for n, d in known.items() if d.needed and not getattr(self, n))

    def __repr__(self) -> str:
        """All fields except secrets, so that a printed value leaks none to a log."""
        known = settings_of(type(self))
        told = [n for n in self.__struct_fields__ if n not in known or not known[n].secret]
        return f"{type(self).__name__}({', '.join(f'{n}={getattr(self, n)!r}' for n in told)})"


def settings_of(struct: type[SettingsStruct]) -> Mapping[str, Declaration]:
    """The settings of a struct by name, in the order of declaration."""
    found: Mapping[str, Declaration] = struct.__settings__  # type: ignore[attr-defined]
    return found


def inner_tables_of(struct: type[SettingsStruct]) -> Mapping[str, InnerTable]:
    """The inner tables of a struct by name."""
    found: Mapping[str, InnerTable] = struct.__inner_tables__  # type: ignore[attr-defined]
    return found

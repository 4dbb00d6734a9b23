"""What is known of a setting before anybody sets it, said once: as the field of a struct.

`port: int = setting("8080", "The port to listen on.", whole_number(0, 65_535))` is a field whose
default is 8080, and a `Declaration` that reading, messages and the reference page go by.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from leadline.settings.notations import WORDS, Notation, number_between

SCORE = number_between(-1e9, 1e9)
"""How a lead's score is written."""


class Declaration(msgspec.Struct, frozen=True):
    """What is known of a setting.

    `default` is written as a user would write it; `aliases` are further environment names. What is
    `needed` has no default that would do.
    """

    default: str
    meaning: str
    notation: Notation
    secret: bool = False
    needed: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def value(self) -> Any:
        """The default as it is read."""
        # Words that are set are never empty: a variable that came out empty would let everybody in.
        if not self.default and self.notation is WORDS:
            return ()
        return self.notation.read(self.default)


class InnerTable(msgspec.Struct, frozen=True):
    """What is known of a table within an entry, such as `[sources.NAME.map]`: the `names` that it
    may have, or None for any, and how a value is written."""

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
) -> Any:
    """The field of a `SettingsStruct`, declared; see `Declaration`."""
    return Declaration(default, meaning, notation, secret, needed, aliases)


def optional(meaning: str, notation: Notation, unset: Any = None) -> Any:
    """A field without a default that its notation could read: it is *unset* until it is set."""
    return _Optional("", meaning, notation, unset=unset)


def inner_table(names: tuple[str, ...] | None, meaning: str, notation: Notation) -> Any:
    """The field of a `SettingsStruct` that is a table by itself; see `InnerTable`."""
    return InnerTable(names, Declaration("", meaning, notation))


class _Optional(Declaration, frozen=True):
    unset: Any = None

    @property
    def value(self) -> Any:
        return self.unset


class _Declaring(msgspec.StructMeta):
    """Takes what is declared out of the class's body, where it stands in place of defaults."""

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
    """Settings that belong together; each field is declared by `setting` and its like."""

    def missing(self) -> tuple[str, ...]:
        """What is needed and empty, by name."""
        known = settings_of(type(self))
        return tuple(n for n, d in known.items() if d.needed and not getattr(self, n))

    def __repr__(self) -> str:
        """All but the secrets, which must not reach a log through a printed value."""
        known = settings_of(type(self))
        told = [n for n in self.__struct_fields__ if n not in known or not known[n].secret]
        return f"{type(self).__name__}({', '.join(f'{n}={getattr(self, n)!r}' for n in told)})"


def settings_of(struct: type[SettingsStruct]) -> Mapping[str, Declaration]:
    """The settings of a struct by name, in the order of their declaration."""
    found: Mapping[str, Declaration] = struct.__settings__  # type: ignore[attr-defined]
    return found


def inner_tables_of(struct: type[SettingsStruct]) -> Mapping[str, InnerTable]:
    """The tables within a struct, by name."""
    found: Mapping[str, InnerTable] = struct.__inner_tables__  # type: ignore[attr-defined]
    return found

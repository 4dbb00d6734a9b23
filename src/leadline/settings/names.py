"""Resolves the names of settings to their declarations, and words the errors for unknown names."""

from collections.abc import Iterable, Iterator

from leadline.settings.declaration import (
    Declaration,
    InnerTable,
    SettingsStruct,
    inner_tables_of,
    settings_of,
)
from leadline.settings.files import SettingPath
from leadline.settings.layers import RawSetting, Spell, dotted
from leadline.settings.tables import TABLES
from leadline.settings.top.general import AS_TABLES, PREFIX, declared


class Names:
    """The names of all settings. *written* are the values of all layers, which give the kind of
    each entry of a table."""

    def __init__(self, written: Iterable[RawSetting]) -> None:
        written = list(written)
        self._given = {each.path for each in written if each.value != ""}
        self._kinds: dict[SettingPath, str] = {
            each.path[:2]: each.value.strip().lower()
            for each in written
            if len(each.path) == 3 and each.path[2] == "kind" and isinstance(each.value, str)
        }
        self._structs: dict[SettingPath, type[SettingsStruct]] = {}

    def struct(self, path: SettingPath) -> type[SettingsStruct]:
        """The struct of the table entry that contains this path."""
        entry = path[:2]
        if entry not in self._structs:
            structs = TABLES[path[0]].structs()
            self._structs[entry] = structs.get(self._kind(path), structs[""])
        return self._structs[entry]

    def complaint(self, path: SettingPath, spell: Spell) -> str | None:
        """The error message for a name; None if it is known. *spell* writes suggestions."""
        table = TABLES.get(path[0])
        if table is None:
            if len(path) == 1 and path[0] in declared():
                return None
            above = path[:-1]
            if above and (inside := [name for *within, name in AS_TABLES if (*within,) == above]):
                return _unknown("setting", ".".join(path), inside, spell, above)
            return _unknown("setting", ".".join(path), [*declared(), *TABLES], spell)
        if len(path) > 1 and table.known and table.exists and not table.exists(path[1]):
            return _unknown(table.what, path[1], table.known(), spell, path[:1])
        if len(path) <= 2:
            return None
        return self._complaint_of_entry(path, spell)

    def _complaint_of_entry(self, path: SettingPath, spell: Spell) -> str | None:
        if inner := self._inner_table(path):
            name = ".".join(path[3:])
            if len(path) == 3 or inner.names is None or name in inner.names:
                return None
            return _unknown("field of a lead", name, inner.names, spell, path[:3])
        struct, name = self.struct(path), ".".join(path[2:])
        if name in settings_of(struct) or kinds_with(path[0], name):
            return None
        what, kind = TABLES[path[0]].what, self._kind(path)
        of_kind = f" of kind {kind}" if kind in TABLES[path[0]].structs() and kind else ""
        known = [*settings_of(struct), *inner_tables_of(struct)]
        return _unknown(f"setting of a {what}{of_kind}", name, known, spell, path[:2])

    def unused(self, path: SettingPath) -> str | None:
        """Why a setting has no effect: another setting replaces it, or its entry's kind has no such
        setting, though other kinds do. None if it has an effect."""
        if path[0] not in TABLES or self._inner_table(path):
            return None
        own = settings_of(self.struct(path))
        if path[2] in own:
            entry = path[:2]
            by = [n for n, d in own.items() if path[2] in d.replaces and (*entry, n) in self._given]
            return f"{by[0]} replaces it" if by else None
        others = ", ".join(kinds_with(path[0], path[2]))
        return f"kind {self._kind(path) or 'none'} does not use it, only {others}"

    def is_table(self, path: SettingPath) -> bool:
        """Whether a known path is a table rather than a setting."""
        return path[0] in TABLES and (
            len(path) < 3 or (len(path) == 3 and self._inner_table(path) is not None)
        )

    def only_a_table(self, path: SettingPath, spell: Spell) -> str:
        """The error message for a value in place of a table."""
        table = TABLES[path[0]]
        if inner := self._inner_table(path):
            inside: SettingPath = ((inner.names or ("name",))[0],)
        else:
            example = (table.known or (lambda: ("name",)))()[0]
            first = next(iter(settings_of(self.struct(path))))
            inside = (path[0], example, first)[len(path) :]
        return f"{spell(path)} only holds settings, such as {spell((*path, *inside))}"

    def declaration(self, path: SettingPath) -> Declaration:
        """The declaration of a known path that is not a table."""
        if path[0] not in TABLES:
            return declared()[path[0]]
        if inner := self._inner_table(path):
            return inner.entry
        own, name = settings_of(self.struct(path)), path[2]
        if name in own:
            return own[name]
        return settings_of(TABLES[path[0]].structs()[kinds_with(path[0], name)[0]])[name]

    def _kind(self, path: SettingPath) -> str:
        if len(path) < 2:
            return ""
        usual = TABLES[path[0]].usual_kind
        return self._kinds.get(path[:2]) or (usual(path[1]) if usual else "")

    def _inner_table(self, path: SettingPath) -> InnerTable | None:
        return inner_tables_of(self.struct(path)).get(path[2]) if len(path) > 2 else None


def kinds_with(table: str, name: str) -> tuple[str, ...]:
    """The kinds of entries in a table that have a setting of this name."""
    return tuple(k for k, s in TABLES[table].structs().items() if k and name in settings_of(s))


def empty_entries(written: Iterable[RawSetting], values: Iterable[SettingPath]) -> Iterator[str]:
    """An error message for each empty table of a CRM, a channel and so on, which would otherwise
    be ignored. An empty table of a source is allowed, because sources need no settings."""
    filled = {path[:2] for path in values}
    for each in written:
        path = each.path
        wanted = len(path) == 2 and path[0] in TABLES and path[0] != "sources"
        if each.value == {} and wanted and path not in filled:
            name = dotted(path)
            yield f"{each.origin}: [{name}] is empty; add a setting to it, or remove it"


def _unknown(
    what: str, name: str, known: Iterable[str], spell: Spell, above: SettingPath = ()
) -> str:
    known = list(known)
    alike = (
        name.removeprefix(f"{'.'.join(above)}.")
        .lower()
        .replace("-", "_")
        .removeprefix(PREFIX.lower())
    )
    import difflib  # imported here: 9 ms, needed only for suggestions

    near = difflib.get_close_matches(alike, known, 1)
    hint = f"; did you mean {spell((*above, near[0]))}?" if near else ""
    return f"there is no {what} {name!r}{hint} (there are: {', '.join(known)})"

"""Resolves the names of settings to their declarations, and words the errors for unknown names."""

from collections.abc import Iterable, Iterator

from leadline.settings.declaration import (
    Declaration,
    InnerTable,
    SettingsStruct,
    inner_tables_of,
    settings_of,
)
from leadline.settings.files import Place
from leadline.settings.general import PREFIX, declared
from leadline.settings.layers import RawSetting, Spell, dotted
from leadline.settings.tables import TABLES


class Names:
    """The names of all settings. *written* are the values of all layers, which give the kind of
    each entry of a table."""

    def __init__(self, written: Iterable[RawSetting]) -> None:
        self._kinds: dict[Place, str] = {
            each.place[:2]: each.value.strip().lower()
            for each in written
            if len(each.place) == 3 and each.place[2] == "kind" and isinstance(each.value, str)
        }
        self._structs: dict[Place, type[SettingsStruct]] = {}

    def struct(self, place: Place) -> type[SettingsStruct]:
        """The struct of the table entry that contains this path."""
        entry = place[:2]
        if entry not in self._structs:
            structs = TABLES[place[0]].structs()
            self._structs[entry] = structs.get(self._kind(place), structs[""])
        return self._structs[entry]

    def complaint(self, place: Place, spell: Spell) -> str | None:
        """The error message for a name; None if it is known. *spell* writes suggestions."""
        table = TABLES.get(place[0])
        if table is None:
            if len(place) == 1 and place[0] in declared():
                return None
            return _unknown("setting", ".".join(place), [*declared(), *TABLES], spell)
        if len(place) > 1 and table.known and table.exists and not table.exists(place[1]):
            return _unknown(table.what, place[1], table.known(), spell, place[:1])
        if len(place) <= 2:
            return None
        return self._complaint_of_entry(place, spell)

    def _complaint_of_entry(self, place: Place, spell: Spell) -> str | None:
        if inner := self._inner_table(place):
            name = ".".join(place[3:])
            if len(place) == 3 or inner.names is None or name in inner.names:
                return None
            return _unknown("field of a lead", name, inner.names, spell, place[:3])
        struct, name = self.struct(place), ".".join(place[2:])
        if name in settings_of(struct) or kinds_with(place[0], name):
            return None
        what, kind = TABLES[place[0]].what, self._kind(place)
        of_kind = f" of kind {kind}" if kind in TABLES[place[0]].structs() and kind else ""
        known = [*settings_of(struct), *inner_tables_of(struct)]
        return _unknown(f"setting of a {what}{of_kind}", name, known, spell, place[:2])

    def unused(self, place: Place) -> str | None:
        """Why a setting has no effect: its entry's kind has no such setting, though other kinds
        do. None if it has an effect."""
        if place[0] not in TABLES or self._inner_table(place):
            return None
        if place[2] in settings_of(self.struct(place)):
            return None
        others = ", ".join(kinds_with(place[0], place[2]))
        return f"kind {self._kind(place) or 'none'} does not use it, only {others}"

    def is_table(self, place: Place) -> bool:
        """Whether a known path is a table rather than a setting."""
        return place[0] in TABLES and (
            len(place) < 3 or (len(place) == 3 and self._inner_table(place) is not None)
        )

    def only_a_table(self, place: Place, spell: Spell) -> str:
        """The error message for a value in place of a table."""
        table = TABLES[place[0]]
        if inner := self._inner_table(place):
            inside: Place = ((inner.names or ("name",))[0],)
        else:
            example = (table.known or (lambda: ("name",)))()[0]
            first = next(iter(settings_of(self.struct(place))))
            inside = (place[0], example, first)[len(place) :]
        return f"{spell(place)} only holds settings, such as {spell((*place, *inside))}"

    def declaration(self, place: Place) -> Declaration:
        """The declaration of a known path that is not a table."""
        if place[0] not in TABLES:
            return declared()[place[0]]
        if inner := self._inner_table(place):
            return inner.entry
        own, name = settings_of(self.struct(place)), place[2]
        if name in own:
            return own[name]
        return settings_of(TABLES[place[0]].structs()[kinds_with(place[0], name)[0]])[name]

    def _kind(self, place: Place) -> str:
        if len(place) < 2:
            return ""
        usual = TABLES[place[0]].usual_kind
        return self._kinds.get(place[:2]) or (usual(place[1]) if usual else "")

    def _inner_table(self, place: Place) -> InnerTable | None:
        return inner_tables_of(self.struct(place)).get(place[2]) if len(place) > 2 else None


def kinds_with(table: str, name: str) -> tuple[str, ...]:
    """The kinds of entries in a table that have a setting of this name."""
    return tuple(k for k, s in TABLES[table].structs().items() if k and name in settings_of(s))


def empty_entries(written: Iterable[RawSetting], values: Iterable[Place]) -> Iterator[str]:
    """An error message for each empty table of a CRM, a channel and so on, which would otherwise
    be ignored. An empty table of a source is allowed, because sources need no settings."""
    filled = {place[:2] for place in values}
    for each in written:
        place = each.place
        wanted = len(place) == 2 and place[0] in TABLES and place[0] != "sources"
        if each.value == {} and wanted and place not in filled:
            name = dotted(place)
            yield f"{each.origin}: [{name}] is empty; add a setting to it, or remove it"


def _unknown(what: str, name: str, known: Iterable[str], spell: Spell, above: Place = ()) -> str:
    known = list(known)
    alike = name.lower().replace("-", "_").removeprefix(PREFIX.lower())
    import difflib  # imported here: 9 ms, needed only for suggestions

    near = difflib.get_close_matches(alike, known, 1)
    hint = f"; did you mean {spell((*above, near[0]))}?" if near else ""
    return f"there is no {what} {name!r}{hint} (there are: {', '.join(known)})"

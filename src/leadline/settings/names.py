"""What the names of settings mean, and what is said of one that means nothing."""

from collections.abc import Iterable, Iterator
from typing import Any

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


def struct_of(place: Place) -> type[SettingsStruct]:
    """What the entry becomes that a place is in, of a table of tables."""
    return TABLES[place[0]].struct()


def complaint(place: Place, spell: Spell) -> str | None:
    """What is wrong with a name, or None; *spell* writes the right one as its layer does."""
    table = TABLES.get(place[0])
    if table is None:
        if len(place) == 1 and place[0] in declared():
            return None
        return _unknown("setting", ".".join(place), [*declared(), *TABLES], spell)
    if len(place) > 1 and table.known and table.exists and not table.exists(place[1]):
        return _unknown(table.what, place[1], table.known(), spell, place[:1])
    if len(place) <= 2:
        return None
    if inner := _inner_table(place):
        name = ".".join(place[3:])
        if len(place) == 3 or inner.names is None or name in inner.names:
            return None
        return _unknown("field of a lead", name, inner.names, spell, place[:3])
    struct, name = struct_of(place), ".".join(place[2:])
    if name in settings_of(struct):
        return None
    known_settings = [*settings_of(struct), *inner_tables_of(struct)]
    return _unknown(f"setting of a {table.what}", name, known_settings, spell, place[:2])


def is_table(place: Place) -> bool:
    """Whether a known place holds settings and is none itself."""
    return place[0] in TABLES and (
        len(place) < 3 or (len(place) == 3 and _inner_table(place) is not None)
    )


def only_a_table(place: Place, spell: Spell) -> str:
    """What is said of a value where a table belongs."""
    table = TABLES[place[0]]
    if inner := _inner_table(place):
        inside: Place = ((inner.names or ("name",))[0],)
    else:
        example = (table.known or (lambda: ("name",)))()[0]
        inside = (place[0], example, next(iter(settings_of(table.struct()))))[len(place) :]
    return f"{spell(place)} only holds settings, such as {spell((*place, *inside))}"


def declaration_of(place: Place) -> Declaration:
    """The declaration of a known place that is no table."""
    if place[0] not in TABLES:
        return declared()[place[0]]
    inner = _inner_table(place)
    return inner.entry if inner else settings_of(struct_of(place))[place[2]]


def empty_entries(written: Iterable[RawSetting], values: Iterable[Place]) -> Iterator[str]:
    """A complaint of each table of a CRM, a channel and so on that nothing is set in, and that
    would be passed over; a source is one without settings, too."""
    filled = {place[:2] for place in values}
    for each in written:
        place = each.place
        wanted = len(place) == 2 and place[0] in TABLES and place[0] != "sources"
        if each.value == {} and wanted and place not in filled:
            name = dotted(place)
            yield f"{each.origin}: [{name}] is empty; set something there, or take it out"


def set_in_tables(values: Iterable[tuple[Place, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    """The values of tables, by table, entry and setting."""
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for place, value in values:
        if place[0] not in TABLES:
            continue
        entry = tables.setdefault(place[0], {}).setdefault(place[1], {})
        if _inner_table(place):
            entry.setdefault(place[2], {})[".".join(place[3:])] = value
        else:
            entry[place[2]] = value
    return tables


def _inner_table(place: Place) -> InnerTable | None:
    return inner_tables_of(struct_of(place)).get(place[2]) if len(place) > 2 else None


def _unknown(what: str, name: str, known: Iterable[str], spell: Spell, above: Place = ()) -> str:
    known = list(known)
    alike = name.lower().replace("-", "_").removeprefix(PREFIX.lower())
    import difflib  # 9 ms that nobody pays who makes no mistake

    near = difflib.get_close_matches(alike, known, 1)
    hint = f"; did you mean {spell((*above, near[0]))}?" if near else ""
    return f"there is no {what} {name!r}{hint} (there are: {', '.join(known)})"

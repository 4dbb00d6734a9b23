"""Settings are read once, at the door: flag, environment, `.env`, TOML, default, in that order.

Every wrong name and value of every layer is collected, so that one look mends them all.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.settings.declaration import Declaration
from leadline.settings.files import Place, parse_toml, read_dotenv, read_toml
from leadline.settings.general import AS_TABLES, PREFIX, Settings, declared
from leadline.settings.notations import DURATION, PERIOD, WORDS
from leadline.settings.references import unknown_names
from leadline.settings.tables import TABLES

CONFIG = "leadline.toml"
CONFIG_VARIABLE = "LEADLINE_CONFIG"
"""The one variable of ours that is no setting: it names the TOML file."""

_MASK = "••••"
_SHOWN_LIMIT = 60

Spell = Callable[[Place], str]
"""How a layer writes a setting's name."""


class Origin(msgspec.Struct, frozen=True):
    """One value as it was written, with where it came from, in words; secrets are masked."""

    name: str
    shown: str
    origin: str


class Loaded(msgspec.Struct, frozen=True):
    """The settings, and where each came from: first our own, as declared, then those of tables.

    `secret_files` are the files that hold secrets.
    """

    settings: Settings
    origins: tuple[Origin, ...]
    secret_files: tuple[Path, ...] = ()


class _Given(msgspec.Struct, frozen=True):
    place: Place
    value: object
    origin: str


def load(
    flags: Mapping[str, object] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    config: Path | None = None,
    document: tuple[str, str] | None = None,
) -> Loaded:
    """Read all settings; *flags* are only those that the user gave, by the name of the setting.

    *folder* is where `.env` and `leadline.toml` are looked for (the current one by default);
    *config* names another TOML file, as does the variable LEADLINE_CONFIG. *document* is a TOML
    text with what to call it, and then no file is read at all.
    Raises ConfigurationError, which lists every problem on a line of its own.
    """
    folder = Path() if folder is None else folder
    environ = os.environ if environ is None else environ
    problems: list[str] = []
    dotenv = {} if document else read_dotenv(folder / ".env", problems)
    named = environ.get(CONFIG_VARIABLE) or dotenv.get(CONFIG_VARIABLE, ("", ""))[0]
    if config is None and named:
        config = folder / named
    written = _values_of(document, folder, config, problems)
    layers = (
        _from_toml(written, problems),
        _from_variables(dotenv, problems),
        _from_variables({n: (v, f"environment {n}") for n, v in environ.items()}, problems),
        _from_flags(flags or {}, problems),
    )
    given: dict[Place, _Given] = {}
    values: dict[Place, Any] = {}
    for each in (each for layer in layers for each in layer):
        given[each.place] = each
        values[each.place] = _read(each, problems)
    problems += _empty_entries(written, values)
    _refuse(problems)
    settings = _assemble(values)
    _refuse(
        f"{given[place].origin}: {_dotted(place)}: {words}"
        for place, words in unknown_names(settings)
    )
    files = {} if document else {config or folder / CONFIG: layers[0], folder / ".env": layers[1]}
    return Loaded(settings, tuple(_origins(given, values)), tuple(_with_secrets(files)))


def _refuse(problems: Iterable[str]) -> None:
    """Raise ConfigurationError where there are any."""
    if problems := list(problems):
        raise ConfigurationError("the settings are wrong:\n  " + "\n  ".join(problems))


# --- the layers -------------------------------------------------------------------------------


def _values_of(
    document: tuple[str, str] | None, folder: Path, config: Path | None, problems: list[str]
) -> list[tuple[Place, Any, str]]:
    if document is not None:
        return parse_toml(*document, problems)
    path = config or folder / CONFIG
    shown = CONFIG if config is None else str(config)
    return read_toml(path, shown, problems, required=config is not None)


def _from_toml(values: list[tuple[Place, Any, str]], problems: list[str]) -> list[_Given]:
    given: list[_Given] = []
    for written, value, origin in values:
        place = _flat(written)
        if complaint := _complaint(place, _dotted):
            problems.append(f"{origin}: {complaint}")
        elif not _is_table(place):
            # In a file there are lists, so a text is one word, whatever stands in it.
            is_word = isinstance(value, str) and _declaration(place).notation is WORDS
            given.append(_Given(place, [value] if is_word else value, origin))
        elif value != {}:
            problems.append(f"{origin}: {_only_a_table(place, _dotted)}")
    return given


def _empty_entries(written: list[tuple[Place, Any, str]], values: Iterable[Place]) -> Iterator[str]:
    """A complaint of each table of a CRM, a channel and so on that nothing is set in, and that
    would be passed over; a source is one without settings, too."""
    filled = {place[:2] for place in values}
    for place, value, origin in written:
        wanted = len(place) == 2 and place[0] in TABLES and place[0] != "sources"
        if value == {} and wanted and place not in filled:
            name = _dotted(place)
            yield f"{origin}: [{name}] is empty; set something there, or take it out"


def _from_variables(
    variables: Mapping[str, tuple[str | None, str]], problems: list[str]
) -> list[_Given]:
    aliases = {alias: (n,) for n, d in declared().items() for alias in d.aliases}
    given: list[_Given] = []
    # Aliases first, so that a name of our own wins over its alias.
    for name in sorted(variables, key=lambda name: name.startswith(PREFIX)):
        if name == CONFIG_VARIABLE or not (name.startswith(PREFIX) or name in aliases):
            continue
        value, origin = variables[name]
        parts = tuple(name.removeprefix(PREFIX).lower().split("__"))
        place = aliases.get(name) or _flat(parts)
        if complaint := _complaint(place, _variable):
            problems.append(f"{origin}: {complaint}")
        elif _is_table(place):
            problems.append(f"{origin}: {_only_a_table(place, _variable)}")
        elif value is None:
            problems.append(f"{origin}: {name} has no value; write {name}=value")
        else:
            given.append(_Given(place, value, origin))
    return given


def _from_flags(flags: Mapping[str, object], problems: list[str]) -> list[_Given]:
    given: list[_Given] = []
    for name, value in flags.items():
        origin = f"flag {_flag((name,))}"
        if name in declared():
            given.append(_Given((name,), value, origin))
        else:
            problems.append(f"{origin}: {_unknown('setting', name, declared(), _flag)}")
    return given


def _flat(place: Place) -> Place:
    """The place of a setting that was written in a table, but is known without."""
    return (AS_TABLES[place],) if place in AS_TABLES else place


def _dotted(place: Place) -> str:
    return ".".join(place)


def _variable(place: Place) -> str:
    return PREFIX + "__".join(place).upper()


def _flag(place: Place) -> str:
    return "--" + "-".join(place).replace("_", "-")


# --- names ------------------------------------------------------------------------------------


def _complaint(place: Place, spell: Spell) -> str | None:
    """What is wrong with a name, or None; *spell* writes the right one as its layer does."""
    table = TABLES.get(place[0])
    if table is None:
        if len(place) == 1 and place[0] in declared():
            return None
        return _unknown("setting", ".".join(place), [*declared(), *TABLES], spell)
    if len(place) > 1 and table.known and table.exists and not table.exists(place[1]):
        return _unknown(table.what, place[1], table.known(), spell, place[:1])
    if len(place) > 2 and place[2] in table.maps:
        name, allowed = ".".join(place[3:]), table.maps[place[2]][0]
        if len(place) == 3 or allowed is None or name in allowed:
            return None
        return _unknown("field of a lead", name, allowed, spell, place[:3])
    name = ".".join(place[2:])
    if len(place) <= 2 or name in table.settings:
        return None
    known_settings = [*table.settings, *table.maps]
    return _unknown(f"setting of a {table.what}", name, known_settings, spell, place[:2])


def _unknown(what: str, name: str, known: Iterable[str], spell: Spell, above: Place = ()) -> str:
    known = list(known)
    alike = name.lower().replace("-", "_").removeprefix(PREFIX.lower())
    import difflib  # 9 ms that nobody pays who makes no mistake

    near = difflib.get_close_matches(alike, known, 1)
    hint = f"; did you mean {spell((*above, near[0]))}?" if near else ""
    return f"there is no {what} {name!r}{hint} (there are: {', '.join(known)})"


def _is_table(place: Place) -> bool:
    """Whether a known place holds settings and is none itself."""
    table = TABLES.get(place[0])
    return table is not None and (len(place) < 3 or (len(place) == 3 and place[2] in table.maps))


def _only_a_table(place: Place, spell: Spell) -> str:
    table = TABLES[place[0]]
    if len(place) == 3:
        inside: Place = ((table.maps[place[2]][0] or ("name",))[0],)
    else:
        example = (table.known or (lambda: ("name",)))()[0]
        inside = (place[0], example, next(iter(table.settings)))[len(place) :]
    return f"{spell(place)} only holds settings, such as {spell((*place, *inside))}"


def _declaration(place: Place) -> Declaration:
    """The declaration of a known place that is no table."""
    table = TABLES.get(place[0])
    if table is None:
        return declared()[place[0]]
    return table.maps[place[2]][1] if place[2] in table.maps else table.settings[place[2]]


# --- values -----------------------------------------------------------------------------------


def _read(given: _Given, problems: list[str]) -> Any:
    declaration = _declaration(given.place)
    try:
        return declaration.notation.read(given.value)
    except (ValueError, OverflowError):
        text = str(given.value).strip()
        if given.value in ("", [], [""]) or not text:
            value = "empty"
        else:
            value = "this value" if declaration.secret else f"{text[:_SHOWN_LIMIT]!r}"
        needs_unit = declaration.notation in (DURATION, PERIOD) and text.isdecimal() and int(text)
        hint = f"; add a unit, such as {text}s or {text}m" if needs_unit else ""
        problems.append(
            f"{given.origin}: {_dotted(given.place)} must be {declaration.notation.words}, "
            f"not {value}{hint}"
        )
        return None


def _assemble(values: Mapping[Place, Any]) -> Settings:
    own = {place[0]: value for place, value in values.items() if place[0] not in TABLES}
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for place, value in values.items():
        if place[0] not in TABLES:
            continue
        entry = tables.setdefault(place[0], {}).setdefault(place[1], {})
        if place[2] in TABLES[place[0]].maps:
            entry.setdefault(place[2], {})[".".join(place[3:])] = value
        else:
            entry[place[2]] = value
    made: dict[str, Any] = {
        name: {entry: TABLES[name].make()(**said) for entry, said in entries.items()}
        for name, entries in tables.items()
    }
    return Settings(**own, **made)


def _origins(given: Mapping[Place, _Given], values: Mapping[Place, Any]) -> Iterable[Origin]:
    """All of our own settings, then what is set of tables."""
    own: list[Place] = [(name,) for name in declared()]
    for place in own + sorted(place for place in given if place[0] in TABLES):
        declaration = _declaration(place)
        if place not in given:
            yield Origin(_dotted(place), declaration.default, "default")
            continue
        written = given[place].value
        shown = ", ".join(map(str, written)) if isinstance(written, list) else str(written)
        if declaration.secret:
            shown = _masked(values[place])
        yield Origin(_dotted(place), shown, given[place].origin)


def _with_secrets(files: Mapping[Path, list[_Given]]) -> Iterator[Path]:
    for path, layer in files.items():
        if any(_declaration(each.place).secret for each in layer):
            yield path


def _masked(value: str | tuple[str, ...]) -> str:
    """Enough of each secret to tell two apart, and only of long ones."""
    secrets = (value,) if isinstance(value, str) else value
    return " ".join(_MASK + (s[-2:] if len(s) > 12 else "") for s in secrets if s)

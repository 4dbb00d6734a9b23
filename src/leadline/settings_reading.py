"""Settings are read once, at the door: flag, environment, `.env`, TOML, default, in that order.

Every wrong name and value is collected, so that one look mends them all.
"""

import difflib
import io
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream

from leadline.errors import ConfigurationError
from leadline.settings import (
    MAPPED_FIELDS,
    PREFIX,
    SOURCE_SETTINGS,
    Settings,
    declared,
)
from leadline.sources import SourceConfig, names

CONFIG = "leadline.toml"
_CONFIG_VARIABLE = "LEADLINE_CONFIG"
_MASK = "••••"

Path_ = tuple[str, ...]
"""A setting's place: ("delay",) or ("sources", "close", "secret")."""


@dataclass(frozen=True, slots=True)
class Origin:
    """One value with where it came from, in words; `shown` hides secrets."""

    name: str
    shown: str
    origin: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, and where each came from."""

    settings: Settings
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class _Given:
    path: Path_
    value: object
    origin: str


def load(
    flags: Mapping[str, object] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    config: Path | None = None,
) -> Loaded:
    """Read all settings; *flags* are only those that the user gave.

    *folder* is where `.env` and `leadline.toml` are looked for (the current one by default).
    Raises ConfigurationError, which lists every problem on a line of its own.
    """
    environ = os.environ if environ is None else environ
    folder = Path() if folder is None else folder
    problems: list[str] = []
    layers = (
        _from_toml(_config_file(environ, folder, config), problems),
        _from_variables(_dotenv(folder / ".env", problems), problems),
        _from_variables(
            {name: (value, f"environment {name}") for name, value in environ.items()}, problems
        ),
        [_Given((k,), v, f"flag --{k.replace('_', '-')}") for k, v in (flags or {}).items()],
    )
    given = {g.path: g for layer in layers for g in layer}
    values = {path: _read(g, problems) for path, g in given.items()}
    if problems:
        raise ConfigurationError("the settings are wrong:\n  " + "\n  ".join(problems))
    return Loaded(_assemble(values), tuple(_origins(given, values)))


# --- where values stand -------------------------------------------------------------------------


def _config_file(
    environ: Mapping[str, str], folder: Path, config: Path | None
) -> tuple[Path, bool]:
    """The TOML file, and whether it was asked for by name and so must exist."""
    if config is not None:
        return config, True
    if environ.get(_CONFIG_VARIABLE):
        return Path(environ[_CONFIG_VARIABLE]), True
    return folder / CONFIG, False


def _from_toml(file: tuple[Path, bool], problems: list[str]) -> list[_Given]:
    path, required = file
    try:
        text = path.read_text(encoding="utf-8")
        tree = tomllib.loads(text)
    except FileNotFoundError:
        if required:
            problems.append(f"{path}: there is no such file")
        return []
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{path}: {error}")
        return []
    given: list[_Given] = []
    for place, value in _flattened(tree):
        line = _line_of(text, place)
        origin = f"{path.name} line {line}"
        complaint = _complaint_of_name(place)
        if complaint:
            problems.append(f"{origin}: {complaint}")
        else:
            given.append(_Given(place, value, origin))
    return given


def _flattened(tree: Mapping[str, Any], above: Path_ = ()) -> Iterable[tuple[Path_, Any]]:
    for name, value in tree.items():
        place = (*above, name)
        if isinstance(value, dict):
            yield from _flattened(value, place)
        else:
            yield place, value


def _line_of(text: str, place: Path_) -> int:
    """The line on which a key is set: tomllib does not tell."""
    table: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([^\]]+?)\s*\]", line):
            table = [part.strip(" \"'") for part in header[1].split(".")]
        elif key := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            parts = [part.strip("\"'") for part in key[1].split(".")]
            if tuple(table + parts) == place[: len(table) + len(parts)]:
                return number
    return 1


def _dotenv(path: Path, problems: list[str]) -> dict[str, tuple[str, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path}: {error}")
        return {}
    found: dict[str, tuple[str, str]] = {}
    for binding in parse_stream(io.StringIO(text)):
        written = binding.original.string
        blank = written[: len(written) - len(written.lstrip())]
        line = binding.original.line + blank.count("\n")
        if binding.error:
            problems.append(f".env line {line}: this is not NAME=value")
        elif binding.key and binding.value is not None:
            found[binding.key] = (binding.value, f".env line {line}")
    return found


def _from_variables(variables: Mapping[str, tuple[str, str]], problems: list[str]) -> list[_Given]:
    aliases = {alias: (n,) for n, d in declared().items() for alias in d.metadata["aliases"]}
    given: list[_Given] = []
    for name, (value, origin) in variables.items():
        if name in aliases:
            given.insert(0, _Given(aliases[name], value, origin))  # our own name wins over it
        elif name.startswith(PREFIX) and name != _CONFIG_VARIABLE:
            place = tuple(name.removeprefix(PREFIX).lower().split("__"))
            complaint = _complaint_of_name(place)
            if complaint:
                problems.append(f"{origin}: {complaint}")
            else:
                given.append(_Given(place, value, origin))
    return given


# --- names ------------------------------------------------------------------------------------


def _complaint_of_name(place: Path_) -> str | None:
    if place[0] != "sources":
        return (
            None
            if len(place) == 1 and place[0] in declared()
            else _unknown(".".join(place), [*declared(), "sources"])
        )
    if len(place) < 3:
        return "sources are set as sources.NAME.SETTING"
    if place[1] not in names():
        return _unknown(place[1], names(), what="source")
    if place[2] == "map":
        if len(place) == 4 and place[3] in MAPPED_FIELDS:
            return None
        return _unknown(".".join(place[3:]) or "map", MAPPED_FIELDS, what="field of a lead")
    known = [s.name for s in SOURCE_SETTINGS]
    if len(place) == 3 and place[2] in known:
        return None
    return _unknown(".".join(place[2:]), [*known, "map"], what="setting of a source")


def _unknown(name: str, known: Iterable[str], what: str = "setting") -> str:
    known = list(known)
    near = difflib.get_close_matches(name, known, 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"there is no {what} {name!r}{hint} (there are: {', '.join(known)})"


# --- values -----------------------------------------------------------------------------------


def _form_of(place: Path_) -> tuple[Any, bool]:
    """The form of a setting, and whether it is a secret."""
    if place[0] != "sources":
        metadata = declared()[place[0]].metadata
        return metadata["form"], metadata["secret"]
    if place[2] == "map":
        return None, False
    (found,) = (s for s in SOURCE_SETTINGS if s.name == place[2])
    return found.form, found.secret


def _read(given: _Given, problems: list[str]) -> Any:
    form, secret = _form_of(given.path)
    if form is None:
        return str(given.value)
    try:
        return form.read(given.value)
    except (ValueError, OverflowError):
        value = "this value" if secret else f"{str(given.value)[:60]!r}"
        name = ".".join(given.path)
        unit = " (add a unit)" if re.fullmatch(r"\d+", str(given.value)) else ""
        problems.append(f"{given.origin}: {name} must be {form.words}, not {value}{unit}")
        return None


def _assemble(values: Mapping[Path_, Any]) -> Settings:
    own = {path[0]: value for path, value in values.items() if path[0] != "sources"}
    sources: dict[str, dict[str, Any]] = {}
    for path, value in values.items():
        if path[0] != "sources":
            continue
        config = sources.setdefault(path[1], {})
        if path[2] == "map":
            config.setdefault("map", {})[path[3]] = value
        else:
            config[path[2]] = value
    return Settings(
        **own, sources={name: SourceConfig(**config) for name, config in sources.items()}
    )


def _origins(given: Mapping[Path_, _Given], values: Mapping[Path_, Any]) -> Iterable[Origin]:
    for name, declaration in declared().items():
        if (name,) not in given:
            yield Origin(name, declaration.metadata["default"], "default")
    for place in given:
        _, secret = _form_of(place)
        shown = _masked(values[place]) if secret else str(given[place].value)
        yield Origin(".".join(place), shown, given[place].origin)


def _masked(value: object) -> str:
    secrets = value if isinstance(value, tuple) else (str(value),)
    return " ".join(_MASK + (s[-2:] if len(s) > 12 else "") for s in secrets if s)

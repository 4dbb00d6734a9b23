"""Loads all settings once, at the start. A flag wins over the environment, which wins over `.env`,
TOML and the default, in that order.

One error message lists every wrong name and value of every layer.
"""
# Long because the layers, their checks and the one error message are one reading.

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.settings.checks.experiment_checks import wrong_experiments
from leadline.settings.checks.oauth import wrong_oauth
from leadline.settings.checks.people_checks import wrong_slack_ids
from leadline.settings.checks.references import (
    pages_elsewhere,
    thresholds_in_disorder,
    unknown_names,
)
from leadline.settings.checks.score_checks import wrong_score
from leadline.settings.checks.team_checks import wrong_teams
from leadline.settings.declaration import Declaration
from leadline.settings.files import CARRIED_LISTS, SettingPath, parse_toml, read_dotenv, read_toml
from leadline.settings.layers import (
    CONFIG_VARIABLE,
    RawSetting,
    dotted,
    from_flags,
    from_toml,
    from_variables,
)
from leadline.settings.names import Names, empty_entries
from leadline.settings.notation.notations import DURATION, PERIOD, WORDS, NotationError
from leadline.settings.tables import TABLES
from leadline.settings.top.general import Settings, declared
from leadline.settings.top.oidc import wrong_oidc

if TYPE_CHECKING:
    from leadline.settings.conditions.carried_lists import ReadCarried

CONFIG = "leadline.toml"

MASKED = "••••"
"""What the shown value of a secret begins with."""
_SHOWN_LIMIT = 60
_MOST_TOLD = 200
"""How many wrong names are told: looking for what was meant takes its time for each."""
_MORE = "there is more that is wrong, which is not looked for"


class Origin(msgspec.Struct, frozen=True):
    """One value as written, with its origin ("leadline.toml line 7"); secrets are masked."""

    name: str
    shown: str
    origin: str


class Loaded(msgspec.Struct, frozen=True):
    """The settings and their origins: top-level settings in the order of declaration, then those
    of tables.

    `read` are the files that were read, and `secret_files` those that contain secrets. `unused` has
    a line for each setting without effect: where it is written, and why it has none.
    """

    settings: Settings
    origins: tuple[Origin, ...]
    secret_files: tuple[Path, ...] = ()
    unused: tuple[str, ...] = ()
    read: tuple[Path, ...] = ()


_CHECKS = (
    unknown_names, pages_elsewhere, thresholds_in_disorder, wrong_teams, wrong_oauth, wrong_oidc,
    wrong_experiments, wrong_score,
)  # fmt: skip
"""What is checked of settings that depend on others."""

_Carried = tuple[Mapping[str, str], "ReadCarried | None"]
"""The lists of a document, in place of files: those in its text, and what reads the others."""


class _Given(msgspec.Struct, frozen=True):
    """A value of a known setting. `unused` is why it has no effect; None if it has one."""

    path: SettingPath
    value: object
    origin: str
    declaration: Declaration
    unused: str | None


def load(
    flags: Mapping[str, object] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
    config: Path | None = None,
    document: tuple[str, str] | None = None,
    lists: "ReadCarried | None" = None,
) -> Loaded:
    """Read all settings; *flags* holds only those that the user gave, by the setting's name.

    *folder* is where `.env` and `leadline.toml` are looked for (default: the current folder).
    *config* is the path of another TOML file, as is the variable LEADLINE_CONFIG. *document* is a
    TOML text and its name in messages; then no file is read, and *lists* gives the lists that
    conditions name, when they are needed.
    Raises ConfigurationError, whose message has a line for each problem.
    """
    folder = Path() if folder is None else folder
    environ = os.environ if environ is None else environ
    problems: list[str] = []
    dotenv = {} if document else read_dotenv(folder / ".env", problems)
    named = environ.get(CONFIG_VARIABLE) or dotenv.get(CONFIG_VARIABLE, ("", ""))[0]
    if config is None and named:
        config = folder / named
    values = _values_of(document, folder, config, problems)
    carried = None
    if document:
        carried = {path[1]: text for path, text, _ in values if path[0] == CARRIED_LISTS}
        values = [one for one in values if one[0][0] != CARRIED_LISTS]
    written = (
        from_toml(values),
        from_variables(dotenv),
        from_variables({n: (v, f"environment {n}") for n, v in environ.items()}),
        from_flags(flags or {}),
    )
    files = () if document else (config or folder / CONFIG, folder / ".env")
    return _loaded(written, files, None if carried is None else (carried, lists), problems)


def _loaded(
    written: Sequence[list[RawSetting]],
    files: Sequence[Path],
    carried: "_Carried | None",
    problems: list[str],
) -> Loaded:
    """The settings from all layers, of which the last wins; the first ones come from *files*."""
    names = Names(chain.from_iterable(written))
    layers = [list(_known(layer, names, problems)) for layer in written]
    given = {each.path: each for layer in layers for each in layer}
    values = {each.path: _read(each, problems) for layer in layers for each in layer}
    problems += empty_entries(written[0], values)
    _refuse(problems)
    settings = _assemble(values, names)
    settings, wrong, lists = _with_lists(settings, files, carried)
    for check in _CHECKS:
        wrong += check(settings)
    if carried is None:  # a document may be of an earlier version, which took any Slack id
        wrong += wrong_slack_ids(settings)
    _refuse(
        f"{given[path].origin if path in given else 'default'}: {dotted(path)}: {words}"
        for path, words in wrong
    )
    return Loaded(
        settings,
        tuple(_origins(given, values)),
        tuple(p for p, layer in zip(files, layers, strict=False) if _has_secrets(layer)),
        tuple(
            f"{each.origin}: {dotted(each.path)}: {each.unused}"
            for each in given.values()
            if each.unused
        ),
        tuple(path.absolute() for path in (*files, *lists) if path.is_file()),
    )


def _with_lists(
    settings: Settings, files: Sequence[Path], carried: "_Carried | None"
) -> tuple[Settings, list[tuple[SettingPath, str]], list[Path]]:
    """The settings with the lists that conditions name, what is wrong in these conditions, and the
    files that were read."""
    if not any(rule.when for rule in settings.rules.values()) and not settings.score_points:
        return settings, [], []
    from leadline.settings.conditions import attaching, list_files  # few rules have conditions

    if carried is not None:
        from leadline.settings.conditions.carried_lists import with_carried_lists

        rules, wrong = with_carried_lists(settings.rules, *carried)
        points, more = with_carried_lists(settings.score_points, *carried, table="score_points")
        settings = msgspec.structs.replace(settings, rules=rules, score_points=points)
        return settings, [*wrong, *more], []
    folder = files[0].absolute().parent
    read_list = partial(list_files.read_list, folder)
    rules, wrong = attaching.with_lists(settings.rules, read_list)
    points, more = attaching.with_lists(settings.score_points, read_list, table="score_points")
    settings = msgspec.structs.replace(settings, rules=rules, score_points=points)
    if wrong or more:
        return settings, [*wrong, *more], []
    named = (*attaching.named_files(rules), *attaching.named_files(points))
    return settings, [], list(dict.fromkeys(folder / one.path for one in named))


def _refuse(problems: Iterable[str]) -> None:
    """Raise ConfigurationError if there are any problems."""
    if problems := list(problems):
        raise ConfigurationError("the settings are wrong:\n  " + "\n  ".join(problems))


def _values_of(
    document: tuple[str, str] | None, folder: Path, config: Path | None, problems: list[str]
) -> list[tuple[SettingPath, Any, str]]:
    if document is not None:
        return parse_toml(*document, problems)
    path = config or folder / CONFIG
    shown = CONFIG if config is None else str(config)
    return read_toml(path, shown, problems, required=config is not None)


def _known(layer: Iterable[RawSetting], names: Names, problems: list[str]) -> Iterator[_Given]:
    """The values of known settings; anything else is added to *problems*."""
    for written in layer:
        path, value = written.path, written.value
        if len(problems) >= _MOST_TOLD:  # the settings are refused, whatever follows
            problems += [] if problems[-1] == _MORE else [_MORE]
            return
        if wrong := names.complaint(path, written.spell):
            problems.append(f"{written.origin}: {wrong}")
        elif names.is_table(path):
            if not (written.in_file and value == {}):
                problems.append(f"{written.origin}: {names.only_a_table(path, written.spell)}")
        elif value is None:
            name = written.spell(path)
            problems.append(f"{written.origin}: {name} has no value; write {name}=value")
        else:
            declaration = names.declaration(path)
            # TOML has lists, so a string there is one word, even if it contains spaces.
            is_word = written.in_file and isinstance(value, str) and declaration.notation is WORDS
            said = [value] if is_word else value
            yield _Given(path, said, written.origin, declaration, names.unused(path))


def _read(given: _Given, problems: list[str]) -> Any:
    notation = given.declaration.notation
    try:
        return notation.read(given.value)
    except NotationError as error:
        problems.append(f"{given.origin}: {dotted(given.path)}: {error}")
        return None
    except (ValueError, OverflowError):
        text = str(given.value).strip()
        if given.value in ("", [], [""]) or not text:
            value = "empty"
        else:
            value = "this value" if given.declaration.secret else f"{text[:_SHOWN_LIMIT]!r}"
        needs_unit = notation in (DURATION, PERIOD) and text.isdecimal() and int(text)
        hint = f"; add a unit, such as {text}s or {text}m" if needs_unit else ""
        problems.append(
            f"{given.origin}: {dotted(given.path)} must be {notation.words}, not {value}{hint}"
        )
        return None


def _assemble(values: Mapping[SettingPath, Any], names: Names) -> Settings:
    own: dict[str, Any] = {}
    tables: dict[str, dict[str, dict[str, Any]]] = {}
    for path, value in values.items():
        if path[0] not in TABLES:
            own[path[0]] = value
            continue
        entry = tables.setdefault(path[0], {}).setdefault(path[1], {})
        if len(path) > 3:
            entry.setdefault(path[2], {})[".".join(path[3:])] = value
        elif not names.unused(path):
            entry[path[2]] = value
    made: dict[str, Any] = {
        table: {name: names.struct((table, name))(**said) for name, said in entries.items()}
        for table, entries in tables.items()
    }
    return Settings(**own, **made)


def _origins(
    given: Mapping[SettingPath, _Given], values: Mapping[SettingPath, Any]
) -> Iterable[Origin]:
    """All top-level settings, then the settings of tables that are set."""
    own: list[SettingPath] = [(name,) for name in declared()]
    for path in own + sorted(path for path in given if path[0] in TABLES):
        if path not in given:
            yield Origin(dotted(path), declared()[path[0]].default, "default")
            continue
        written = given[path].value
        shown = ", ".join(map(str, written)) if isinstance(written, list) else str(written)
        if given[path].declaration.secret:
            shown = _masked(values[path])
        yield Origin(dotted(path), shown, given[path].origin)


def _has_secrets(layer: Iterable[_Given]) -> bool:
    return any(each.declaration.secret for each in layer)


def _masked(value: str | tuple[str, ...]) -> str:
    """The last two characters of each long secret, to tell two apart; short ones are hidden."""
    secrets = (value,) if isinstance(value, str) else value
    return " ".join(MASKED + (s[-2:] if len(s) > 12 else "") for s in secrets if s)

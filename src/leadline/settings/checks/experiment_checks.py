"""Checks of `[experiments.NAME]`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from leadline.settings.files import SettingPath
from leadline.settings.top.general import Settings

if TYPE_CHECKING:
    from leadline.settings.top.experiments import ExperimentConfig

_Problem = tuple[SettingPath, str]
_LONGEST_LINE = 200
_MOST_ARMS = 5


def wrong_experiments(settings: Settings) -> Iterator[_Problem]:
    """The path of each setting of experiments that cannot be, with the error message."""
    for name, config in settings.experiments.items():
        path = ("experiments", name)
        yield from _wrong_arms(path, config)
        yield from _wrong_values(path, config, settings)
        yield from _wrong_conditions(path, config)


def _wrong_arms(path: tuple[str, str], config: "ExperimentConfig") -> Iterator[_Problem]:
    if not 2 <= len(config.arms) <= _MOST_ARMS:
        example = "such as arms = { usual = 50, other = 50 }"
        yield (*path, "arms"), f"an experiment needs 2 to {_MOST_ARMS} arms, {example}"
    for arm in config.values:
        if arm not in config.arms:
            known = ", ".join(config.arms) or "none is set"
            yield (*path, "values", arm), f"there is no arm {arm!r} (there are: {known})"
    if len({config.values.get(arm, "") for arm in config.arms}) < len(config.arms):
        yield (*path, "values"), "two arms do the same; give each arm a value of its own"


def _wrong_values(
    path: tuple[str, str], config: "ExperimentConfig", settings: Settings
) -> Iterator[_Problem]:
    from leadline.settings.top.experiments import (
        CLEANING,
        MODEL,
        MODEL_FILE,
        ROUTING,
        WAIT,
        model_of_value,
        names_of_value,
    )

    named = {ROUTING: ("rule", settings.rules), MODEL: ("entry of points", settings.score_points)}
    for arm, value in config.values.items():
        if config.change == MODEL and MODEL_FILE in value:
            yield from _wrong_model((*path, "values", arm), value, settings)
        if config.change in named:
            what, known = named[config.change]
            for name in names_of_value(value):
                is_model = config.change == MODEL and name == model_of_value(value)
                if name not in known and not is_model:
                    there = ", ".join(known) or "none is set"
                    yield (
                        (*path, "values", arm),
                        f"there is no {what} {name!r} (there are: {there})",
                    )
        elif config.change == WAIT:
            yield from _wrong_wait((*path, "values", arm), value)
        elif config.change == CLEANING:
            yield from _wrong_cleaning((*path, "values", arm), value, next(iter(config.arms), ""))
        elif len(value) > _LONGEST_LINE or not value.isprintable():
            yield (
                (*path, "values", arm),
                f"a line of an alert has at most {_LONGEST_LINE} characters, without line ends",
            )


def _wrong_model(path: SettingPath, value: str, settings: Settings) -> Iterator[_Problem]:
    from leadline.settings.top.experiments import MODEL_FILE, model_of_value

    if value.count(MODEL_FILE) > 1:
        yield path, "an arm has one model; beside it, it may name entries of points"
    elif model_of_value(value) and not settings.scores_leads:
        yield path, "leads of the other arms would have no score; set `score_model`, or points"


def _wrong_wait(path: SettingPath, value: str) -> Iterator[_Problem]:
    from leadline.settings.notation.notations import DURATION

    try:
        if value:
            DURATION.read(value)
    except (ValueError, OverflowError):
        yield path, f"it must be {DURATION.words}, not {value[:40]!r}"


def _wrong_cleaning(path: SettingPath, value: str, usual: str) -> Iterator[_Problem]:
    from leadline.model.facts.cleaning import kinds_left_out

    if value and path[-1] == usual:
        yield path, f"the first arm, {usual!r}, cleans as usual; give its value to another one"
    try:
        kinds_left_out(value)
    except ValueError as error:
        yield path, str(error)


def _wrong_conditions(path: tuple[str, str], config: "ExperimentConfig") -> Iterator[_Problem]:
    if not config.when:
        return
    from leadline.settings.conditions.fields import HISTORY
    from leadline.settings.conditions.operators import OPERATORS, Takes
    from leadline.settings.conditions.parsing import WrongCondition, parse

    for number, line in enumerate(config.when, 1):
        where = f"line {number}, column " if len(config.when) > 1 else "column "
        try:
            one = parse(line)
        except WrongCondition as error:
            yield (*path, "when"), f"{where}{error.column}: {error.words}"
            continue
        if one.file or one.field.startswith(HISTORY) or OPERATORS[one.op].takes is Takes.PATTERN:
            yield (
                (*path, "when"),
                f"{where}1: an experiment takes no lists in files, no patterns, and nothing about "
                "earlier leads of the person",
            )

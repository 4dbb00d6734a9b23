"""`[experiments.NAME]`: strategies that are tried beside each other, each on a share of the leads.

What an experiment changes, and by what it is measured, is fixed when it starts
(`leadline experiment start`).
"""

from collections.abc import Mapping
from datetime import timedelta

from leadline.model.facts.cleaning import CLEANING_KINDS
from leadline.settings.declaration import SettingsStruct, inner_table, setting
from leadline.settings.notation.lists import LINES
from leadline.settings.notation.notations import PERIOD, TEXT, choice, number_between

ALERT, ROUTING, MODEL, WAIT, CLEANING = "alert", "routing", "model", "wait", "cleaning"
CHANGES: Mapping[str, str] = {
    ALERT: "the line with which alerts begin",
    ROUTING: "the rules that apply",
    MODEL: "the points or the model that leads are scored by",
    WAIT: "how long leads wait",
    CLEANING: "the cleaning that is left out",
}
"""What an experiment may change, by the word of the settings."""

MODEL_FILE = ".json"
"""The end of the name of a file with a trained model, which tells it from entries of points."""

WON, CLAIMED, RESPONDED = "won", "claimed", "responded"
METRICS: Mapping[str, str] = {WON: "won", CLAIMED: "claimed", RESPONDED: "responded to"}
"""What is counted, in words of a sentence, by the word of the settings."""


class ExperimentConfig(SettingsStruct, frozen=True):
    """An experiment (`[experiments.NAME]`). The first of `arms` is the usual one: leads that do not
    take part are treated like it, and the others are compared with it."""

    change: str = setting(
        ALERT,
        "What differs between the arms: the line with which alerts begin (`alert`), the rules "
        "that apply (`routing`), the points or the trained model that leads are scored by "
        "(`model`), how long leads wait before they are refined (`wait`), or the cleaning that is "
        "left out (`cleaning`).",
        choice(*CHANGES),
    )
    arms: Mapping[str, float] = inner_table(
        None,
        "The share of an arm, by its name: any number above 0; only their ratio counts. The first "
        "arm is the usual one.",
        number_between(0.001, 1_000_000),
    )
    values: Mapping[str, str] = inner_table(
        None,
        "What an arm does, by its name. For `alert`, the line with which its alerts begin; for "
        "`routing`, the names of rules from `[rules]`, with commas: rules that an arm names apply "
        "to its leads alone, all other rules to all leads; for `model`, in the same way names "
        "from `[score.points]`, and a file with a trained model (`spring.json`), used in place of "
        "`score_model`; for `wait`, the time, such as 5m, instead of `delay` (leads that "
        "do not wait are left alone); for `cleaning`, what is left out, such as `without names "
        f"companies` (of {', '.join(CLEANING_KINDS)}). Empty or missing: nothing.",
        TEXT,
    )
    metric: str = setting(
        WON,
        "What counts: leads that were `won` by the CRM, `claimed` in Slack, or to which somebody "
        "`responded` (claimed, or a response that the CRM reports).",
        choice(*METRICS),
    )
    within: timedelta = setting(
        "30d",
        "The time from the capture of a lead in which that counts; younger leads are not counted "
        "yet. It should hold 95 % of all wins: a shorter one measures how fast leads are won.",
        PERIOD,
    )
    detect: float = setting(
        "0.02",
        "The smallest difference worth finding, as a share: 0.02 are two percentage points.",
        number_between(0.001, 0.5),
    )
    when: tuple[str, ...] = setting(
        "",
        "Conditions of leads that take part, each a line `field op value` as in rules; a lead must "
        "meet all of them. Without lists in files, patterns, and earlier leads of the person.",
        LINES,
    )


def names_of_value(value: str) -> tuple[str, ...]:
    """The names of rules, or of entries of points, in the value of an arm; also the file of a
    model."""
    return tuple(part for one in value.split(",") if (part := one.strip()))


def model_of_value(value: str) -> str:
    """The path of the model in the value of an arm; "" without. The first of several."""
    return next((part for part in names_of_value(value) if part.endswith(MODEL_FILE)), "")


def models_of_arms(experiments: Mapping[str, ExperimentConfig]) -> dict[str, str]:
    """The paths of the models that arms name, by the setting (`experiments.NAME.values.ARM`)."""
    return {
        f"experiments.{name}.values.{arm}": path
        for name, one in experiments.items()
        if one.change == MODEL
        for arm, value in one.values.items()
        if (path := model_of_value(value))
    }

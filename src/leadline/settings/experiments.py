"""`[experiments.NAME]`: strategies that are tried beside each other, each on a share of the leads.

What an experiment changes, and by what it is measured, is fixed when it starts
(`leadline experiment start`).
"""

from collections.abc import Mapping
from datetime import timedelta

from leadline.settings.declaration import SettingsStruct, inner_table, setting
from leadline.settings.lists import LINES
from leadline.settings.notations import PERIOD, TEXT, choice, number_between

ALERT, ROUTING, MODEL, WAIT = "alert", "routing", "model", "wait"
CHANGES: Mapping[str, str] = {
    ALERT: "the line with which alerts begin",
    ROUTING: "the rules that apply",
    MODEL: "the points that leads are scored by",
    WAIT: "how long leads wait",
}
"""What an experiment may change, by the word of the settings."""

WON, CLAIMED, RESPONDED = "won", "claimed", "responded"
METRICS: Mapping[str, str] = {WON: "won", CLAIMED: "claimed", RESPONDED: "responded to"}
"""What is counted, in words of a sentence, by the word of the settings."""


class ExperimentConfig(SettingsStruct, frozen=True):
    """An experiment (`[experiments.NAME]`). The first of `arms` is the usual one: leads that do not
    take part are treated like it, and the others are compared with it."""

    change: str = setting(
        ALERT,
        "What differs between the arms: the line with which alerts begin (`alert`), the rules "
        "that apply (`routing`), the points that leads are scored by (`model`), or how long leads "
        "wait before they are refined (`wait`).",
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
        "from `[score.points]`; for `wait`, the time, such as 5m, instead of `delay` (leads that "
        "do not wait are left alone). Empty or missing: nothing.",
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

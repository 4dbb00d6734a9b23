"""`[rules.NAME]`: which channels are alerted to a lead, and who it is assigned to."""

from collections.abc import Mapping

from leadline.settings.declaration import SCORE, SettingsStruct, optional, setting
from leadline.settings.notation.lists import LINES
from leadline.settings.notation.notations import TEXT, WORDS, YES_NO, choice


class RuleConfig(SettingsStruct, frozen=True):
    """A rule (`[rules.NAME]`). It matches a lead that meets all its conditions. `channels` are then
    alerted, and a lead without an owner is given to `team`, or assigned to one of `assign`.

    `lists` has the values of the files that conditions name (`banks.csv:domain`); they are read
    with the settings."""

    sources: tuple[str, ...] = setting("", "The sources of leads that match; empty: all.", WORDS)
    owners: tuple[str, ...] = setting(
        "",
        "The owners of leads that match (names from `[people]`, e-mail addresses or CRM ids).",
        WORDS,
    )
    countries: tuple[str, ...] = setting(
        "", "The countries of leads that match, two letters each.", WORDS
    )
    min_score: float | None = optional("The lowest score that matches.", SCORE)
    max_score: float | None = optional("Only scores below this match.", SCORE)
    ownership: str = optional(
        "Only leads with this ownership match.", choice("assigned", "unassigned", "unknown"), ""
    )
    seen: str = optional(
        "Only leads of a person who is seen for the first time (`new`) or was seen `before` match.",
        choice("new", "before"),
        "",
    )
    when: tuple[str, ...] = setting(
        "",
        "Further conditions, each a line `field op value`, such as `company contains bank`; a lead "
        "must meet all of them.",
        LINES,
    )
    during: str = setting("", "Match only within these hours (a name from `[hours]`).", TEXT)
    outside: str = setting("", "Match only outside these hours.", TEXT)
    channels: tuple[str, ...] = setting("", "The channels that are alerted.", WORDS)
    alert: str = optional(
        "With `no`, nobody is alerted to such leads; the rule needs no `channels` then.",
        choice("yes", "no"),
        "",
    )
    assign: tuple[str, ...] = setting(
        "", "The people to whom leads without an owner are assigned (names from `[people]`).", WORDS
    )
    team: str = setting(
        "",
        "The team to which leads without an owner are given (a name from `[teams]`), in place of "
        "`assign`.",
        TEXT,
    )
    before_crm: bool = setting(
        "no",
        "Whether a hot lead is given out at the first look, although its CRM may still name an "
        "owner. With `no` it waits out `delay`, so that two people do not call.",
        YES_NO,
    )
    lists: Mapping[str, frozenset[str]] = {}

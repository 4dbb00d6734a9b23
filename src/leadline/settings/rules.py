"""`[rules.NAME]`: which channels are alerted to a lead, and who it is assigned to."""

from leadline.settings.declaration import SCORE, SettingsStruct, optional, setting
from leadline.settings.notations import TEXT, WORDS, choice


class RuleConfig(SettingsStruct, frozen=True):
    """A rule (`[rules.NAME]`). It matches a lead that meets all its conditions. `channels` are then
    alerted, and a lead without an owner is assigned to one of `assign`."""

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

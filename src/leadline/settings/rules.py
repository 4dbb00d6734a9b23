"""`[rules.NAME]`: which channels hear of a lead, and who gets it."""

from leadline.settings.declaration import SCORE, SettingsStruct, optional, setting
from leadline.settings.notations import TEXT, WORDS, choice


class RuleConfig(SettingsStruct, frozen=True):
    """A rule (`[rules.NAME]`): everything that it names must fit the lead; `channels` then hear of
    it, and `assign` are those who get it in turn when nobody owns it."""

    sources: tuple[str, ...] = setting("", "The sources that the rule is for; empty: all.", WORDS)
    owners: tuple[str, ...] = setting(
        "", "The owners (name of `[people]`, e-mail or CRM id).", WORDS
    )
    countries: tuple[str, ...] = setting("", "The countries of leads, as two letters.", WORDS)
    min_score: float | None = optional("The least score.", SCORE)
    max_score: float | None = optional("The score that leads must be below.", SCORE)
    ownership: str = optional(
        "Whether leads have an owner.", choice("assigned", "unassigned", "unknown"), ""
    )
    during: str = setting("", "Only within these hours (a name of `[hours]`).", TEXT)
    outside: str = setting("", "Only outside these hours.", TEXT)
    channels: tuple[str, ...] = setting("", "The channels that hear of such a lead.", WORDS)
    assign: tuple[str, ...] = setting(
        "", "Who gets such a lead that nobody owns, in turn (names of `[people]`).", WORDS
    )

"""`[rules.NAME]`: which channels hear of a lead, and who gets it."""

from collections.abc import Mapping

import msgspec

from leadline.settings.declaration import _SCORE, Declaration
from leadline.settings.notations import TEXT, WORDS, choice


class RuleConfig(msgspec.Struct, frozen=True):
    """A rule (`[rules.NAME]`): everything that it names must fit the lead; `channels` then hear of
    it, and `assign` are those who get it in turn when nobody owns it."""

    sources: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    min_score: float | None = None
    max_score: float | None = None
    ownership: str = ""
    during: str = ""
    outside: str = ""
    channels: tuple[str, ...] = ()
    assign: tuple[str, ...] = ()


RULE_SETTINGS: Mapping[str, Declaration] = {
    "sources": Declaration("", "The sources that the rule is for; empty: all.", WORDS),
    "owners": Declaration("", "The owners (name of `[people]`, e-mail or CRM id).", WORDS),
    "countries": Declaration("", "The countries of leads, as two letters.", WORDS),
    "min_score": Declaration("", "The least score.", _SCORE),
    "max_score": Declaration("", "The score that leads must be below.", _SCORE),
    "ownership": Declaration(
        "", "Whether leads have an owner.", choice("assigned", "unassigned", "unknown")
    ),
    "during": Declaration("", "Only within these hours (a name of `[hours]`).", TEXT),
    "outside": Declaration("", "Only outside these hours.", TEXT),
    "channels": Declaration("", "The channels that hear of such a lead.", WORDS),
    "assign": Declaration(
        "", "Who gets such a lead that nobody owns, in turn (names of `[people]`).", WORDS
    ),
}
"""The settings of each rule, the first that fits decides; see `settings.rules.RuleConfig`."""

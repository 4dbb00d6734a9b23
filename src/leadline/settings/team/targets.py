"""`[targets.NAME]`: how soon somebody must respond to a lead."""

from datetime import timedelta

from leadline.settings.declaration import SCORE, SettingsStruct, optional, setting
from leadline.settings.notation.notations import PERIOD, TEXT, WORDS


class TargetConfig(SettingsStruct, frozen=True):
    """A response time target (`[targets.NAME]`) for leads from `sources` (empty: all) with at least
    `min_score`, captured `during` or `outside` the named hours, if set. All times count from the
    capture of the lead; if `hours` is set, only working time counts."""

    sources: tuple[str, ...] = setting(
        "", "The sources that the target applies to; empty: all.", WORDS
    )
    min_score: float | None = optional("The lowest score that the target applies to.", SCORE)
    during: str = setting(
        "", "Only leads captured within these hours (a name from `[hours]`).", TEXT
    )
    outside: str = setting("", "Only leads captured outside these hours.", TEXT)
    hours: str = setting("", "The hours in which the clock runs (a name from `[hours]`).", TEXT)
    first_response: timedelta = setting("15m", "How soon the first response is due.", PERIOD)
    hot: timedelta | None = optional(
        "How soon the first response to a hot lead is due; all other times are then shorter in the "
        "same proportion. Empty: as for all leads.",
        PERIOD,
    )
    remind: timedelta = setting(
        "13m", "The time after which the holder is reminded; longer than `delay`.", PERIOD
    )
    escalate: timedelta = setting("20m", "The time after which the lead is escalated.", PERIOD)
    escalate_to: str = setting(
        "", "The channel to which leads escalate; empty: the channel of the alert.", TEXT
    )
    reassign: timedelta | None = optional(
        "The time after which the rules assign the lead to somebody else; empty: never.", PERIOD
    )

"""`[targets.NAME]`: by when somebody must respond."""

from datetime import timedelta

from leadline.settings.declaration import SCORE, SettingsStruct, optional, setting
from leadline.settings.notations import PERIOD, TEXT, WORDS


class TargetConfig(SettingsStruct, frozen=True):
    """A target (`[targets.NAME]`) for leads of these `sources` (none: all) with at least
    `min_score`, captured `during` or `outside` the hours of that name, where one is given. The
    times count from capture, within `hours` where they are given."""

    sources: tuple[str, ...] = setting("", "The sources that the target is for; empty: all.", WORDS)
    min_score: float | None = optional("The least score.", SCORE)
    during: str = setting("", "Only leads captured within these hours (a name of `[hours]`).", TEXT)
    outside: str = setting("", "Only leads captured outside these hours.", TEXT)
    hours: str = setting("", "The hours in which the clock runs (a name of `[hours]`).", TEXT)
    first_response: timedelta = setting("15m", "The time to the first response.", PERIOD)
    remind: timedelta = setting(
        "13m", "When the holder is reminded, after capture; later than the wait.", PERIOD
    )
    escalate: timedelta = setting("20m", "When the next person or channel is told.", PERIOD)
    escalate_to: str = setting(
        "", "The channel that is told then; empty: the channel of the alert.", TEXT
    )
    reassign: timedelta | None = optional(
        "When the lead is given to somebody else by the rules.", PERIOD
    )

"""`[targets.NAME]`: by when somebody must respond."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from leadline.settings.declaration import _SCORE, Declaration
from leadline.settings.notations import PERIOD, TEXT, WORDS

TARGET_SETTINGS: Mapping[str, Declaration] = {
    "sources": Declaration("", "The sources that the target is for; empty: all.", WORDS),
    "min_score": Declaration("", "The least score.", _SCORE),
    "during": Declaration(
        "", "Only leads captured within these hours (a name of `[hours]`).", TEXT
    ),
    "outside": Declaration("", "Only leads captured outside these hours.", TEXT),
    "hours": Declaration("", "The hours in which the clock runs (a name of `[hours]`).", TEXT),
    "first_response": Declaration("15m", "The time to the first response.", PERIOD),
    "remind": Declaration(
        "13m", "When the holder is reminded, after capture; later than the wait.", PERIOD
    ),
    "escalate": Declaration("20m", "When the next person or channel is told.", PERIOD),
    "escalate_to": Declaration(
        "", "The channel that is told then; empty: the channel of the alert.", TEXT
    ),
    "reassign": Declaration("", "When the lead is given to somebody else by the rules.", PERIOD),
}
"""The settings of a target for the first response, the first that fits counts."""


class TargetConfig(msgspec.Struct, frozen=True):
    """A target (`[targets.NAME]`) for leads of these `sources` (none: all) with at least
    `min_score`, captured `during` or `outside` the hours of that name, where one is given. The
    times count from capture, within `hours` where they are given."""

    sources: tuple[str, ...] = ()
    min_score: float | None = None
    during: str = ""
    outside: str = ""
    hours: str = ""
    first_response: timedelta = timedelta(minutes=15)
    remind: timedelta = timedelta(minutes=13)
    escalate: timedelta = timedelta(minutes=20)
    escalate_to: str = ""
    reassign: timedelta | None = None

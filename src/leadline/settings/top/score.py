"""`[score]`: what leads are worth, by a table of points and a trained model."""

from collections.abc import Mapping
from math import floor

import msgspec

from leadline.model.texts.patterns import late
from leadline.settings.declaration import SettingsStruct, setting
from leadline.settings.notation.lists import LINES
from leadline.settings.notation.notations import TEXT, Notation, choice, number_between
from leadline.settings.top.oidc import PARTS_AS_TABLE as BEFORE
from leadline.settings.top.oidc import OidcSettings


class HotThreshold(msgspec.Struct, frozen=True):
    """From which score on leads are hot: `least` of 0 to 100, or the `best` per cent of the leads
    that the model was trained with."""

    least: float | None = None
    best: float | None = None

    @property
    def score(self) -> float:
        """The lowest score that is hot. The score of a model is by rank: 95 is better than 95 % of
        the leads that it was trained with. It has whole per cents, so that a share counts as the
        next whole one: of 0.5 % none would be hot."""
        if self.best is not None:
            return float(floor(100 - self.best))
        return 100.0 if self.least is None else self.least

    def __str__(self) -> str:
        return f"{self.least:g}" if self.best is None else f"best {self.best:g} %"


_BEST = late(r"best ([0-9]{1,2}(?:\.[0-9]{1,2})?) ?%")
_LEAST = number_between(0, 100)


def _hot(value: object) -> HotThreshold:
    if isinstance(value, HotThreshold):
        return value
    text = " ".join(str(value).lower().split())
    if match := _BEST.fullmatch(text):
        if not (best := float(match[1])):
            raise ValueError
        return HotThreshold(best=best)
    return HotThreshold(least=_LEAST.read(text))


HOT = Notation('a score from 0 to 100, such as 80, or a share such as "best 5 %"', _hot)
"""The notation of the threshold of hot leads."""
SCORE_OF_LEAD = number_between(0, 100)
POINTS = number_between(-100, 100)


class PointsConfig(SettingsStruct, frozen=True):
    """What a condition adds to the score (`[score.points.NAME]`).

    `lists` has the values of the files that conditions name (`banks.csv:domain`); they are read
    with the settings."""

    when: tuple[str, ...] = setting(
        "",
        "The conditions, as in `[rules.NAME]`, one in each line; a lead must meet all of them.",
        LINES,
        needed=True,
    )
    points: float = setting("0", "What is added to the score then; below 0 takes away.", POINTS)
    kind: str = setting(
        "fit",
        "Whether it says who they are (`fit`) or what they did (`intent`).",
        choice("fit", "intent"),
    )
    say: str = setting(
        "",
        "The reason in words, such as `works at a company`; empty: the conditions themselves.",
        TEXT,
    )
    lists: Mapping[str, frozenset[str]] = {}

    @property
    def words(self) -> str:
        """The reason in words."""
        return self.say or " and ".join(self.when)


class ScoreSettings(OidcSettings, frozen=True):
    """The part of `Settings` that says how leads are scored. They are, if there is a model or a
    table of points."""

    score_start: float = setting(
        "0",
        "The score of a lead that meets no condition of `[score.points]`; without effect with a "
        "model. In TOML, you can also write `start` in a table `[score]`, and so for the other "
        "settings of that name.",
        SCORE_OF_LEAD,
    )
    score_hot: HotThreshold = setting(
        "80",
        "From which score on a lead is hot: a score, or with a model the best share of the leads "
        "that it was trained with, such as `best 5 %`.",
        HOT,
    )
    score_model: str = setting(
        "",
        "A file with a trained model, as `leadline score train` writes it. A deployment on AWS "
        "carries it along.",
        TEXT,
    )
    score_points: Mapping[str, PointsConfig] = {}

    @property
    def scores_leads(self) -> bool:
        """Whether leads are scored."""
        return bool(self.score_points or self.score_model)


SCORE_AS_TABLE: Mapping[tuple[str, ...], str] = {
    ("score", "start"): "score_start",
    ("score", "hot"): "score_hot",
    ("score", "model"): "score_model",
}
"""The settings that can also be written in a table: `[score] hot` is `score_hot`."""

PARTS_AS_TABLE: Mapping[tuple[str, ...], str] = {**BEFORE, **SCORE_AS_TABLE}
"""Those of this part of `Settings` and of the parts before it."""

TABLES_WITHIN: Mapping[tuple[str, ...], str] = {("score", "points"): "score_points"}
"""Tables of tables that stand in another table: `[score.points.NAME]` is `score_points.NAME`."""

"""What a lead is worth: its score, and the reasons in the order of their weight."""

import msgspec


class ScoreReason(msgspec.Struct, frozen=True, omit_defaults=True):
    """One reason for a score: the `field` that it comes from, its `value` as a person reads it, and
    how many `points` of the score it gave or took."""

    field: str
    value: str
    points: float


class LeadScore(msgspec.Struct, frozen=True, omit_defaults=True):
    """The score of a lead.

    `value` is 0 to 100, `by` names what gave it: "points", or the name and version of a trained
    model ("spring 3"). `probability` is that of a win (0 to 1), if a model was trained. `fit` (who
    they are) and `intent` (what they did) are 0 to 100, None if nothing is known of them. `hot` is
    whether the score reaches the threshold of the settings. `reasons` are the strongest, at most
    three, strongest first.
    """

    value: int
    by: str
    probability: float | None = None
    fit: int | None = None
    intent: int | None = None
    hot: bool = False
    reasons: tuple[ScoreReason, ...] = ()

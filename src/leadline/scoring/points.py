"""The score that a table of points gives, and what points do to the score of a trained model.

Without a model the score is the start value and all points that the lead gets. With one, points
are added to the model's score: they say what the model could not learn. Either way the score stays
within 0 and 100. Fit and intent are the share of the points of their kind that a lead could get.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from leadline.model.facts.score import LeadScore, ScoreReason
from leadline.model.facts.scored_leads import OF_POINTS

POINTS = "points"
"""What gave a score without a model (`LeadScore.by`)."""
FIT, INTENT = "fit", "intent"
MOST_REASONS = 3
_MOST = 100


class PointsEntry(msgspec.Struct, frozen=True):
    """An entry of the table: the tests of all its conditions, the points, "fit" or "intent", and
    the reason in words."""

    name: str
    tests: tuple[Callable[[Any], bool], ...]
    points: float
    kind: str
    words: str


Entries = Sequence[PointsEntry]
"""Entries of the table, in the order of the settings."""


def entries_met(entries: Entries, subject: object) -> list[PointsEntry]:
    """The entries of which the subject of the tests meets all conditions."""
    return [one for one in entries if all(holds(subject) for holds in one.tests)]


def score_by_points(entries: Entries, met: Entries, start: float) -> LeadScore:
    """The score of a lead by the table alone."""
    return LeadScore(
        value=_clamped(start + math.fsum(one.points for one in met)),
        by=POINTS,
        fit=_share(entries, met, FIT),
        intent=_share(entries, met, INTENT),
        reasons=_strongest(_reasons(met)),
    )


def with_points(score: LeadScore, entries: Entries, met: Entries) -> LeadScore:
    """The score of a model after the points. Its probability stays the model's; fit and intent are
    the model's where it has them."""
    if not entries:
        return score
    return msgspec.structs.replace(
        score,
        value=_clamped(score.value + math.fsum(one.points for one in met)),
        fit=_share(entries, met, FIT) if score.fit is None else score.fit,
        intent=_share(entries, met, INTENT) if score.intent is None else score.intent,
        reasons=_strongest([*score.reasons, *_reasons(met)]),
    )


def _reasons(met: Entries) -> list[ScoreReason]:
    return [ScoreReason(OF_POINTS + one.name, one.words, one.points) for one in met]


def _strongest(reasons: Sequence[ScoreReason]) -> tuple[ScoreReason, ...]:
    return tuple(sorted(reasons, key=lambda one: -abs(one.points))[:MOST_REASONS])


def _share(entries: Entries, met: Entries, kind: str) -> int | None:
    most = math.fsum(one.points for one in entries if one.kind == kind and one.points > 0)
    if not most:
        return None
    return _clamped(_MOST * math.fsum(one.points for one in met if one.kind == kind) / most)


def _clamped(value: float) -> int:
    """The nearest whole number (a half counts up) from 0 to 100."""
    return min(max(math.floor(value + 0.5), 0), _MOST)

"""Whether leads of one arm were scored by several models, by what their scores say.

That happens where nothing fixed the model of an arm: in an experiment of an earlier version, or
while the copy of a model is lost. A verdict would then be about several arms at once.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from leadline.model.lead import RefinedLead


class MixedArm(msgspec.Struct, frozen=True):
    """An arm of which leads were scored by several models: these (`LeadScore.by`), in the order in
    which they first did, and since when (`at`, the capture of a lead) the last of them does."""

    arm: str
    models: tuple[str, ...]
    at: datetime


class ScoredArms:
    """Gathers by which models leads of each arm were scored."""

    def __init__(self) -> None:
        self._first: dict[str, dict[str, datetime]] = {}

    def add(self, arm: str, lead: RefinedLead) -> None:
        """Take in a lead of an arm; one without a score says nothing."""
        if lead.score is None:
            return
        known = self._first.setdefault(arm, {})
        at = known.get(lead.score.by, lead.captured_at)
        known[lead.score.by] = min(at, lead.captured_at)

    def mixed(self) -> tuple[MixedArm, ...]:
        """The arms that were scored by several models."""
        found = ((arm, sorted(known.items(), key=_when)) for arm, known in self._first.items())
        return tuple(
            MixedArm(arm, tuple(by for by, _ in known), known[-1][1])
            for arm, known in found
            if len(known) > 1
        )


def mixed_words(mixed: Iterable[MixedArm]) -> str:
    """That nothing can be said across a change of models, in one sentence."""
    arms = (
        f"leads of {one.arm} were scored by {', '.join(one.models[:-1])}, and since "
        f"{one.at:%Y-%m-%d %H:%M} UTC by {one.models[-1]}"
        for one in mixed
    )
    return f"not valid: {'; '.join(arms)}; nothing can be said across that change"


def _when(known: tuple[str, datetime]) -> tuple[datetime, str]:
    return known[1], known[0]

"""What the settings of scores would say of leads that came before: which entries of points they
meet, how they spread over the bands, and how many of each band were won."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from leadline.model.facts.score import LeadScore
from leadline.model.facts.scored_leads import can_be_scored
from leadline.model.handling import Ending, Handling
from leadline.model.lead import RefinedLead
from leadline.operations.figures.results import BANDS_DOWN, score_band
from leadline.scoring.points import PointsEntry


class Scoring(Protocol):
    """What scores leads by settings (`journey.refinement.scoring.Scorer`)."""

    @property
    def entries(self) -> Sequence[PointsEntry]:
        """The table of points."""

    def met(self, lead: RefinedLead) -> Sequence[PointsEntry]:
        """The entries of which the lead meets all conditions."""

    def __call__(self, lead: RefinedLead) -> LeadScore | None:
        """The score; None if the model failed."""


class TriedEntry(msgspec.Struct, frozen=True):
    """An entry of `[score.points]`: how many of the leads meet it, and how many of these were
    won."""

    name: str
    points: float
    kind: str
    words: str
    met: int = 0
    won: int = 0


class TriedBand(msgspec.Struct, frozen=True):
    """A band of scores: how many leads are in it, and how many of these were won or have ended."""

    leads: int = 0
    won: int = 0
    ended: int = 0


class ScoreTrial(msgspec.Struct, frozen=True):
    """The scores of a number of `leads`: how many are hot, for how many the model failed, the
    entries in the order of the settings, and the bands, the highest first."""

    leads: int
    hot: int
    failed: int
    entries: tuple[TriedEntry, ...]
    bands: Mapping[str, TriedBand]


def tried(scorer: Scoring, leads: Iterable[tuple[RefinedLead, Handling | None]]) -> ScoreTrial:
    """Score refined leads, with how they were handled, by *scorer*; those that are quarantined, or
    whose data was deleted, are left out."""
    number: Counter[str] = Counter()
    met: Counter[str] = Counter()
    won_by: Counter[str] = Counter()
    bands: dict[str, Counter[str]] = {}
    for lead, handling in leads:
        if not can_be_scored(lead):
            continue
        ending = handling.ending if handling is not None else Ending.OPEN
        is_won = int(ending is Ending.WON)
        number["leads"] += 1
        for entry in scorer.met(lead):
            met[entry.name] += 1
            won_by[entry.name] += is_won
        if (score := scorer(lead)) is None:
            number["failed"] += 1
            continue
        number["hot"] += score.hot
        band = bands.setdefault(score_band(score.value), Counter())
        band.update(leads=1, won=is_won, ended=int(ending is not Ending.OPEN))
    entries = (
        TriedEntry(one.name, one.points, one.kind, one.words, met[one.name], won_by[one.name])
        for one in scorer.entries
    )
    found = {name: TriedBand(**bands[name]) for name in BANDS_DOWN if name in bands}
    return ScoreTrial(number["leads"], number["hot"], number["failed"], tuple(entries), found)

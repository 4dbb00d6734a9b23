"""Figures of how leads ended (won, lost, disqualified, junk) by source, owner and score."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import msgspec

from leadline.model.facts.scored_leads import score_of
from leadline.model.handling import Ending, holder_of
from leadline.operations.figures.speed import NOBODY
from leadline.ports.reading.ledger import Followed
from leadline.team.people import Team

BAND = 20
"""The width of a band of scores; the highest band has no upper end."""
_TOP = 80
NO_SCORE = "none"
BANDS_DOWN = ("80+", "60-79", "40-59", "20-39", "0-19", "below 0")
"""The bands of scores, the highest first."""


class Endings(msgspec.Struct, frozen=True):
    """Numbers of leads by their ending; `won_share` is the share of won among ended leads (0 to 1),
    None if none has ended."""

    leads: int = 0
    open: int = 0
    won: int = 0
    lost: int = 0
    disqualified: int = 0
    junk: int = 0
    won_share: float | None = None


class Results(msgspec.Struct, frozen=True):
    """The endings of all leads and of each group. Sources and owners are ordered by their number of
    leads, the largest first; bands of scores from low to high."""

    all: Endings
    by_source: Mapping[str, Endings]
    by_owner: Mapping[str, Endings]
    by_score: Mapping[str, Endings]


def results_of(leads: Iterable[Followed], team: Team) -> Results:
    """Count the endings of these leads. Owners have the names of the team's settings, if they are
    in them."""
    counts: Mapping[str, dict[str, dict[Ending, int]]] = {
        part: defaultdict(lambda: defaultdict(int)) for part in ("all", "source", "owner", "score")
    }
    for one in leads:
        groups = {
            "all": "",
            "source": one.lead.received_from,
            "owner": _owner(one, team),
            "score": score_band(score_of(one.lead)),
        }
        for part, group in groups.items():
            counts[part][group][one.handling.ending] += 1
    found = {
        part: {group: _endings(of) for group, of in groups.items()}
        for part, groups in counts.items()
    }
    return Results(
        all=found["all"].get("", Endings()),
        by_source=_in_order(found["source"], lambda name, of: (-of.leads, name)),
        by_owner=_in_order(found["owner"], lambda name, of: (-of.leads, name)),
        by_score=_in_order(found["score"], lambda name, _: (_bottom(name), name)),
    )


def score_band(score: float | None) -> str:
    """The band of a score: "0-19" to "60-79", "80+", "below 0"; "none" without a score."""
    if score is None:
        return NO_SCORE
    if score < 0:
        return "below 0"
    if score >= _TOP:
        return f"{_TOP}+"
    bottom = int(score // BAND) * BAND
    return f"{bottom}-{bottom + BAND - 1}"


def _bottom(band: str) -> int:
    """The sort key of a band."""
    if band == NO_SCORE:
        return 1 << 20
    if band.startswith("below"):
        return -1
    return int(band.rstrip("+").partition("-")[0])


def _owner(one: Followed, team: Team) -> str:
    holder = holder_of(one.lead, one.handling)
    if holder is None:
        return NOBODY
    return team.name_of(holder) or holder.shown


def _endings(of: Mapping[Ending, int]) -> Endings:
    ended = sum(count for ending, count in of.items() if ending is not Ending.OPEN)
    return Endings(
        leads=sum(of.values()),
        open=of.get(Ending.OPEN, 0),
        won=of.get(Ending.WON, 0),
        lost=of.get(Ending.LOST, 0),
        disqualified=of.get(Ending.DISQUALIFIED, 0),
        junk=of.get(Ending.JUNK, 0),
        won_share=of.get(Ending.WON, 0) / ended if ended else None,
    )


def _in_order(
    groups: Mapping[str, Endings], key: Callable[[str, Endings], tuple[int, str]]
) -> dict[str, Endings]:
    return dict(sorted(groups.items(), key=lambda item: key(*item)))

"""What became of the leads of a time: the way from capture to a deal, by source, campaign, owner.

Every figure is about leads that were captured in the time, by what became of them until now. A lead
that has not ended is open, and counts as neither won nor lost. Nothing of a lead's person is in
these figures.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.model.handling import Ending, holder_of
from leadline.model.lead import Status
from leadline.operations.figures.results import BANDS_DOWN, score_band
from leadline.operations.rules.rule_effects import RuleEffect, RuleEffects
from leadline.ports.reading.ledger import Followed, LeadFilter, LeadRow, Ledger
from leadline.ports.reading.questions import Behind, Figures
from leadline.settings.notation.zones import zone
from leadline.team.people import Team

MOST_ANALYSED = 10_000
"""The most leads of a time that are looked at; older ones are left out."""
DAYS, HOURS = 7, 24


class Analysis(msgspec.Struct, frozen=True):
    """The figures of a time; if `is_cut`, only of its newest leads. Groups are ordered by their
    number of leads, the largest first, bands of scores from high to low; "" are leads without a
    campaign, owner or score. `hours` are the
    captured leads by hour of the week: `DAYS` rows, Monday first, of `HOURS` numbers. `rules_of` is
    of how many of the newest leads the rules are counted (None: of all), `behind` how far the index
    is behind from which the figures are. With `is_as_listed` owners have the names that lists show,
    otherwise those of the settings."""

    whole: Figures
    by_source: Mapping[str, Figures]
    by_campaign: Mapping[str, Figures]
    by_owner: Mapping[str, Figures]
    by_score: Mapping[str, Figures]
    hours: Sequence[Sequence[int]]
    rules: Mapping[str, RuleEffect]
    is_cut: bool = False
    rules_of: int | None = None
    behind: Behind = Behind()
    is_as_listed: bool = False


def analysis(
    ledger: Ledger,
    since: datetime,
    until: datetime | None,
    zone_name: str,
    team: Team,
    rules: Sequence[str],
) -> Analysis:
    """The figures of the leads captured from *since* on and before *until* (None: now). The hours
    of the week are those of a time zone; *rules* are the names of the rules in their order."""
    which = LeadFilter(since=since, until=until, limit=MOST_ANALYSED + 1)
    rows = list(ledger.each(which))
    of_dead = msgspec.structs.replace(which, dead=True)
    dead = {one.lead_id for one in ledger.each(of_dead)}
    followed = {one.lead.lead_id: one for one in ledger.followed(which)}
    is_cut = len(rows) > MOST_ANALYSED
    counted, effects = rows[:MOST_ANALYSED], RuleEffects(rules)
    groups = {part: _Groups() for part in ("", "source", "campaign", "owner", "score")}
    for row in counted:
        one = followed.get(row.lead_id)
        parts = _parts(row, one, is_dead=row.lead_id in dead)
        groups[""].add("", parts)
        groups["source"].add(row.source, parts)
        groups["campaign"].add(_campaign(one), parts)
        groups["owner"].add(_owner(one, team), parts)
        groups["score"].add(score_band(row.score) if row.score is not None else "", parts)
        if one is not None:
            effects.add(one)
    return Analysis(
        whole=groups[""].found().get("", Figures()),
        by_source=groups["source"].found(),
        by_campaign=groups["campaign"].found(),
        by_owner=groups["owner"].found(),
        by_score=bands_in_order(groups["score"].found()),
        hours=_hours((row.captured_at for row in counted), zone_name),
        rules=effects.found(),
        is_cut=is_cut,
    )


def bands_in_order(found: Mapping[str, Figures]) -> dict[str, Figures]:
    """The figures by band of the score, the highest band first; leads without a score last."""
    return {name: found[name] for name in (*BANDS_DOWN, "") if name in found}


class _Groups:
    """Counts what became of leads, by group."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def add(self, group: str, parts: Sequence[str]) -> None:
        for part in parts:
            self._counts[group][part] += 1

    def found(self) -> dict[str, Figures]:
        """The groups, the largest first."""
        found = {name: Figures(**counts) for name, counts in self._counts.items()}
        return dict(sorted(found.items(), key=lambda item: (-item[1].captured, item[0])))


def _parts(row: LeadRow, one: Followed | None, *, is_dead: bool) -> list[str]:
    """The figures in which a lead is counted."""
    found = ["captured"]
    if row.status is Status.QUARANTINED:
        found.append("quarantined")
    if is_dead:
        found.append("dead")
    if one is not None:
        found += ["valid", "unique" if row.duplicate_of is None else "duplicates"]
        found += _done(one)
    return found


def _done(one: Followed) -> list[str]:
    """What was done with a valid lead."""
    handling = one.handling
    ending = _ENDINGS.get(handling.ending, "")
    is_contacted = handling.claimed_at is not None or handling.touched_at is not None
    found = {
        "told": one.told_at is not None,
        "claimed": handling.claimed_by is not None,
        "contacted": is_contacted,
        ending: bool(ending),
    }
    return [part for part, fits in found.items() if fits]


_ENDINGS: Mapping[Ending, str] = {
    Ending.WON: "won",
    Ending.LOST: "lost",
    Ending.DISQUALIFIED: "lost",
    Ending.JUNK: "junk",
}


def _campaign(one: Followed | None) -> str:
    return (one.lead.lead_details.campaign or "") if one is not None else ""


def _owner(one: Followed | None, team: Team) -> str:
    """The name in the settings of who works on a lead, else as shown; "" for nobody."""
    holder = holder_of(one.lead, one.handling) if one is not None else None
    return (team.name_of(holder) or holder.shown) if holder is not None else ""


def _hours(moments: Iterable[datetime], zone_name: str) -> list[list[int]]:
    found, local = [[0] * HOURS for _ in range(DAYS)], zone(zone_name)
    for at in moments:
        there = at.astimezone(local)
        found[there.weekday()][there.hour] += 1
    return found

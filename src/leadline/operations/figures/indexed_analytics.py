"""The figures of ANALYTICS from the rollups of an index (`ports.reading.questions`): of all leads.

What rules did is counted from the leads' decisions, which no rollup has: of the newest ones alone.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from leadline.operations.figures.analytics import Analysis, bands_in_order
from leadline.operations.lists.indexed_browsing import is_usable
from leadline.operations.rules.rule_effects import RuleEffects
from leadline.ports.reading.ledger import LeadFilter, Ledger
from leadline.ports.reading.questions import By, Figures, Questions

MOST_DECISIONS = 1_000
"""The most leads of a time of which the decisions are read."""


def indexed_analysis(
    questions: Questions,
    ledger: Ledger,
    span: tuple[datetime, datetime],
    zone_name: str,
    rules: Sequence[str],
    now: datetime,
) -> Analysis | None:
    """As `analytics.analysis` of the time *span*; None if the index can't be used. Owners have
    the names that lists show.

    Raises Unanswerable, StorageFailed.
    """
    behind = questions.behind(now)
    if not is_usable(behind):
        return None
    effects, decided = RuleEffects(rules), 0
    which = LeadFilter(since=span[0], until=span[1], limit=MOST_DECISIONS + 1)
    for one in ledger.followed(which):
        decided += 1
        if decided <= MOST_DECISIONS:
            effects.add(one)
    return Analysis(
        whole=questions.figures(*span)[()],
        by_source=_groups(questions, span, By.SOURCE),
        by_campaign=_groups(questions, span, By.CAMPAIGN),
        by_owner=_groups(questions, span, By.OWNER),
        by_score=bands_in_order(_groups(questions, span, By.BAND)),
        hours=questions.hour_of_week(*span, zone_name),
        rules=effects.found(),
        rules_of=MOST_DECISIONS if decided > MOST_DECISIONS else None,
        behind=behind,
        is_as_listed=True,
    )


def _groups(questions: Questions, span: tuple[datetime, datetime], by: By) -> Mapping[str, Figures]:
    """The figures by a value, the largest first."""
    found = {name: one for (name,), one in questions.figures(*span, by=(by,)).items()}
    return dict(sorted(found.items(), key=lambda item: (-item[1].captured, item[0])))

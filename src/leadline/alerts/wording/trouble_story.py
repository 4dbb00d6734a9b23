"""The messages about troubles in plain words, for every kind of channel."""

from collections.abc import Sequence
from datetime import datetime

from leadline.alerts.wording.marks import mark_of
from leadline.alerts.wording.phrases import at, line_of
from leadline.alerts.wording.story import Story
from leadline.model.monitoring.trouble import KnownTrouble, TroubleKind, TroubleState

TROUBLE, TROUBLE_OVER = "trouble/1", "trouble_over/1"
MOST_TOLD = 10
"""The maximum number of troubles in one message, so that it fits every kind of channel."""
_LONGEST = 600
_LONGEST_WORDS = 300
_LONGEST_HEADLINE = 150


def story_of_troubles(troubles: Sequence[KnownTrouble]) -> Story:
    """One message about these troubles, at least one."""
    over = all(known.trouble.state is TroubleState.ENDED for known in troubles)
    title = f"Leadline: {_how_many(troubles)}{' over' if over else ''}"
    footer = "This message is for those who run Leadline; `leadline doctor` checks it."
    if all(known.trouble.kind is TroubleKind.AUDIT for known in troubles):
        title = "Leadline: the audit log"
        footer = "This message is for those who look after personal data."
    lines = tuple(line_of_trouble(known) for known in troubles)
    headline = f"Leadline: {lines[0]}" if len(lines) == 1 else f"{title}: {lines[0]}"
    return Story(
        title=title,
        headline=line_of(headline, "", _LONGEST_HEADLINE),
        template=TROUBLE_OVER if over else TROUBLE,
        remarks=lines,
        footer=(footer,),
    )


def line_of_trouble(known: KnownTrouble) -> str:
    """What is wrong, since when, and what to do about it, on one line."""
    trouble = known.trouble
    words = line_of(trouble.words, "trouble", _LONGEST_WORDS)
    if trouble.state is TroubleState.ENDED:
        return f"Over since {at(known.changed_at)}: {words}"
    often = (
        f" ({trouble.count} times)"
        if trouble.state is TroubleState.ONCE and trouble.count > 1
        else ""
    )
    lead = f" The newest is lead {line_of(trouble.lead_id, '', 80)}." if trouble.lead_id else ""
    return line_of(f"{words}{often}{lead} {trouble.remedy}".rstrip(), "", _LONGEST)


def mark_of_troubles(channel: str, troubles: Sequence[KnownTrouble]) -> str:
    """The mark of a message about these troubles (see `alerts.wording.marks`)."""
    told = [(*k.trouble.key, k.trouble.state, k.trouble.count, k.since) for k in troubles]
    return mark_of(channel, "trouble", *(part for each in told for part in each))


def mark_of_trouble(known: KnownTrouble) -> str:
    """The mark of one trouble, the same from its begin to its end."""
    return mark_of("trouble", *known.trouble.key)


def when_found(troubles: Sequence[KnownTrouble]) -> datetime:
    """When the newest of these troubles last changed."""
    return max(known.changed_at for known in troubles)


def _how_many(troubles: Sequence[KnownTrouble]) -> str:
    return "1 trouble" if len(troubles) == 1 else f"{len(troubles)} troubles"

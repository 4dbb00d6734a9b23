"""Troubles: what is wrong with an installation that an operator must know, and what is known of it.

A trouble has no personal data: it names channels, sources, reasons and the ids of leads.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

_MANY = 10
"""A trouble is told again when its count is this many times the count that was told."""
_AGAIN = timedelta(days=1)
"""A trouble whose count has grown by less is told again after this time."""


class TroubleKind(StrEnum):
    """What a trouble is about; the most urgent kind comes first."""

    DISK = "disk"
    CHANNEL = "channel"
    SOURCE = "source"
    DEAD_LETTERS = "dead_letters"
    SCORES = "scores"
    EXPERIMENT = "experiment"
    AUDIT = "audit"


class TroubleState(StrEnum):
    """Whether a trouble goes on (OPEN), is over (ENDED), or was a single event (ONCE)."""

    OPEN = "open"
    ENDED = "ended"
    ONCE = "once"


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """One trouble as it is found. `subject` tells troubles of a kind apart, such as the name of a
    channel. `words` say in a sentence what is wrong, `remedy` what to do about it. `count` is how
    often it occurs, and `lead_id` one lead that it concerns, or ""."""

    kind: TroubleKind
    subject: str
    words: str
    remedy: str = ""
    count: int = 1
    lead_id: str = ""
    state: TroubleState = TroubleState.OPEN

    @property
    def key(self) -> tuple[TroubleKind, str]:
        """What identifies the trouble."""
        return self.kind, self.subject

    def ended(self) -> "Trouble":
        """The end of this trouble."""
        return msgspec.structs.replace(self, state=TroubleState.ENDED)


class KnownTrouble(msgspec.Struct, frozen=True):
    """A trouble as a store keeps it: since when it is known, when it last changed, and the count
    that operators were told (0: nothing yet), with the time."""

    trouble: Trouble
    since: datetime
    changed_at: datetime
    told: int = 0
    told_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether the trouble does not go on; it is forgotten once that was told."""
        return self.trouble.state is not TroubleState.OPEN

    def is_news(self, now: datetime) -> bool:
        """Whether operators are to be told of it: it is new, it is over, or its count has grown to
        ten times what was told, or within a day at all."""
        if self.told_at is None or self.is_over:
            return True
        count = self.trouble.count
        return count >= _MANY * self.told or (count > self.told and now - self.told_at >= _AGAIN)


def reported(known: KnownTrouble | None, trouble: Trouble, now: datetime) -> KnownTrouble | None:
    """What is known of a trouble after it was reported; the same value if that changes nothing.

    The end of an unknown trouble is no news. Single events are counted until they are told.
    """
    if trouble.state is TroubleState.ENDED:
        if known is None or known.is_over:
            return known
        return msgspec.structs.replace(known, trouble=known.trouble.ended(), changed_at=now)
    if known is None or known.trouble.state is TroubleState.ENDED:
        return KnownTrouble(trouble, now, now)
    if trouble.state is TroubleState.ONCE:
        trouble = msgspec.structs.replace(trouble, count=known.trouble.count + trouble.count)
    if trouble == known.trouble:
        return known
    return msgspec.structs.replace(known, trouble=trouble, changed_at=now)


def told(known: KnownTrouble | None, as_told: KnownTrouble, now: datetime) -> KnownTrouble | None:
    """What is known of a trouble after operators were told of it *as_told*; None if it is to be
    forgotten. What was reported meanwhile is still told."""
    if known is None:
        return None
    if known.is_over and known.changed_at == as_told.changed_at:
        return None
    if known.since != as_told.since:
        return known  # it ended and began anew
    return msgspec.structs.replace(known, told=as_told.trouble.count, told_at=now)


def by_urgency(known: Iterable[KnownTrouble]) -> list[KnownTrouble]:
    """The troubles, most urgent kind first, then the oldest first."""
    urgency = list(TroubleKind)
    return sorted(known, key=lambda k: (urgency.index(k.trouble.kind), k.since, k.trouble.subject))

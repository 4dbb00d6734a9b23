"""Telling the head of the audit log by a channel (`audit_channel`), once a day.

Who has the message can check that no entry before it was changed or taken out, whoever can write to
the log (`leadline audit verify --head`).
"""

from datetime import timedelta

from leadline.alerts.operators.telling import Teller
from leadline.kit import Kit
from leadline.model.monitoring.trouble import KnownTrouble, Trouble, TroubleKind, TroubleState
from leadline.privacy.chain import Head

PACE = "audit.head"
"""The name under which stores keep when the next head may be told."""
EVERY = timedelta(days=1)
_AGAIN = timedelta(minutes=10)


class HeadTeller:
    """Tells the head by the channel *name*, or its fallbacks."""

    def __init__(self, kit: Kit, name: str) -> None:
        self._teller = Teller(kit.channels, name, kit.clock)
        self._is_untold = False

    def tell_in_turn(self, kit: Kit) -> timedelta:
        """Tell the head if that is due; returns how long to wait. Raises what the store raises."""
        if not self._is_untold and (wait := kit.store.reserve(PACE, EVERY)):
            return wait
        self._is_untold = not self._told(kit)
        return _AGAIN if self._is_untold else EVERY

    def _told(self, kit: Kit) -> bool:
        head = kit.audit.head() if kit.audit is not None else None
        if head is None:
            return True
        known = head_message(Head(head.n, head.hash), kit)
        return bool(self._teller.send([known]))


def head_message(head: Head, kit: Kit) -> KnownTrouble:
    """The message with a head."""
    words = Trouble(
        kind=TroubleKind.AUDIT,
        subject="head",
        words=f"The audit log ends with {head}",
        remedy=f"Keep this message: `leadline audit verify --head {head}` shows whether anything "
        "before it was changed or taken out.",
        state=TroubleState.ONCE,
    )
    now = kit.clock()
    return KnownTrouble(words, now, now)

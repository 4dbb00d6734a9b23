"""Watches an embedded installation for troubles, and tells operators of them.

While the store takes no reports because the disk fails, the trouble is told without it.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta

from leadline import wiring
from leadline.alerts.operators.silent_sources import SilenceWatch
from leadline.alerts.operators.telling import GAP, PACE, Teller
from leadline.alerts.operators.trouble_signs import (
    of_channels,
    of_dead_letters,
    of_scores,
    with_ends,
)
from leadline.installations.data_folder import (
    Whereabouts,
    may_tell_without_store,
    new_damage,
)
from leadline.kit import Kit
from leadline.model.errors import LeadlineError
from leadline.model.monitoring.trouble import KnownTrouble, Trouble, TroubleKind, TroubleState
from leadline.operations.watching.health import unscored
from leadline.ports.store_parts.troubles import TroubleBook
from leadline.settings.top.general import Settings

log = logging.getLogger(__name__)

LOOK_S = 5.0
"""The seconds between two looks."""
_SHARE = 20
"""A look that took long is followed by a pause of this many times as long."""
_LASTING_S = 10.0
"""How long the store must fail until that is told: a single failure ends by itself."""

_SILENCE_EVERY = timedelta(minutes=1)
"""The time between two looks for silent sources."""

_STORAGE = "storage"
_FULL = Trouble(
    kind=TroubleKind.DISK,
    subject="space",
    words="The disk of the data folder is full: deliveries are refused, and senders must repeat "
    "them.",
    remedy="Free some space, or move the data to another disk.",
)


class StorageSigns:
    """Failures of the store that the loops of a process meet, for several threads; *clock* gives
    seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._first = self._last = -math.inf
        self._words = ""

    def note(self, error: LeadlineError) -> None:
        """Note a failure."""
        now = self._clock()
        with self._lock:
            if now - self._last > _LASTING_S:
                self._first = now
            self._last, self._words = now, str(error)

    def lasting(self) -> Trouble | None:
        """The trouble, if the store has failed again and again for a while until now."""
        now = self._clock()
        with self._lock:
            goes_on = self._last - self._first >= _LASTING_S and now - self._last <= _LASTING_S
            return _failing(self._words) if goes_on else None


class TroubleWatch:
    """The loop of one process. With *tells* it looks after the whole installation and tells its
    troubles; without, it only reports what this process has met."""

    def __init__(self, settings: Settings, signs: StorageSigns, *, tells: bool) -> None:
        self._settings = settings
        self._signs = signs
        self._tells = tells
        self._whereabouts: Whereabouts | None = None
        self._teller: Teller | None = None
        self._silence = SilenceWatch(settings)
        self._silence_at: datetime | None = None
        self._told_directly: KnownTrouble | None = None
        # One that an earlier process left behind is over, too.
        self._may_end_failing = True

    def once(self, kit: Kit) -> float:
        """Look once, and tell what is news; returns the seconds to wait."""
        began = time.monotonic()
        if not self._tells:
            if kit.troubles is not None:
                kit.troubles.report(list(of_damage()))
            return LOOK_S
        if self._teller is None:
            self._teller = Teller(kit.channels, self._settings.alerts_trouble, kit.clock)
        try:
            self._look(kit, self._teller)
        except LeadlineError as error:
            log.error("trouble.storage", extra={"error": type(error).__name__})
            self._signs.note(error)
            self._may_end_failing = True
            if (trouble := self._signs.lasting()) is not None:
                self._tell_directly(kit, self._teller, trouble)
        return max(LOOK_S, _SHARE * (time.monotonic() - began))

    def _look(self, kit: Kit, teller: Teller) -> None:
        """Report what is wrong now, and tell what is news."""
        book = kit.troubles
        if book is None:
            return
        if self._whereabouts is None:
            self._whereabouts = Whereabouts(self._settings.data)
        self._whereabouts.check_all()
        found = [*self._of_disk(self._whereabouts), *of_channels(kit)]
        with closing(wiring.ledger(self._settings)) as ledger:
            found += of_dead_letters(ledger.dead())
            if self._settings.scores_leads:
                found += of_scores(unscored(ledger))
        kinds = set(TroubleKind) - {TroubleKind.SOURCE}
        if self._settings.experiments:  # `embedded.experiment_watch` finds their begin and end
            kinds -= {TroubleKind.EXPERIMENT}
        if (before := self._told_directly) is not None:  # it is over: tell its end
            kit.store.pause(PACE, before.since + GAP)
            book.report([before.trouble])
            book.note_told([k for k in book.troubles() if k.trouble.key == before.trouble.key])
            self._told_directly = None
        book.report([*with_ends(found, self._endable(book.troubles()), kinds), *of_damage()])
        self._look_for_silence(kit, book)
        if teller.tell_news(book, kit.store) == timedelta():
            may_tell_without_store(self._settings.data, GAP)

    def _look_for_silence(self, kit: Kit, book: TroubleBook) -> None:
        """Report sources that went silent, or send again, once a minute."""
        now, last = kit.clock(), self._silence_at
        if kit.arrivals is None or (last and timedelta() <= now - last < _SILENCE_EVERY):
            return
        self._silence.look(kit.arrivals, book, now)
        self._silence_at = now

    def _endable(self, known: Sequence[KnownTrouble]) -> list[KnownTrouble]:
        """The troubles whose end this process can find: that the store fails may be met by another
        process alone, which then finds the end."""
        mine = self._may_end_failing
        self._may_end_failing = self._signs.lasting() is not None
        return [k for k in known if mine or k.trouble.key != (TroubleKind.DISK, _STORAGE)]

    def _of_disk(self, whereabouts: Whereabouts) -> Iterator[Trouble]:
        if not whereabouts.has_room():
            yield _FULL
        if (lasting := self._signs.lasting()) is not None:
            yield lasting

    def _tell_directly(self, kit: Kit, teller: Teller, trouble: Trouble) -> None:
        """Tell once that the store fails, without the store."""
        if self._told_directly is not None:
            return
        if may_tell_without_store(self._settings.data, GAP):
            now = kit.clock()
            known = KnownTrouble(trouble, now, now)
            if teller.tell([known]):
                self._told_directly = known


def of_damage() -> Iterator[Trouble]:
    """The trouble that this process has come upon damaged documents since the last call, if so."""
    if found := new_damage():
        yield Trouble(
            kind=TroubleKind.DISK,
            subject="damage",
            words="Stored documents of leads were altered by the disk and are not used.",
            remedy="`leadline verify --deep` names them; check the disk, and restore a backup.",
            count=len(found),
            lead_id=found[0],
            state=TroubleState.ONCE,
        )


def _failing(words: str) -> Trouble:
    return Trouble(
        kind=TroubleKind.DISK,
        subject=_STORAGE,
        words=f"The store fails, so that leads are late or refused: {words}.",
        remedy="`leadline doctor` checks the disk and the data folder.",
    )


def tell_of_end(settings: Settings) -> None:
    """Tell operators that the server ends because the disk failed twice. It never raises: without
    a channel that takes the message, the log has it."""
    trouble = Trouble(
        kind=TroubleKind.DISK,
        subject="sync",
        words="`leadline serve` has ended, because the disk failed again to keep what was written "
        "to it: no leads are accepted.",
        remedy="Check the disk (`dmesg`), then start it again, or restore a backup on another one.",
    )
    try:
        kit = wiring.in_memory(settings)
        now = kit.clock()
        known = KnownTrouble(trouble, now, now)
        Teller(kit.channels, settings.alerts_trouble, kit.clock).tell([known])
    except Exception:
        log.exception("trouble.failed")

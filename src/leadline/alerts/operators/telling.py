"""Telling operators of troubles: by the channel that `[alerts] trouble` names, and in the log.

At most one message a minute is sent, however many processes there are: what is found meanwhile is
told in the next one. A message that the channel does not take goes to its fallback.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from leadline.alerts.wording.trouble_story import MOST_TOLD
from leadline.model.monitoring.trouble import KnownTrouble, TroubleState
from leadline.ports.channel import Channel
from leadline.ports.clock import Clock
from leadline.ports.messenger import Busy, Refused, Sent, Unreachable
from leadline.ports.store import Pacing
from leadline.ports.store_parts.troubles import TroubleBook

log = logging.getLogger(__name__)

GAP = timedelta(minutes=1)
"""The minimum time between two messages about troubles."""
PACE = "alerts.trouble"
"""The name under which stores keep when the next message about troubles may be sent."""


class Teller:
    """Tells troubles by the channel *name* ("": only in the log) and, if that does not take a
    message, by its fallbacks."""

    def __init__(self, channels: Mapping[str, Channel], name: str, clock: Clock) -> None:
        self._channels = tuple(_with_fallbacks(channels, name))
        self._clock = clock
        self._logged: set[tuple[object, ...]] = set()

    def tell_news(self, book: TroubleBook, pacing: Pacing) -> timedelta | None:
        """Tell what is news, if the pace allows. Returns None if nothing is news, zero if something
        was told, else how long to wait. Raises what the store raises."""
        if not self._news(book):
            return None
        if wait := pacing.reserve(PACE, GAP):
            return wait
        news = self._news(book)  # another process may have told it
        told = self.tell(news)
        book.note_told(told)
        return timedelta() if told else GAP

    def tell(self, troubles: Sequence[KnownTrouble]) -> Sequence[KnownTrouble]:
        """Tell these troubles now; returns those that were told, from the first on."""
        for known in troubles:
            self._log(known)
        if not self._channels or not troubles:
            return troubles
        return self.send(troubles)

    def send(self, troubles: Sequence[KnownTrouble]) -> Sequence[KnownTrouble]:
        """Send these, without a line in the log about each; returns those that were told."""
        for channel in self._channels:
            if told := _sent(channel, troubles[:MOST_TOLD]):
                log.info("trouble.sent", extra={"channel": channel.name, "count": len(told)})
                return told
        return ()

    def _news(self, book: TroubleBook) -> list[KnownTrouble]:
        now: datetime = self._clock()
        return [known for known in book.troubles() if known.is_news(now)]

    def _log(self, known: KnownTrouble) -> None:
        """Log a trouble and its end once each, also while no channel takes the message."""
        one = known.trouble
        seen = (*one.key, one.state, known.since, known.told, one.count)
        if seen in self._logged:
            return
        if len(self._logged) > 1000:
            self._logged.clear()
        self._logged.add(seen)
        extra = {"reason": one.words, "count": one.count}
        if one.lead_id:
            extra["lead"] = one.lead_id
        if one.state is TroubleState.ENDED:
            log.info("trouble.over", extra=extra)
        else:
            log.warning("trouble.found", extra=extra)


def _with_fallbacks(channels: Mapping[str, Channel], name: str) -> Iterator[Channel]:
    """The channel of this name, its fallback, the fallback of that, and so on."""
    while name in channels:
        channel = channels[name]
        yield channel
        name = channel.fallback


def _sent(channel: Channel, troubles: Sequence[KnownTrouble]) -> Sequence[KnownTrouble]:
    """Send one message; returns the troubles that it told, or none."""
    message = channel.writer.troubles(troubles)
    if message is None:
        troubles = troubles[:1]
        message = channel.writer.troubles(troubles)
    if message is None:
        return ()
    try:
        reply = channel.messenger.send(message.body)
    except Exception as error:
        log.exception("messenger.failed", extra={"channel": channel.name})
        reply = Unreachable(type(error).__name__)
    match reply:
        case Sent():
            return troubles
        case Refused(reason=reason):
            why = reason
        case Busy():
            why = "channel.busy"
        case Unreachable(words=why):
            pass
    log.error("trouble.not_sent", extra={"channel": channel.name, "reason": why})
    return ()

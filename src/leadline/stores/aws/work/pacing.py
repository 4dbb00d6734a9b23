"""The state of each channel on AWS, shared by all workers."""

from datetime import datetime, timedelta

from leadline.model.formats import from_iso, iso
from leadline.ports.reading.listing import ChannelState
from leadline.ports.store import ChannelHealth
from leadline.stores.aws.base import Base, Contested
from leadline.stores.aws.table import Key, Put, Stale
from leadline.stores.aws.values import Item

_MOST_ROUNDS = 20
_FRESH = timedelta(seconds=30)
"""How long a channel that was seen without failures need not be read again after a sent message. A
failure that another worker has just noted is then ended by a later message."""


class AwsPacing(Base):
    """`ports.store.Pacing` without `alerts`, which are stored with the leads."""

    def reserve(self, channel: str, gap: timedelta) -> timedelta:
        """See `ports.store.Pacing.reserve`."""
        now = self.clock()
        item = _item(channel, now + gap)
        try:
            self.table.put_if(
                item, "attribute_not_exists(pk) OR free_at <= :now", {":now": iso(now)}
            )
        except Stale as stale:
            free_at = from_iso(stale.now["free_at"]) if stale.now else now + gap
            return max(free_at - now, timedelta(microseconds=1))
        return timedelta()

    def pause(self, channel: str, until: datetime) -> None:
        """See `ports.store.Pacing.pause`."""
        item = _item(channel, until)
        try:
            self.table.put_if(
                item, "attribute_not_exists(pk) OR free_at < :until", {":until": iso(until)}
            )
        except Stale:
            return  # it is paused longer already

    def is_in_use(self, channel: str, since: datetime) -> bool:
        """Whether a message to the channel was sent since then, or the channel is paused."""
        item = self.table.get((f"C#{channel}", "channel"))
        return item is not None and from_iso(item["free_at"]) >= since

    def record_attempt(self, channel: str, *, succeeded: bool) -> ChannelHealth:
        """See `ports.store.Pacing.record_attempt`."""
        now = self.clock()
        looked = self.recent.healthy.get(channel)
        if succeeded and looked is not None and abs(now - looked) < _FRESH:
            return ChannelHealth()  # the usual case after a message: nothing to write
        for _ in range(_MOST_ROUNDS):
            item = self.table.get(_health_key(channel))
            known = _health_of(item)
            if succeeded and known == ChannelHealth():
                return known
            new = (
                ChannelHealth()
                if succeeded
                else ChannelHealth(known.failures + 1, known.since or now)
            )
            pk, sk = _health_key(channel)
            data = {"failures": new.failures, "since": iso(new.since) if new.since else ""}
            try:
                self.table.write(Put({"pk": pk, "sk": sk, **data}, item["rev"] if item else None))
            except Stale:
                continue
            self.recent.healthy.pop(channel, None)
            return new
        raise Contested(channel)

    def health(self, channel: str) -> ChannelHealth:
        """See `ports.store.Pacing.health`."""
        # What is not known of a failure of this second is known at the next message.
        found = _health_of(self.table.get(_health_key(channel), exact=False))
        if found == ChannelHealth():
            self.recent.healthy[channel] = self.clock()
        else:
            self.recent.healthy.pop(channel, None)
        return found


def _item(channel: str, free_at: datetime) -> dict[str, str]:
    return {"pk": f"C#{channel}", "sk": "channel", "free_at": iso(free_at)}


def _health_key(channel: str) -> Key:
    return f"C#{channel}", "trouble"


def channel_keys(channel: str) -> tuple[Key, Key]:
    """The keys of the items of a channel: when it is free, and its failures."""
    return (f"C#{channel}", "channel"), _health_key(channel)


def channel_state(free: Item | None, trouble: Item | None) -> ChannelState:
    """The state of a channel by its two items; None for one that does not exist."""
    known = _health_of(trouble)
    return ChannelState(known.failures, known.since, from_iso(free["free_at"]) if free else None)


def _health_of(item: Item | None) -> ChannelHealth:
    if item is None:
        return ChannelHealth()
    return ChannelHealth(item["failures"], from_iso(item["since"]) if item["since"] else None)

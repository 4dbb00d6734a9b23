"""The state of each channel on AWS, shared by all workers."""

from datetime import datetime, timedelta

from leadline.model.formats import from_iso, iso
from leadline.ports.store import Trouble
from leadline.stores.aws.base import Base, Contested
from leadline.stores.aws.table import Key, Put, Stale
from leadline.stores.aws.values import Item

_MOST_ROUNDS = 20
_FRESH = timedelta(seconds=30)
"""How long a channel that was seen without failures need not be read again after a sent message. A
failure that another worker has just noted is then ended by a later message."""


class AwsChannels(Base):
    """`ports.store.Channels` without `alerts`, which are stored with the leads."""

    def reserve(self, channel: str, gap: timedelta) -> timedelta:
        """See `ports.store.Channels.reserve`."""
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

    def hold(self, channel: str, until: datetime) -> None:
        """See `ports.store.Channels.hold`."""
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

    def fared(self, channel: str, *, well: bool) -> Trouble:
        """See `ports.store.Channels.fared`."""
        now = self.clock()
        looked = self.recent.untroubled.get(channel)
        if well and looked is not None and abs(now - looked) < _FRESH:
            return Trouble()  # the usual case after a message: nothing to write
        for _ in range(_MOST_ROUNDS):
            item = self.table.get(_trouble_key(channel))
            known = _trouble_of(item)
            if well and known == Trouble():
                return known
            new = Trouble() if well else Trouble(known.failures + 1, known.since or now)
            pk, sk = _trouble_key(channel)
            told = {"failures": new.failures, "since": iso(new.since) if new.since else ""}
            try:
                self.table.write(Put({"pk": pk, "sk": sk, **told}, item["rev"] if item else None))
            except Stale:
                continue
            self.recent.untroubled.pop(channel, None)
            return new
        raise Contested(channel)

    def trouble(self, channel: str) -> Trouble:
        """See `ports.store.Channels.trouble`."""
        found = _trouble_of(self.table.get(_trouble_key(channel)))
        if found == Trouble():
            self.recent.untroubled[channel] = self.clock()
        else:
            self.recent.untroubled.pop(channel, None)
        return found


def _item(channel: str, free_at: datetime) -> dict[str, str]:
    return {"pk": f"C#{channel}", "sk": "channel", "free_at": iso(free_at)}


def _trouble_key(channel: str) -> Key:
    return f"C#{channel}", "trouble"


def _trouble_of(item: Item | None) -> Trouble:
    if item is None:
        return Trouble()
    return Trouble(item["failures"], from_iso(item["since"]) if item["since"] else None)

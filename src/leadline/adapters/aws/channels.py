"""What all workers know of each destination, on AWS."""

from datetime import datetime, timedelta

from leadline.adapters.aws.base import Base
from leadline.adapters.aws.table import Stale
from leadline.formats import from_iso, iso


class AwsChannels(Base):
    """`ports.Channels` without `alerted`, which leads know."""

    def reserve(self, channel: str, gap: timedelta) -> timedelta:
        """See `ports.Channels.reserve`."""
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
        """See `ports.Channels.hold`."""
        item = _item(channel, until)
        try:
            self.table.put_if(
                item, "attribute_not_exists(pk) OR free_at < :until", {":until": iso(until)}
            )
        except Stale:
            return  # it is held longer already


def _item(channel: str, free_at: datetime) -> dict[str, str]:
    return {"pk": f"C#{channel}", "sk": "channel", "free_at": iso(free_at)}

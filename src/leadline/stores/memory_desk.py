"""The channels and the handling of leads in the store in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from leadline.model.handling import UNHANDLED, Handling
from leadline.model.task import Alert, Later
from leadline.ports.store import Trouble
from leadline.stores.memory_queue import MemoryQueue


class MemoryDesk(MemoryQueue):
    """`ports.store.Channels` and `ports.store.Desk` in dictionaries."""

    def reserve(self, channel: str, gap: timedelta) -> timedelta:
        """See `ports.store.Channels.reserve`."""
        now = self.clock()
        free_at = self.free_at.get(channel, now)
        if free_at > now:
            return free_at - now
        self.free_at[channel] = now + gap
        return timedelta()

    def hold(self, channel: str, until: datetime) -> None:
        """See `ports.store.Channels.hold`."""
        self.free_at[channel] = max(until, self.free_at.get(channel, until))

    def alerts(self, lead_ids: Sequence[str]) -> Mapping[str, Sequence[Alert]]:
        """See `ports.store.Channels.alerts`."""
        found: dict[str, list[Alert]] = {}
        for alert in sorted(self.told, key=lambda a: a.sent_at):
            if alert.lead_id in lead_ids:
                found.setdefault(alert.lead_id, []).append(alert)
        return found

    def fared(self, channel: str, *, well: bool) -> Trouble:
        """See `ports.store.Channels.fared`."""
        before = self.trouble(channel)
        after = Trouble() if well else Trouble(before.failures + 1, before.since or self.clock())
        self.troubles[channel] = after
        return after

    def trouble(self, channel: str) -> Trouble:
        """See `ports.store.Channels.trouble`."""
        return self.troubles.get(channel, Trouble())

    def handling(self, lead_ids: Sequence[str]) -> Mapping[str, Handling]:
        """See `ports.store.Desk.handling`."""
        return {i: self.handled[i] for i in lead_ids if i in self.handled}

    def handle(
        self,
        lead_id: str,
        before: Handling,
        after: Handling,
        then: Sequence[Later] = (),
        note: str = "",
        detail: str = "",
    ) -> bool:
        """See `ports.store.Desk.handle`."""
        kept = self.handled.get(lead_id, UNHANDLED)
        if lead_id not in self.refined_leads or kept.rev != before.rev:
            return False
        self.handled[lead_id] = msgspec.structs.replace(after, rev=kept.rev + 1)
        self._follow(then)
        if note:
            self.notes.append((lead_id, f"{note} {detail}".rstrip()))
        return True

    def desk(self, person: str, limit: int = 50) -> Sequence[str]:
        """See `ports.store.Desk.desk`."""
        ids = [i for i, handled in self.handled.items() if person in handled.desks]
        return sorted(ids, reverse=True)[:limit]

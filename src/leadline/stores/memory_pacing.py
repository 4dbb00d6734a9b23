"""The channels and the handling of leads in the store in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from leadline.model.handling import UNHANDLED, Handling
from leadline.model.staff.assigning import Rewrite
from leadline.model.task import Alert, Later
from leadline.ports.store import ChannelHealth
from leadline.stores.memory_queue import MemoryQueue


class MemoryPacing(MemoryQueue):
    """`ports.store.Pacing`, `Alerts` and `Handlings` in dictionaries."""

    def reserve(self, channel: str, gap: timedelta) -> timedelta:
        """See `ports.store.Pacing.reserve`."""
        now = self.clock()
        free_at = self.free_at.get(channel, now)
        if free_at > now:
            return free_at - now
        self.free_at[channel] = now + gap
        return timedelta()

    def pause(self, channel: str, until: datetime) -> None:
        """See `ports.store.Pacing.pause`."""
        self.free_at[channel] = max(until, self.free_at.get(channel, until))

    def alerts(self, lead_ids: Sequence[str]) -> Mapping[str, Sequence[Alert]]:
        """See `ports.store.Alerts.alerts`."""
        alerts: dict[str, list[Alert]] = {}
        for alert in sorted(self.sent_alerts, key=lambda a: a.sent_at):
            if alert.lead_id in lead_ids:
                alerts.setdefault(alert.lead_id, []).append(alert)
        return alerts

    def record_attempt(self, channel: str, *, succeeded: bool) -> ChannelHealth:
        """See `ports.store.Pacing.record_attempt`."""
        before = self.health(channel)
        after = (
            ChannelHealth()
            if succeeded
            else ChannelHealth(before.failures + 1, before.since or self.clock())
        )
        self.channel_health[channel] = after
        return after

    def health(self, channel: str) -> ChannelHealth:
        """See `ports.store.Pacing.health`."""
        return self.channel_health.get(channel, ChannelHealth())

    def handling(self, lead_ids: Sequence[str]) -> Mapping[str, Handling]:
        """See `ports.store.Handlings.handling`."""
        return {i: self.handled[i] for i in lead_ids if i in self.handled}

    def handle(
        self,
        lead_id: str,
        before: Handling,
        after: Handling,
        then: Sequence[Later] = (),
        note: str = "",
        detail: str = "",
        changes: Mapping[str, Rewrite] = {},
    ) -> bool:
        """See `ports.store.Handlings.handle`."""
        handling = self.handled.get(lead_id, UNHANDLED)
        if lead_id not in self.refined_leads or handling.rev != before.rev:
            return False
        if not self.keep(changes):
            return False
        self.handled[lead_id] = msgspec.structs.replace(after, rev=handling.rev + 1)
        self._follow(then)
        if note:
            self.notes.append((lead_id, f"{note} {detail}".rstrip()))
        return True

    def work_list(self, person: str, limit: int = 50) -> Sequence[str]:
        """See `ports.store.Handlings.work_list`."""
        ids = [i for i, handled in self.handled.items() if person in handled.work_lists]
        return sorted(ids, reverse=True)[:limit]

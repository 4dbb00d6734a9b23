"""What the back half works with; `wiring` is the only one that fills it."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import msgspec

from leadline.crm import Crm, CrmConfig
from leadline.deliver.channel import Channel
from leadline.deliver.links import Links
from leadline.people import Team
from leadline.ports import Clock, Store
from leadline.retry import RetryPolicy
from leadline.routing import Routes
from leadline.sources import Source
from leadline.targets import Targets


def _nobody(lead_id: str) -> None:
    """Nobody watches."""
    del lead_id


class Connected(msgspec.Struct, frozen=True):
    """A CRM with its settings."""

    crm: Crm
    config: CrmConfig


class LookUpPolicy(msgspec.Struct, frozen=True):
    """A CRM that told no owner is asked again after `every`, then after pauses that grow with the
    lead's age up to `longest`, until the lead is `lasting` old."""

    every: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(hours=1)
    lasting: timedelta = timedelta(hours=24)

    def after(self, age: timedelta) -> timedelta | None:
        """The next pause for a lead that was refined so long ago; None: it was asked enough."""
        if age >= self.lasting:
            return None
        return min(max(self.every, age / 2), self.longest, self.lasting - age + self.every)


class Kit(msgspec.Struct, frozen=True):
    """Adapters and policies.

    `chance` gives numbers in [0, 1) for jitter. `channels` are the destinations by name, of which
    `routes` choose; `crms` the CRMs by source. `region` is where phones without a country are from.
    `interactive` is whether pressed buttons reach us. `at_hand` is told which lead is refined now,
    "" when none is: should that never end, whoever watches knows which it was.
    """

    store: Store
    sources: Mapping[str, Source]
    channels: Mapping[str, Channel]
    clock: Clock
    chance: Callable[[], float]
    retry: RetryPolicy = RetryPolicy()
    lease: timedelta = timedelta(seconds=60)
    region: str = ""
    links: Links = Links()
    crms: Mapping[str, Connected] = {}
    routes: Routes = Routes()
    team: Team = Team()
    targets: Targets = Targets()
    look_ups: LookUpPolicy = LookUpPolicy()
    interactive: bool = False
    at_hand: Callable[[str], None] = _nobody

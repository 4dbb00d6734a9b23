"""The protocol of an ad network, which is told what became of leads.

Each network is implemented by a module of `conversions`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from leadline.model.facts.attribution import Attribution
from leadline.model.facts.conversions import Stage
from leadline.ports.messenger import Busy, Refused, Unreachable


class KnownBy(msgspec.Struct, frozen=True):
    """By what an ad network may recognise the person of a lead, in plain text: `phone` in E.164.
    `network_lead` is the network's own id of the lead, if it came from its forms. `clicked_at` is
    the latest time at which the person can have clicked."""

    clicked_at: datetime
    email: str = ""
    phone: str = ""
    network_lead: str = ""
    attribution: Attribution = Attribution()


class Conversion(msgspec.Struct, frozen=True):
    """A stage of a lead that is to be told. `name` is the network's name of the event, `event_id`
    is the same for every attempt, so that the network counts it once. Without a `currency` there
    is no `value`."""

    lead_id: str
    stage: Stage
    name: str
    event_id: str
    at: datetime
    who: KnownBy
    value: float | None = None
    currency: str = ""


class Received(msgspec.Struct, frozen=True):
    """The network took a conversion. `digest` is that of the event as sent
    (`model.facts.conversions.Pushed`), `code` is how the network names the request."""

    digest: str = ""
    code: str = ""


class Rejected(msgspec.Struct, frozen=True):
    """The network took nothing of the request, because of some of its conversions: those `places`
    (from 0), or it does not say which."""

    reason: str
    words: str
    places: tuple[int, ...] = ()


PushAnswer = Sequence[Received | Refused] | Rejected | Busy | Unreachable | Refused
"""The answer to a request: one for each conversion in order; or Rejected; or Busy, Unreachable, or
Refused if it denies access (a token that ended), so that the same request may succeed later."""


class AdNetwork(Protocol):
    """An ad network. Methods return network errors as values and raise none."""

    batch: int
    """The greatest number of conversions in one request."""

    window: timedelta
    """How old a conversion may be when it is sent."""

    can_test: bool
    """Whether a request can be tried without effect."""

    def identifiers(self, who: KnownBy) -> tuple[str, ...]:
        """The network's names of what it would be sent to recognise a person by; empty if there is
        nothing that it takes."""

    def send(self, conversions: Sequence[Conversion], *, test: bool = False) -> PushAnswer:
        """Send up to `batch` conversions. Sending one again has no further effect. With *test*,
        the network only checks them; that needs `can_test`."""

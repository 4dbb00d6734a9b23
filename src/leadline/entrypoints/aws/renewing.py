"""Destinations whose secrets may have been replaced since the settings were read.

If one refuses a message or denies access, the settings are read at once (`Parts.renewed`), and it
is asked once more if they changed. What was refused has had no effect, so nothing happens twice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import msgspec

from leadline.kit import Connected
from leadline.model.staff.people import Person
from leadline.ports.channel import GONE, NO_OWNER, Channel
from leadline.ports.crm import Carried, Crm, CrmChange, CrmRecord, NotYet, Page
from leadline.ports.messenger import Busy, Messenger, Refused, Sent, Unreachable

T = TypeVar("T")

_ABOUT_THE_MESSAGE = frozenset((GONE, NO_OWNER))
"""Refusals that no other secret changes."""


def renewing_channels(
    channels: Mapping[str, Channel], anew: Callable[[], Mapping[str, Channel] | None]
) -> dict[str, Channel]:
    """The channels, each with a messenger that is replaced by that of *anew* when it is refused;
    *anew* returns None if nothing changed."""

    def messenger_of(name: str) -> Messenger | None:
        new = anew()
        return new[name].messenger if new is not None and name in new else None

    return {
        name: msgspec.structs.replace(
            channel, messenger=RenewingMessenger(channel.messenger, partial(messenger_of, name))
        )
        for name, channel in channels.items()
    }


class RenewingMessenger:
    """`ports.messenger.Messenger` that is replaced when a message is refused: *anew* returns the
    new one, None if nothing changed."""

    def __init__(self, messenger: Messenger, anew: Callable[[], Messenger | None]) -> None:
        self._messenger = messenger
        self._anew = anew

    def send(self, message: bytes) -> Sent | Refused | Busy | Unreachable:
        """See `ports.messenger.Messenger.send`."""
        reply = self._messenger.send(message)
        if not isinstance(reply, Refused) or reply.reason in _ABOUT_THE_MESSAGE:
            return reply
        new = self._anew()
        if new is None:
            return reply
        self._messenger = new
        return new.send(message)

    def find(self, message: bytes) -> Sent | None:
        """See `ports.messenger.Messenger.find`."""
        return self._messenger.find(message)


class RenewingCrms(Mapping[str, Connected]):
    """The CRMs by source, each made when it is first used, and made *anew* when access is denied,
    if that changes anything."""

    def __init__(
        self,
        crms: Mapping[str, Connected],
        anew: Callable[[], Mapping[str, Connected] | None],
    ) -> None:
        self._crms = crms
        self._anew = anew
        self._made: dict[str, Connected] = {}

    def __getitem__(self, source: str) -> Connected:
        if source not in self._made:
            one = self._crms[source]
            crm = _RenewingCrm(one.crm, lambda: self._renewed(source))
            self._made[source] = msgspec.structs.replace(one, crm=crm)
        return self._made[source]

    def _renewed(self, source: str) -> Crm | None:
        new = self._anew()
        return new[source].crm if new is not None and source in new else None

    def __iter__(self) -> Iterator[str]:
        return iter(self._crms)

    def __len__(self) -> int:
        return len(self._crms)


class _RenewingCrm:
    """`ports.crm.Crm` that is made anew when access is denied."""

    def __init__(self, crm: Crm, anew: Callable[[], Crm | None]) -> None:
        self._crm = crm
        self._anew = anew
        self.batch = crm.batch
        self.knows_owners = crm.knows_owners

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        """See `ports.crm.Crm.read`."""
        return self._asked(lambda crm: crm.read(records))

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        """See `ports.crm.Crm.write`."""
        return self._asked(lambda crm: crm.write(changes))

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        """See `ports.crm.Crm.owner_value`."""
        return self._crm.owner_value(owner)

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        """See `ports.crm.Crm.since`."""
        return self._asked(lambda crm: crm.since(at, after))

    def _asked(self, ask: Callable[[Crm], T]) -> T:
        answer = ask(self._crm)
        if not isinstance(answer, Refused):
            return answer
        new = self._anew()
        if new is None:
            return answer
        self._crm = new
        return ask(new)

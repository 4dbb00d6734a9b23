"""Log lines about deliveries: what was captured, and what was refused and why.

Refusals are logged at most once a second and source, then by their number, so that an attack or a
sender in a loop does not fill the log. A line has no personal data: of the sender's address only
the network, unless `log_sender` says otherwise.
"""

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from leadline.model.errors import LeadlineError, UnknownSource
from leadline.model.lead import Receipt

log = logging.getLogger(__name__)

EVERY_S = 1.0
"""The seconds between two lines about refusals of one source."""
_MOST_SOURCES = 1000
_NAME = re.compile(r"[a-z0-9_-]{1,40}")
_PREFIX = {4: 24, 6: 48}
"""How many bits of an address name its network, by its version."""


class _Held:
    """The refusals of one source since its last line, and the newest of them."""

    __slots__ = ("count", "newest", "until")

    def __init__(self, until: float) -> None:
        self.until = until
        self.count = 0
        self.newest = ("", 0, "", "")


class RefusalLog:
    """The log lines about refused deliveries, for one thread. `whole_address` is whether senders
    are named by address instead of network. *clock* gives seconds that never go back."""

    def __init__(
        self, *, whole_address: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.whole_address = whole_address
        self._clock = clock
        self._held: dict[str, _Held] = {}

    def note(self, source: str, status: int, reason: str, sender: str) -> bool:
        """Log that a delivery from the address *sender* was refused. Returns False if that was only
        counted, for `tell_held`."""
        if not log.isEnabledFor(logging.WARNING):
            return True
        now = self._clock()
        name = source if _NAME.fullmatch(source) else "unknown"
        held = self._held.get(name)
        if held is None or (now >= held.until and not held.count):
            if len(self._held) >= _MOST_SOURCES:
                self._held.clear()
            self._held[name] = _Held(now + EVERY_S)
            self._tell(name, status, reason, sender)
            return True
        held.count += 1
        held.newest = (name, status, reason, sender)
        if now >= held.until:
            self.tell_held()
            return True
        return False

    def tell_held(self, *, at_end: bool = False) -> bool:
        """Log the number of refusals of each source that were only counted, if a second is over or
        *at_end*; the line describes the newest. Returns whether any are left."""
        now, left = self._clock(), False
        for held in self._held.values():
            if held.count and (at_end or now >= held.until):
                self._tell(*held.newest, held.count)
                held.count, held.until = 0, now + EVERY_S
            left = left or held.count > 0
        return left

    def _tell(self, source: str, status: int, reason: str, sender: str, more: int = 0) -> None:
        """Write the line about one refusal, or about the newest of so many *more*."""
        extra = {"source": source, "status": status, "reason": reason}
        if self.whole_address:
            extra["sender"] = sender or "unknown"
        else:
            extra["network"] = network_of(sender)
        if more:
            log.warning("webhook.refused_more", extra={**extra, "count": more})
        else:
            log.warning("webhook.refused", extra=extra)


def reason_of(error: LeadlineError) -> str:
    """Why a delivery was refused, in words for the log."""
    if isinstance(error, UnknownSource):
        return "there is no such source"
    return error.detail or error.title


def note_captured(source: str, receipts: Sequence[Receipt]) -> None:
    """Log what became of each event of a delivery."""
    if log.isEnabledFor(logging.INFO):
        for receipt in receipts:
            extra = {"source": source, "lead": receipt.lead_id}
            log.info("webhook." + receipt.fate, extra=extra)


def network_of(address: str) -> str:
    """The network of an address: "203.0.113.0/24", or of IPv6 "2001:db8:7::/48"."""
    found = _read(address)
    if found is None:
        return "unknown"
    return str(ip_network(f"{found}/{_PREFIX[found.version]}", strict=False))


def sender_of(peer: str, headers: Mapping[str, str]) -> str:
    """The address of a request's sender. Where *peer*, who is connected, is on this machine or in a
    private network, it is a proxy if it says for whom it asks: the last address that it added to
    `X-Forwarded-For` then counts. Of anybody else the header may be made up."""
    told = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    if not told:
        return peer
    near = _read(peer)
    if near is not None and not near.is_private:
        return peer
    return told if _read(told) is not None else peer


def _read(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address.partition("%")[0].strip("[]"))
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found

"""Which entries of the audit log the address of AUDIT and of its export asks for."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from urllib.parse import urlencode

import msgspec

from leadline.entrypoints.dashboard.addresses.moments import moment_in
from leadline.model.personal_data.privacy import ChainedEntry

NAMES = ("who", "what", "lead", "from", "to")
"""The filters by their names in addresses."""
SIZE = 100
"""How many entries a page shows."""
_LONGEST = 200


class AuditQuery(msgspec.Struct, frozen=True):
    """What an address asks for: the filters that it has, the times in them, the number of the entry
    before which the page ends (None: the newest), and what of the address was not understood.

    `who` and `what` are looked for anywhere in the actor and the action, `lead` at the beginning or
    the end of what it was done to, all in any case.
    """

    given: Mapping[str, str]
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    faults: tuple[str, ...] = ()

    def value(self, name: str) -> str:
        """A filter as it was given; "" if it was not."""
        return self.given.get(name, "")

    def address(self, path: str = "/audit", **changed: str) -> str:
        """A path with these filters, some changed ("" leaves one out)."""
        kept = {name: value for name, value in {**self.given, **changed}.items() if value}
        return f"{path}?{urlencode(kept)}" if kept else path

    def fits(self, one: ChainedEntry) -> bool:
        """Whether an entry is asked for, whichever page it is on."""
        entry, lead = one.entry, self.value("lead").casefold().replace("-", "")
        subject = entry.subject.casefold().replace("-", "")
        return (
            self.value("who").casefold() in entry.actor.casefold()
            and self.value("what").casefold() in entry.action.casefold()
            and (not lead or subject.startswith(lead) or subject.endswith(lead))
            and (self.until is None or entry.at < self.until)
            and (self.since is None or entry.at >= self.since)
        )


def audit_query(values: Mapping[str, str], zone_name: str) -> AuditQuery:
    """What the parameters of an address ask for; *zone_name* is the viewer's time zone."""
    given = {name: values.get(name, "").strip()[:_LONGEST] for name in NAMES}
    faults: list[str] = []
    times = {name: _time(name, given[name], zone_name, faults) for name in ("from", "to")}
    before = values.get("before", "")
    return AuditQuery(
        {name: value for name, value in given.items() if value},
        times["from"],
        times["to"],
        int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else None,
        tuple(faults),
    )


def _time(name: str, text: str, zone_name: str, faults: list[str]) -> datetime | None:
    """A time as a browser's field writes it, in the viewer's zone, or with an offset."""
    if not text:
        return None
    try:
        return moment_in(text, zone_name)
    except ValueError:
        faults.append(f"“{name}” is not a time; it is ignored.")
        return None


def entries_of(query: AuditQuery, entries: Iterable[ChainedEntry]) -> Iterator[ChainedEntry]:
    """The entries that are asked for, in their order, up to the end of the page."""
    before = query.before
    return (one for one in entries if (before is None or one.n < before) and query.fits(one))

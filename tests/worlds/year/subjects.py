"""What the judge knows of each lead, and of who is behind it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from tests.worlds.year.history import Decided, Posted

FREE_MAIL = frozenset({"gmail.com", "web.de", "outlook.com"})
"""The domains of the year's leads that are no company's."""

TAKEN_HOWS = frozenset(
    {"duplicate", "person", "company", "turn", "weight", "least_open", "fallback", "queue"}
)
"""The ways in which a lead gets its first owner here, at most once."""
HANDED_ON = ("reassign", "away")
"""The ways in which a lead goes from one to the next of the team."""


class Subject:
    """One lead, from when it was posted."""

    def __init__(self, posted: Posted) -> None:
        self.lead, self.posted_at, self.source = posted.lead, posted.at, posted.source
        self.body = posted.body
        self.email = str(posted.body.get("email", "")).lower()
        domain = self.email.rpartition("@")[2]
        self.company = "" if domain in FREE_MAIL else domain
        self.record = str(posted.body.get("record", ""))
        self.score = float(posted.body.get("score", 0))
        self.owner = self.claimant = ""
        self.first: Decided | None = None
        self.last: Decided | None = None
        self.waits_in = ""
        self.waits_since: datetime | None = None
        self.ending = ""

    @property
    def holder(self) -> str:
        """Who works on it: whoever claimed it, else its owner."""
        return self.claimant or self.owner

    def facts(self) -> Mapping[str, Any]:
        """What rules may ask of it."""
        custom = {f"custom.{name}": said for name, said in self.body.items()}
        return {"source": self.source, "country": self.body.get("country", ""), **custom}


class Subjects:
    """All leads, found by id, person and record."""

    def __init__(self) -> None:
        self.by_lead: dict[str, Subject] = {}
        self._by_email: dict[str, list[Subject]] = {}
        self._by_record: dict[str, list[Subject]] = {}

    def add(self, one: Subject) -> None:
        """Add a lead that was posted."""
        self.by_lead[one.lead] = one
        self._by_email.setdefault(one.email, []).append(one)
        if one.record:
            self._by_record.setdefault(one.record, []).append(one)

    def earlier_of_person(self, one: Subject) -> list[Subject]:
        """The leads of the same person that came earlier and were decided about, earliest first;
        if there is none, those that came later but were decided about before."""
        others = [e for e in self._by_email[one.email] if e is not one and e.first is not None]
        return [e for e in others if e.posted_at < one.posted_at] or others

    def of_record(self, record: str) -> list[Subject]:
        """The leads of a record of the CRM."""
        return self._by_record.get(record, [])

    def waiting_in(self, team: str) -> Iterator[Subject]:
        """The leads that wait in a team's queue."""
        return (one for one in self.by_lead.values() if one.waits_in == team)

"""A lead as the conditions of rules look at it: what costs something is worked out once."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from leadline.model.lead import Ownership, RefinedLead
from leadline.model.staff.people import owner_in
from leadline.settings.conditions.text import fold_text
from leadline.settings.team.hours import HoursConfig
from leadline.team.hours import is_working, zone_of
from leadline.team.people import Team


class Facts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of earlier leads of the same person: how many there are, when the first and
    the last of them came, its owner (a name from `[people]`, or as shown), and how it ended
    (`Ending`). Empty where it is not known or not asked."""

    leads: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    owner: str = ""
    outcome: str = ""


NO_FACTS = Facts()


class Subject:
    """One look at a lead at one moment. `custom` keeps the texts of custom fields that were looked
    at, by path."""

    __slots__ = (
        "_called", "_country", "_folded", "_local", "_working", "at", "custom", "facts", "hours",
        "lead", "team",
    )  # fmt: skip

    def __init__(
        self,
        lead: RefinedLead,
        at: datetime,
        facts: Facts = NO_FACTS,
        *,
        hours: Mapping[str, HoursConfig],
        team: Team,
    ) -> None:
        self.lead, self.at, self.facts = lead, at, facts
        self.hours, self.team = hours, team
        self._called: frozenset[str] | None = None
        self._country: str | None = None
        self._working: dict[str, bool] = {}
        self._local: datetime | None = None
        self._folded: dict[str, tuple[str, ...]] = {}
        self.custom: dict[tuple[str, ...], tuple[str, ...]] = {}

    @property
    def called(self) -> frozenset[str]:
        """The names of the owner, casefolded: by `[people]` and by the CRM, the e-mail address and
        the CRM id; empty without an owner."""
        if self._called is None:
            self._called = _called(self.lead, self.team)
        return self._called

    @property
    def country(self) -> str:
        """The ISO 3166 code of the lead's country; "" if it is not given or not known."""
        if self._country is None:
            from leadline.refine.country_context import region_in  # few rules name countries

            lead = self.lead
            self._country = region_in(lead.contact.country, lead.contact.phone_e164, lead.custom)
        return self._country

    @property
    def local(self) -> datetime:
        """The moment in the zone of the first business hours; without any, in UTC."""
        if self._local is None:
            first = next(iter(self.hours.values()), None)
            self._local = self.at.astimezone(zone_of(first.zone if first is not None else ""))
        return self._local

    def folded(self, text: str | None) -> tuple[str, ...]:
        """The text as conditions compare it; empty for none, and for blanks."""
        if not text:
            return ()
        found = self._folded.get(text)
        if found is None:
            words = fold_text(text)
            found = self._folded[text] = (words,) if words else ()
        return found

    def is_during(self, name: str) -> bool:
        """Whether it is within the hours of this name."""
        found = self._working.get(name)
        if found is None:
            found = self._working[name] = is_working(self.hours[name], self.at)
        return found


Test = Callable[[Subject], bool]
"""Whether a lead meets a condition."""


def ownership_of(lead: RefinedLead) -> Ownership:
    """Whether somebody owns the lead. If no CRM was asked, the owner in the webhook decides."""
    details = lead.lead_details
    if details.ownership is not Ownership.NOT_ASKED:
        return details.ownership
    return Ownership.UNASSIGNED if owner_in(details) is None else Ownership.ASSIGNED


def _called(lead: RefinedLead, team: Team) -> frozenset[str]:
    owner = owner_in(lead.lead_details)
    if owner is None:
        return frozenset()
    known = team.known(owner)
    names = (team.name_of(owner), owner.name, owner.email, owner.id, known.email, known.id)
    return frozenset(name.casefold() for name in names if name)

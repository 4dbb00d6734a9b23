"""Routing: which channels are alerted to a lead, and who is assigned an unassigned one."""

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import blake2b

import msgspec

from leadline.model.lead import Ownership, RefinedLead
from leadline.model.likeness import KNOWN_PERSON
from leadline.model.people import Person, owner_in
from leadline.settings.hours import HoursConfig
from leadline.settings.rules import RuleConfig
from leadline.team.people import Team
from leadline.team.targets import fits_hours

_BEFORE = "before"
"""The value of a rule's `seen` that matches duplicates."""


class Routes(msgspec.Struct, frozen=True):
    """The rules (`[rules]`), in the order of the settings. `usual` are the channels for leads
    without a matching rule; `unassigned` is the channel for those of them without an owner ("":
    the usual ones). If `silent_on_duplicates`, only a rule about duplicates has them alerted.

    The first matching rule with `channels` or `alert = "no"` decides the channels, and the first
    matching rule with `assign` decides the assignee; these may be different rules.
    """

    rules: Mapping[str, RuleConfig] = {}
    hours: Mapping[str, HoursConfig] = {}
    team: Team = Team()
    usual: tuple[str, ...] = ()
    unassigned: str = ""
    silent_on_duplicates: bool = False

    def channels(self, lead: RefinedLead, at: datetime) -> tuple[str, ...]:
        """The names of the channels to alert, without repetition. If no rule matches, unassigned
        leads go to the channel `unassigned`, all others to the usual channels. If the CRM did not
        answer, the lead may have an owner, so it goes to the usual channels too."""
        silent = self.is_silent(lead)
        rule = self._first(
            lead,
            at,
            lambda rule: (
                (bool(rule.channels) or rule.alert == "no") and (not silent or rule.seen == _BEFORE)
            ),
        )
        if rule is not None:
            return () if rule.alert == "no" else tuple(dict.fromkeys(rule.channels))
        if silent:
            return ()
        if self.unassigned and ownership_of(lead) is Ownership.UNASSIGNED:
            return (self.unassigned,)
        return tuple(dict.fromkeys(self.usual))

    def is_silent(self, lead: RefinedLead) -> bool:
        """Whether nobody is alerted to the lead unless a rule about duplicates says so."""
        return self.silent_on_duplicates and lead.duplicate_of is not None

    def assignees(self, lead: RefinedLead, at: datetime) -> tuple[str, ...]:
        """The people (names from `[people]`) among whom such leads are assigned if unassigned."""
        rule = self._first(lead, at, lambda rule: bool(rule.assign))
        return () if rule is None else tuple(dict.fromkeys(rule.assign))

    def _first(
        self, lead: RefinedLead, at: datetime, decides: Callable[[RuleConfig], bool]
    ) -> RuleConfig | None:
        """The first matching rule of those for which *decides* is true."""
        return next(
            (r for r in self.rules.values() if decides(r) and self._fits(r, lead, at)), None
        )

    def _fits(self, rule: RuleConfig, lead: RefinedLead, at: datetime) -> bool:
        return (
            (not rule.sources or lead.received_from in rule.sources)
            and _has_score(rule, lead)
            and (not rule.seen or (rule.seen == _BEFORE) is (lead.duplicate_of is not None))
            and (not rule.ownership or ownership_of(lead).value == rule.ownership)
            and (not rule.owners or self._is_of(rule.owners, lead))
            and (not rule.countries or _country(lead) in {c.upper() for c in rule.countries})
            and fits_hours(self.hours, rule.during, rule.outside, at)
        )

    def _is_of(self, owners: tuple[str, ...], lead: RefinedLead) -> bool:
        """Whether the owner is one of *owners*, compared by name in `[people]` or in the CRM,
        e-mail address and CRM id."""
        owner = owner_in(lead.lead_details)
        if owner is None:
            return False
        known = self.team.known(owner)
        names = (self.team.name_of(owner), owner.name, owner.email, owner.id, known.email, known.id)
        called = {name.casefold() for name in names if name}
        return any(wanted.casefold() in called for wanted in owners)


def ownership_of(lead: RefinedLead) -> Ownership:
    """Whether somebody owns the lead. If no CRM was asked, the owner in the webhook decides."""
    details = lead.lead_details
    if details.ownership is not Ownership.NOT_ASKED:
        return details.ownership
    return Ownership.UNASSIGNED if owner_in(details) is None else Ownership.ASSIGNED


def with_owner(lead: RefinedLead, owner: Person | None, ownership: Ownership) -> RefinedLead:
    """The lead with this owner."""
    details = msgspec.structs.replace(
        lead.lead_details,
        owner=owner.shown if owner else None,
        owner_id=(owner.id or None) if owner else None,
        owner_email=(owner.email or None) if owner else None,
        ownership=ownership,
    )
    return msgspec.structs.replace(lead, lead_details=details)


def assign(lead: RefinedLead, routes: Routes, team: Team) -> Person | None:
    """Whom the rules assign an unassigned lead to, by the hours at its refinement. None if the lead
    has an owner, may have one (the CRM did not answer), is somebody whom the CRM has known before,
    or no rule assigns it."""
    if ownership_of(lead) is not Ownership.UNASSIGNED or KNOWN_PERSON in lead.problems:
        return None
    return next_assignee(lead, routes, team, lead.processed_at, None)


def next_assignee(
    lead: RefinedLead, routes: Routes, team: Team, at: datetime, holder: Person | None
) -> Person | None:
    """The person after *holder* in the rule's `assign`. If the holder is not in that list, a hash
    of the lead's id picks the person: leads spread evenly, and the same lead always goes to the
    same person. None if there is nobody else."""
    names = [name for name in routes.assignees(lead, at) if name in team.members]
    if not names:
        return None
    present = team.name_of(holder) if holder is not None else ""
    if present in names:
        chosen = names[(names.index(present) + 1) % len(names)]
    else:
        digest = blake2b(lead.lead_id.encode(), digest_size=8).digest()
        chosen = names[int.from_bytes(digest, "big") % len(names)]
    return None if chosen == present else team.person(chosen)


def _has_score(rule: RuleConfig, lead: RefinedLead) -> bool:
    """Whether the score is in the rule's range; a lead without a score is outside any range."""
    if rule.min_score is None and rule.max_score is None:
        return True
    score = lead.lead_details.lead_score
    if score is None or (rule.min_score is not None and score < rule.min_score):
        return False
    return rule.max_score is None or score < rule.max_score


def _country(lead: RefinedLead) -> str:
    """The ISO 3166 code of the lead's country; "" if it is not given or not known."""
    from leadline.refine.country_context import region_in  # imported here: few rules name countries

    return region_in(lead.contact.country, lead.contact.phone_e164, lead.custom)

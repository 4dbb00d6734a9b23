"""Which channels hear of a lead."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from leadline.hours import HoursConfig
from leadline.lead import RefinedLead
from leadline.people import Team


class RuleConfig(msgspec.Struct, frozen=True):
    """A rule (`[rules.NAME]`): everything that it names must fit the lead; `channels` then hear of
    it, and `assign` are those who get it in turn when nobody owns it."""

    sources: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    min_score: float | None = None
    max_score: float | None = None
    ownership: str = ""
    during: str = ""
    outside: str = ""
    channels: tuple[str, ...] = ()
    assign: tuple[str, ...] = ()


class Routes(msgspec.Struct, frozen=True):
    """Everything in `[rules]`, in the order of the settings. `usual` are the channels that hear of
    a lead that no rule decides about; `unassigned` hears of those without an owner ("": no channel
    of their own)."""

    rules: Mapping[str, RuleConfig] = {}
    hours: Mapping[str, HoursConfig] = {}
    team: Team = Team()
    usual: tuple[str, ...] = ()
    unassigned: str = ""

    def channels(self, lead: RefinedLead, at: datetime) -> tuple[str, ...]:
        """The names of the channels that hear of the lead, each once."""
        raise NotImplementedError

    def assignees(self, lead: RefinedLead, at: datetime) -> tuple[str, ...]:
        """Who (names of `[people]`) gets such a lead in turn when nobody owns it."""
        raise NotImplementedError

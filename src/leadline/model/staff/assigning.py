"""Who was given a lead and why, and what must be remembered to give out the next ones fairly."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

Documents = Mapping[str, bytes]
"""Small JSON documents by name (`ports.store_parts.assigning`); one that does not exist yet is left
out."""

WHOLE_LEAD = 1_000_000_000
"""One lead in the unit of `Share.owed`. Shares are integers, so that they never drift."""


class Kept(msgspec.Struct, frozen=True):
    """A document as stored: its JSON (empty if there is none yet), and its revision, which is 0 if
    there is none yet."""

    body: bytes = b""
    rev: int = 0


class Rewrite(msgspec.Struct, frozen=True):
    """A document to be stored: as it was *seen*, and the new JSON."""

    seen: Kept
    body: bytes


class Share(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one person has got from a team, and is owed.

    `owed` is in billionths of a lead (`WHOLE_LEAD`): for each lead everybody present gets their
    weight over the weights of those present, and who gets the lead pays one whole lead. `open` is
    the number of leads from the team that they hold and that have not ended. `day_count` is the
    number of leads given to them on `day` (ISO date), `week_count` in `week` (ISO week, such as
    "2026-W49"), both in the team's time zone.
    """

    owed: int = 0
    open: int = 0
    day: str = ""
    day_count: int = 0
    week: str = ""
    week_count: int = 0


class TeamRoster(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a team has given to its people so far: their shares by name. Somebody without an entry
    has got nothing and is owed nothing. The owed numbers add up to zero, so that somebody new is
    owed as much as the others.

    `waiting` is the number of leads that wait in the team's queue. `order` is the order by which
    the team gave its last turn: what is owed by one order says nothing about another.
    """

    shares: Mapping[str, Share] = {}
    waiting: int = 0
    order: str = ""


class AccountOwner(msgspec.Struct, frozen=True):
    """Who has the leads of a company: a name from `[people]`, since when, and by which lead."""

    person: str
    lead_id: str
    at: datetime


class Absence(msgspec.Struct, frozen=True, omit_defaults=True):
    """An absence that somebody announced (`/leads away`, `leadline people away`): from when, until
    when (None: until they are back), and who said so."""

    since: datetime
    until: datetime | None = None
    by: str = ""


class Absences(msgspec.Struct, frozen=True, omit_defaults=True):
    """The announced absences by name from `[people]`; those of the settings are not among them.
    `handed_on` are the people whose open leads were handed on for the absence that lasts."""

    people: Mapping[str, Absence] = {}
    handed_on: tuple[str, ...] = ()


class KnownTeams(msgspec.Struct, frozen=True, omit_defaults=True):
    """The names of all teams that were ever in the settings while leads were given out."""

    names: tuple[str, ...] = ()


class Drawn(msgspec.Struct, frozen=True):
    """How a team with the order `learned` gave a lead out: to whom first, how (a code of `HOWS`:
    `turn`, `even` or `learned`), and the kind of the lead (`team.matching.kinds`; "": all are
    one)."""

    person: str
    how: str
    kind: str = ""


class Charge(msgspec.Struct, frozen=True):
    """Who has paid for a lead in which team, and when; reassigning it gives that back. `free` is
    whether it cost nothing (`credit`, `sticky_pays`), so that only counts are given back. `shares`
    is what each person was owed more because of it (see `Share.owed`), which is taken back if the
    lead leaves the team. `how` is how they came to the lead (a code of `HOWS`). `drawn` is how an
    order that learns chose first, who is then given the lead by what was learned pays nothing; a
    charge without it is stored as by earlier versions."""

    team: str
    person: str
    at: datetime
    free: bool = False
    shares: Mapping[str, int] = {}
    how: str = ""
    drawn: Drawn | msgspec.UnsetType = msgspec.UNSET


class Queued(msgspec.Struct, frozen=True):
    """The queue in which a lead waits for somebody of its team: the team, the score of the lead (0
    if it has none), and since when."""

    team: str
    score: float
    since: datetime


class RuleLooked(msgspec.Struct, frozen=True, omit_defaults=True):
    """A rule that was looked at for a lead: its name, and the first condition that the lead did not
    meet, in the words of the settings ("countries = DE, AT"); "" if it met all."""

    rule: str
    failed: str = ""


class Skipped(msgspec.Struct, frozen=True):
    """Somebody who was not given a lead, and why: a code of `SKIPS`, and its detail ("until
    2026-12-07T00:00:00+01:00", in their time zone if they have one; "10 of 10 today"; "" if there
    is none)."""

    person: str
    why: str
    detail: str = ""


SKIPS: Mapping[str, str] = {
    "away": "away",
    "holiday": "has a holiday",
    "hours": "outside working hours",
    "cap_day": "has as many leads as allowed for a day",
    "cap_week": "has as many leads as allowed for a week",
    "cap_open": "has as many open leads as allowed",
    "left": "not among `[people]` any more",
    "old": "the earlier lead is too old",
    "holds": "has had this lead already",
}
"""Why somebody is not given a lead, by code."""

HOWS: Mapping[str, str] = {
    "crm": "the CRM names the owner",
    "sender": "the sender names the owner",
    "duplicate": "the owner of the first lead of this person keeps it",
    "person": "they have had this person before",
    "company": "they have the company",
    "turn": "it is their turn",
    "weight": "it is their turn by weight",
    "least_open": "they have the fewest open leads",
    "even": "it is their turn among the leads that a team which learns gives out evenly",
    "learned": "they came first by what was learned of who wins such leads",
    "fallback": "the team could not take it",
    "queue": "it waited in the team's queue",
    "claim": "they claimed it",
    "next": "they took it from the queue",
    "reassign": "the lead was not answered in time",
    "away": "its owner is away",
    "operator": "an operator assigned it",
    "nobody": "nobody could be given it",
}
"""How a lead came to its owner, by code."""


class LearnedTurn(msgspec.Struct, frozen=True):
    """What somebody was chosen by in an order that learns: the share of leads of this kind that
    they are `expected` to win, how many they have `won` `of` those counted, and `among` how many
    they came first."""

    expected: float
    won: int
    of: int
    among: int


class Decision(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Why a lead is given to somebody, or to nobody: kept in the refined document for the first
    decision and on the timeline for all.

    `how` is a code of `HOWS`. `person` is a name from `[people]`, or the owner as shown if they are
    not there; "" for nobody. `rules` are the rules looked at, in order, up to the last that
    decided something; `rule` is the one that assigns and `channels_rule` the one that chooses the
    channels ("" if none does). `team` is the team asked last, `skipped` who was passed over in it
    before the one chosen. `there` are those of it who could have been given the lead, in the
    team's order, with whoever was chosen; None if nobody looked for them, and in decisions of
    versions that did not keep it. `before` is the lead by which somebody has had the person or the
    company. `waits` is whether the lead waits in the team's queue. `channel` is the channel of a
    `fallback`. `learned` is what an order that learns went by. No values of the lead are in it, so
    it holds no personal data of the lead.
    """

    at: datetime
    how: str
    person: str = ""
    team: str = ""
    rule: str = ""
    channels_rule: str = ""
    rules: tuple[RuleLooked, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    before: str = ""
    waits: bool = False
    channel: str = ""
    by: str = ""
    learned: LearnedTurn | None = None
    there: tuple[str, ...] | None = None

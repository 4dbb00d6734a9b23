"""What is compared to find out whether two leads are about one person, and what came of it."""

from datetime import datetime
from enum import StrEnum

import msgspec

KNOWN_PERSON = "crm.known"
"""The note on a record of the CRM that was taken in as a known person, and the problem code of its
lead: new leads are linked to it, and nobody is ever alerted to it."""


RULES = 2
"""The number of the rules by which the traits and candidate keys of a lead are made. It is raised
with every change of them: stores note by which rules they made those of their leads, and make them
anew in the background after an update."""


class Traits(msgspec.Struct, frozen=True, omit_defaults=True):
    """What of a refined lead is compared with other leads; built by `duplicates.traits`.

    Texts are folded: lower case, without accents, in Latin letters. `emails` are canonical
    addresses, the lead's own first; `phones` are E.164 numbers, or the digits of numbers that are
    not valid, with ";ext=" and the extension where there is one. `company` is the company's key,
    without its legal form. `place` has what is known of the address ("street", "house",
    "postcode", "city", "region"), `other` further identifying columns ("birth", ...).
    """

    first: str = ""
    last: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    company: str = ""
    country: str = ""
    place: dict[str, str] = {}
    other: dict[str, str] = {}


class Reason(msgspec.Struct, frozen=True):
    """One comparison that speaks for (weight above 0) or against one person: its code, such as
    "email.same" or "name.nickname", and its weight, the base-2 logarithm of the likelihood
    ratio."""

    code: str
    weight: float


class FirstSeen(msgspec.Struct, frozen=True):
    """The first lead of the cluster that a lead belongs to, which are about one person: its id, its
    time of capture, what matched ("email", "phone", "name", ...), how probable it is that both are
    about one person, and the comparisons that say so. Earlier versions linked by e-mail or phone
    alone, without a probability."""

    lead_id: str
    captured_at: datetime
    matched: tuple[str, ...]
    probability: float | None = None
    reasons: tuple[Reason, ...] = ()


class Possible(msgspec.Struct, frozen=True):
    """A lead that may be about the same person: less probable than a link needs, and more than can
    be ignored. People decide (`leadline duplicates review`)."""

    lead_id: str
    probability: float
    reasons: tuple[Reason, ...] = ()


class Trust(StrEnum):
    """How far a value is trusted when a blank is filled, the least first: anybody can write into a
    public form; a key came along with the delivery, or a signature over it; the CRM says so; or
    somebody edited it in the CRM."""

    FORM = "form"
    KEYED = "keyed"
    SIGNED = "signed"
    CRM = "crm"
    EDITED = "edited"

    @property
    def rank(self) -> int:
        """Its place among all: no lower rank replaces a higher one."""
        return list(Trust).index(self)


EDITED_RULE = "edited.by_person"
"""The rule of a `Change` that a person made in the vendor's own pages."""


class ValueOrigin(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a value came from that fills a blank of a lead: the other lead of the person that has
    it, the source of that lead, and how far the value is trusted. An earlier version named the lead
    alone."""

    lead_id: str
    captured_at: datetime
    source: str = ""
    trust: Trust | None = None


class Candidate(msgspec.Struct, frozen=True):
    """A refined lead as far as the search for duplicates needs it. `first` is the id of the first
    lead of its cluster, its own if it has no other. `rank` says how far its source is trusted:
    higher replaces lower (`duplicates.merging`)."""

    lead_id: str
    captured_at: datetime
    first: str
    traits: Traits
    rank: int = 0


class Candidates(msgspec.Struct, frozen=True):
    """The candidates for one lead. `as_of` is the store's own mark of the time of the search:
    settling the lead with it fails if another lead has come under one of its keys since."""

    candidates: tuple[Candidate, ...] = ()
    as_of: str = ""


class Ruling(StrEnum):
    """What people decided about two leads: one person, or two to be kept apart for good."""

    SAME = "same"
    APART = "apart"


class Judgement(msgspec.Struct, frozen=True):
    """A decision about two leads, in any order: the latest one of a pair counts. `by` is who
    decided, "" if it is not known."""

    one: str
    other: str
    ruling: Ruling
    by: str
    at: datetime

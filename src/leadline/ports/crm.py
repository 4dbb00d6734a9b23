"""What the core needs of a CRM: records as they are now, changes to them, what was created since.

`vendors` has an `api.py` for each CRM; the contract tests hold them to these words.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from leadline.model.handling import Ending
from leadline.model.lead import LeadFields
from leadline.model.people import Person
from leadline.ports.messenger import Busy, Refused, Unreachable


class NotYet(msgspec.Struct, frozen=True):
    """The CRM knows no such record, or not yet."""


class CrmRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record as the CRM has it now.

    `record` is its name as in `Event.record`; `fields` what it says of the lead; `owner` whose it
    is, None while nobody's. `modified` is the CRM's own time of the last change. `values` are the
    record's fields by the CRM's own names, as JSON has them, for comparing what is to be written.
    `touched_at` is when somebody of the team first got in touch, where the CRM tells.
    """

    record: str
    fields: LeadFields
    owner: Person | None = None
    modified: datetime | None = None
    values: Mapping[str, Any] = {}
    ending: Ending = Ending.OPEN
    touched_at: datetime | None = None


class CrmChange(msgspec.Struct, frozen=True):
    """What is to be written to a record: values by the CRM's own names of the fields. `modified`
    is the record's time of change when it was read, for CRMs that check it."""

    record: str
    values: Mapping[str, Any]
    modified: datetime | None = None


class Written(msgspec.Struct, frozen=True):
    """The CRM has taken a change; `modified` is the record's time of change since, if told."""

    modified: datetime | None = None


Carried = Written | NotYet | Refused | Unreachable | Busy
"""What became of one change; Busy where the CRM asked for a pause instead."""


def crm_in_words(said: NotYet | Busy | Unreachable | Refused) -> str:
    """Why a CRM told nothing, as a sentence for people."""
    match said:
        case NotYet():
            return "the CRM has no such record"
        case Busy(after=after):
            return f"the CRM asks for a pause of {after.total_seconds():.0f} s"
        case Unreachable(words=words):
            return f"the CRM can't be reached: {words}"
        case Refused(reason=reason, words=words):
            return f"the CRM refuses: {reason} {words}".rstrip()


class Found(msgspec.Struct, frozen=True):
    """A record that the CRM has; `raw` is JSON of which the source of the same name understands
    all that the CRM told (`Source.fields`), as if a webhook had brought it."""

    record: str
    created_at: datetime
    raw: bytes


class Page(msgspec.Struct, frozen=True):
    """Some of the records that were asked for; `after` asks for the next page, "" at the end."""

    found: tuple[Found, ...]
    after: str = ""


class Crm(Protocol):
    """A CRM that can be asked and written to. Nothing here raises for anything the network does;
    each call returns within half a minute or so."""

    batch: int
    """How many records one call takes at the most."""

    knows_owners: bool
    """Whether its records have owners; where not (a form of an ad), none is looked for."""

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        """These records as they are now, each under its own name. Busy when the CRM asks for a
        pause, Unreachable when it is down, Refused when it will not talk to us (a wrong token); a
        record that alone is refused or broken is Refused in the mapping."""

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        """Carry changes out, each record for itself; a record that is left out was not tried. When
        the CRM asks for a pause half-way, what was done is told, the record at which it asked is
        Busy, and the rest left out. Writing the same twice changes nothing. Hooks of our own
        writing are suppressed where the CRM can."""

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        """What to write so that the record is theirs; None when the CRM can't be told, or nothing
        is known by which it knows them."""

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        """The records created at or after this time, oldest first, a page at a time; *after* is
        `Page.after` of the page before."""

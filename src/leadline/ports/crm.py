"""The protocol of a CRM: reading records, changing them, and finding new ones.

Each CRM is implemented by the `api.py` of its folder in `vendors`; the contract tests check them
against this protocol.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

import msgspec

from leadline.model.handling import Ending
from leadline.model.lead import LeadFields
from leadline.model.staff.people import Person
from leadline.ports.messenger import Busy, Refused, Unreachable


class NotYet(msgspec.Struct, frozen=True):
    """The CRM has no such record, or does not have it yet."""


class CrmRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The current state of a record.

    `record` is its id, as in `Event.record`. `fields` are the lead's fields. `owner` is None while
    the record has no owner. `modified` is the CRM's time of the last change. `values` are the
    record's fields as JSON values under the CRM's own names, to compare with what is to be written.
    `touched_at` is the time of the team's first response, if the CRM gives one. `value` is what the
    record is worth, if the settings name its field (`[crm.NAME.read] value`).
    """

    record: str
    fields: LeadFields
    owner: Person | None = None
    modified: datetime | None = None
    values: Mapping[str, Any] = {}
    ending: Ending = Ending.OPEN
    touched_at: datetime | None = None
    value: float | None = None


class CrmChange(msgspec.Struct, frozen=True):
    """A change to write to a record: values by the CRM's own field names. `modified` is the time
    of the record's last change when it was read, for CRMs that check it against conflicts."""

    record: str
    values: Mapping[str, Any]
    modified: datetime | None = None


class Written(msgspec.Struct, frozen=True):
    """The CRM accepted a change; `modified` is the record's new time of change, if the CRM says."""

    modified: datetime | None = None


Carried = Written | NotYet | Refused | Unreachable | Busy
"""The result of one change; Busy if the CRM asked for a pause instead."""


def crm_in_words(answer: NotYet | Busy | Unreachable | Refused) -> str:
    """Why a CRM gave no record, in words for messages."""
    match answer:
        case NotYet():
            return "the CRM has no such record"
        case Busy(after=after):
            return f"the CRM asks us to wait {after.total_seconds():.0f} s"
        case Unreachable(words=words):
            return f"the CRM can't be reached: {words}"
        case Refused(reason=reason, words=words):
            return f"the CRM refused: {reason} {words}".rstrip()


class Found(msgspec.Struct, frozen=True):
    """A record found in the CRM. `raw` is JSON in the form of a webhook, from which the source of
    the same name reads all fields that the CRM gave (`Source.fields`)."""

    record: str
    created_at: datetime
    raw: bytes


class Page(msgspec.Struct, frozen=True):
    """One page of a search; `after` is the cursor of the next page, "" on the last page."""

    found: tuple[Found, ...]
    after: str = ""


class Crm(Protocol):
    """A CRM that can be read from and written to. Methods return network errors as values and
    raise none; each call returns within about 30 seconds."""

    batch: int
    """The largest number of records in one call."""

    knows_owners: bool
    """Whether its records have owners. If not (such as forms of ads), no owner is looked up."""

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        """The current state of these records, by record id. Returns Busy if the CRM asks for a
        pause, Unreachable if it is down, and Refused if it denies access (a wrong token). A single
        record that is refused or damaged is Refused in the mapping."""

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        """Write changes, each record independently, and return the results by record id. If the CRM
        asks for a pause half-way, the record at which it did is Busy, and records that were not
        tried are left out. Writing the same change twice has no further effect. Webhooks about
        these writes are suppressed if the CRM can."""

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        """The values to write so that this person owns the record; None if the CRM can't store an
        owner, or if nothing is known that identifies the person in the CRM."""

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        """One page of the records created at or after this time, oldest first; *after* is
        `Page.after` of the previous page."""


@runtime_checkable
class CrmUsers(Protocol):
    """A CRM that can also say who its users are; an adapter need not."""

    def users(self) -> Mapping[str, Person] | Busy | Unreachable | Refused:
        """The users by id to whom the CRM lets records belong: those that are not deactivated, as
        far as the CRM tells the difference."""

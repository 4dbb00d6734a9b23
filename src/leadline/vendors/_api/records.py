"""Shared code of CRM clients: fields mapped by the settings, cached users, and writing records one
by one."""

import threading
import time
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeGuard

import msgspec

from leadline.model.facts.consent import PURPOSES
from leadline.model.handling import Ending
from leadline.model.lead import PLACEABLE, LeadFields
from leadline.model.staff.people import Person
from leadline.model.texts.json_places import placed
from leadline.ports.crm import Carried, CrmChange, CrmRecord
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.crm import AnyCrmConfig
from leadline.vendors._webhooks.fields import number, text, text_of_field

_MAPPABLE = frozenset((*PLACEABLE, *(f"consent.{one}" for one in PURPOSES)))
WHOLE_PATIENCE = 25.0
"""How many seconds a call that makes several requests may take."""

_LASTING = 600.0
_SOONEST = 60.0


def placing(config: AnyCrmConfig) -> dict[str, str]:
    """The fields of a lead that `[crm.NAME.read]` maps: field name to path in the record."""
    return {name: path for name, path in config.read.items() if name in _MAPPABLE}


def with_named_owner(
    fields: LeadFields, owner: Person | None, kept_back: Container[str] = ()
) -> LeadFields:
    """The fields with the owner's display name, if it is known. Technical fields of the CRM,
    *kept_back*, are left out of `custom`."""
    custom = {name: value for name, value in fields.custom.items() if name not in kept_back}
    shown = (owner and owner.shown) or fields.owner
    return msgspec.structs.replace(fields, owner=shown, custom=custom)


def settled(
    config: AnyCrmConfig, record: CrmRecord, words: Iterable[Any], endings: Mapping[str, Ending]
) -> CrmRecord:
    """The record with owner, times and ending by `[crm.NAME.read]` and `[crm.NAME.endings]`.

    *words* are the record's statuses or stages in the CRM, and *endings* the meanings of the CRM's
    default ones; both are compared ignoring case."""
    values = record.values
    where = {name: placed(values, path) for name, path in config.read.items()}
    own = where.get("ending")
    meant = {word.casefold(): Ending(kind) for word, kind in config.endings.items()}
    known = {**{word.casefold(): kind for word, kind in endings.items()}, **meant}
    said = (text(word) for word in ([own] if "ending" in config.read else words))
    found = (known[word.casefold()] for word in said if word and word.casefold() in known)
    return CrmRecord(
        record=record.record,
        fields=record.fields,
        owner=_owner_placed(where, record.owner),
        modified=moment_of(where.get("modified")) or record.modified,
        values=values,
        ending=next(found, record.ending),
        touched_at=moment_of(where.get("touched")) or record.touched_at,
        value=number(where.get("value")),
    )


def _owner_placed(where: Mapping[str, Any], owner: Person | None) -> Person | None:
    ident = text(where.get("owner"))
    given = owner if owner and ident in (None, owner.id) else Person()
    name, email = (
        text_of_field("owner", where.get("owner_name")),
        text_of_field("email", where.get("owner_email")),
    )
    found = Person(id=ident or given.id, name=name or given.name, email=email or given.email)
    return found if found.shown else None


def moment_of(value: Any) -> datetime | None:
    """A time as CRMs write it: ISO-8601 (UTC if it has no offset), or seconds or milliseconds since
    1970; None for anything else."""
    since = number(value)
    try:
        if since is not None:
            return datetime.fromtimestamp(since / 1000 if since > 1e11 else since, UTC)
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None
    if found is None:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def http_moment_of(value: str | None) -> datetime | None:
    """A time in the format of HTTP headers; None for anything else."""
    try:
        return parsedate_to_datetime(value).astimezone(UTC) if value else None
    except (ValueError, OverflowError):
        return None


def each_written(
    changes: Sequence[CrmChange],
    write: Callable[[CrmChange], Carried],
) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
    """Write changes one by one, as `Crm.write` describes, until `WHOLE_PATIENCE` is over; changes
    that are left out then were not tried. If *write* returns Refused "crm.unauthorized", all
    further changes would be refused too, so the call ends."""
    done: dict[str, Carried] = {}
    ends = time.monotonic() + WHOLE_PATIENCE
    for change in changes:
        result = write(change)
        if isinstance(result, Busy) or _is_for_all(result):
            return cut_short(done, change.record, result)
        done[change.record] = result
        if time.monotonic() >= ends:
            break
    return done


def _is_for_all(result: Carried) -> TypeGuard[Refused]:
    return isinstance(result, Refused) and result.reason == "crm.unauthorized"


def cut_short(
    done: Mapping[str, Carried], next_one: str, why: Busy | Unreachable | Refused
) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
    """The result of a `Crm.write` that must stop: the results so far, with Busy for the next record
    if the CRM asked for a pause."""
    if not done:
        return why
    return {**done, next_one: why} if isinstance(why, Busy) else done


class Roster:
    """The users of a CRM by id, cached for ten minutes; thread-safe.

    *fetch* requests all users from the CRM.
    """

    def __init__(
        self, fetch: Callable[[], Mapping[str, Person] | Busy | Unreachable | Refused]
    ) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._people: Mapping[str, Person] = {}
        self._asked_at: float | None = None

    def known(self, person: Person | None) -> Person | Busy | Unreachable | None:
        """The person with name and e-mail address, found by id. If the CRM denies access to its
        users, the person is returned unchanged."""
        if person is None or not person.id:
            return person
        trouble = self._refreshed(lambda: person.id in self._people)
        return self._people.get(person.id) or trouble or person

    def id_of(self, person: Person) -> str:
        """The person's CRM id, found by e-mail address if the person has none; "" if it can't be
        found or the CRM doesn't answer."""
        if person.id:
            return person.id
        email = person.email.casefold()
        if not email or self._refreshed(lambda: bool(self._named(email))):
            return ""
        return self._named(email)

    def _named(self, email: str) -> str:
        return next((i for i, one in self._people.items() if one.email.casefold() == email), "")

    def _refreshed(self, enough: Callable[[], bool]) -> Busy | Unreachable | None:
        """Fetch the users again if the cache is old, or if it lacks the person (`enough`) and is at
        least a minute old."""
        with self._lock:
            age = None if self._asked_at is None else time.monotonic() - self._asked_at
            if age is not None and (age < _SOONEST or (age < _LASTING and enough())):
                return None
            told_all = self._fetch()
            if isinstance(told_all, Busy | Unreachable):
                return told_all
            self._people = {} if isinstance(told_all, Refused) else told_all
            self._asked_at = time.monotonic()
        return None


def owner_by_number(
    config: AnyCrmConfig, roster: Roster, owner: Person, usual: str
) -> Mapping[str, Any] | None:
    """`Crm.owner_value` for CRMs with numeric user ids. The owner's field is *usual*, unless
    `[crm.NAME.write]` names another."""
    number_of_owner = roster.id_of(owner)
    name = config.write.get("owner", usual)
    return {name: int(number_of_owner)} if number_of_owner.isdecimal() else None

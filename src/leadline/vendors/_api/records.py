"""What the CRMs share: what the settings place in a record, users kept for some minutes, and
writing record by record."""

import threading
import time
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeGuard

import msgspec

from leadline.model.handling import Ending
from leadline.model.lead import PLACEABLE, LeadFields
from leadline.model.people import Person
from leadline.ports.crm import Carried, CrmChange, CrmRecord
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.crm import AnyCrmConfig
from leadline.vendors._webhooks.fields import number, placed, text, told

WHOLE_PATIENCE = 25.0
"""How many seconds a call of several requests may take."""

_LASTING = 600.0
_SOONEST = 60.0


def placing(config: AnyCrmConfig) -> dict[str, str]:
    """What `[crm.NAME.read]` places of a lead's fields: name to path."""
    return {name: path for name, path in config.read.items() if name in PLACEABLE}


def with_shown(
    fields: LeadFields, owner: Person | None, kept_back: Container[str] = ()
) -> LeadFields:
    """The fields with the owner as people call them, where they are known; fields by which the CRM
    keeps its books are *kept_back* from `custom`."""
    custom = {name: value for name, value in fields.custom.items() if name not in kept_back}
    shown = (owner and owner.shown) or fields.owner
    return msgspec.structs.replace(fields, owner=shown, custom=custom)


def settled(
    config: AnyCrmConfig, record: CrmRecord, words: Iterable[Any], endings: Mapping[str, Ending]
) -> CrmRecord:
    """The record with what `[crm.NAME.read]` and `[crm.NAME.endings]` say of its owner, its times
    and its ending; *words* are the CRM's own about its state, *endings* what they mean in a CRM
    that nobody has changed (both in any case of letters)."""
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
    )


def _owner_placed(where: Mapping[str, Any], owner: Person | None) -> Person | None:
    ident = text(where.get("owner"))
    given = owner if owner and ident in (None, owner.id) else Person()
    name, email = told("owner", where.get("owner_name")), told("email", where.get("owner_email"))
    found = Person(id=ident or given.id, name=name or given.name, email=email or given.email)
    return found if found.shown else None


def moment_of(value: Any) -> datetime | None:
    """A time as CRMs write it: ISO-8601 (UTC where no offset stands), seconds or milliseconds
    since 1970; None for anything else."""
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
    """A time as HTTP headers write it."""
    try:
        return parsedate_to_datetime(value).astimezone(UTC) if value else None
    except (ValueError, OverflowError):
        return None


def each_written(
    changes: Sequence[CrmChange],
    write: Callable[[CrmChange], Carried],
) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
    """Carry changes out one by one, as `Crm.write` says, for as long as a call may take: what is
    left out then was not tried. *write* answers Refused "crm.unauthorized" when all will be."""
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
    """What `Crm.write` tells when it can't go on: what was done, and by the record that would have
    been the next one the pause that the CRM asks for."""
    if not done:
        return why
    return {**done, next_one: why} if isinstance(why, Busy) else done


class Roster:
    """The users of a CRM by their ids, as they were some minutes ago; safe for threads.

    *fetch* asks the CRM for all of them.
    """

    def __init__(
        self, fetch: Callable[[], Mapping[str, Person] | Busy | Unreachable | Refused]
    ) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._people: Mapping[str, Person] = {}
        self._asked_at: float | None = None

    def known(self, person: Person | None) -> Person | Busy | Unreachable | None:
        """The person with name and e-mail address, by the id; who may not see the users learns no
        more than the id."""
        if person is None or not person.id:
            return person
        trouble = self._refreshed(lambda: person.id in self._people)
        return self._people.get(person.id) or trouble or person

    def id_of(self, person: Person) -> str:
        """The CRM's id of somebody, else of who has the e-mail address; "" when it can't be told,
        which it can't while the CRM doesn't answer."""
        if person.id:
            return person.id
        email = person.email.casefold()
        if not email or self._refreshed(lambda: bool(self._named(email))):
            return ""
        return self._named(email)

    def _named(self, email: str) -> str:
        return next((i for i, one in self._people.items() if one.email.casefold() == email), "")

    def _refreshed(self, enough: Callable[[], bool]) -> Busy | Unreachable | None:
        """Ask again when what is known is old, or hasn't who is looked for and isn't quite new."""
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
    """See `Crm.owner_value`, where users have numbers and the owner stands in the field *usual*,
    or in the one that the settings name."""
    number_of_owner = roster.id_of(owner)
    name = config.write.get("owner", usual)
    return {name: int(number_of_owner)} if number_of_owner.isdecimal() else None

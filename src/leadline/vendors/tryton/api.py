"""Tryton's opportunities (module `sale_opportunity`) by JSON-RPC (Tryton docs, "Remote Procedure
Call": `/DATABASE/rpc/`, Basic authorization; tried with Tryton 8.2).

`database`, `user` (the login) and `token` (the password) authenticate requests; `url` is the URL of
the server. Records are named as in the source, `sale.opportunity:12`. The owner is the employee.
"""

import base64
import itertools
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from leadline.model.handling import Ending
from leadline.model.staff.people import Person
from leadline.net.deadline import within
from leadline.ports.crm import Carried, CrmChange, CrmRecord, Found, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.crm_kinds import TrytonConfig
from leadline.vendors._api import records as shared
from leadline.vendors._api.authorize import Fixed
from leadline.vendors._api.client import Client, CrmReply, quoted, refusal, words_of
from leadline.vendors._api.owners import named_fields
from leadline.vendors._webhooks.fields import number as finite
from leadline.vendors._webhooks.fields import text
from leadline.vendors.tryton.webhook import tryton_fields, tryton_owner, tryton_value

_MODEL = "sale.opportunity"
_PAGE = 100
_MOST_EMPLOYEES = 2000
_FIELDS = (
    "reference", "description", "comment", "amount", "state", "lost_reason", "create_date",
    "write_date", "party", "party.name", "party.email", "party.phone", "party.mobile",
    "party.website", "contact", "contact.name", "contact.type", "contact.value", "address",
    "address.country.code", "employee", "employee.rec_name", "employee.party.email",
)  # fmt: skip
_BOOKS = frozenset({"state", "lost_reason", "write_date"})
_STAMPS = ("create_date", "write_date", "_timestamp")
_ENDINGS = {"won": Ending.WON, "lost": Ending.LOST, "cancelled": Ending.DISQUALIFIED}
_MODIFIED_MEANWHILE = Unreachable("crm.modified_meanwhile")
_Trouble = Busy | Unreachable | Refused


class TrytonCrm:
    """One database of a Tryton server."""

    batch = 100
    knows_owners = True

    def __init__(self, config: TrytonConfig) -> None:
        self._config = config
        who = base64.b64encode(f"{config.user}:{config.token}".encode()).decode()
        base = f"{config.url.rstrip('/')}/{quoted(config.database)}"
        self._client = Client(base, config.timeout, Fixed({"authorization": f"Basic {who}"}))
        self._calls = itertools.count(1)
        self._lock = threading.Lock()
        self._types: Mapping[str, str] = {}
        self._roster = shared.Roster(self.users)

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        """See `Crm.read`."""
        numbers = {name: number for name in records if (number := _number(name))}
        answers: dict[str, CrmRecord | NotYet | Refused] = {
            name: Refused("crm.unknown_record", "") for name in records if name not in numbers
        }
        if not numbers:
            return answers
        with within(shared.WHOLE_PATIENCE):
            rows = self._opportunities([["id", "in", list(numbers.values())]], len(numbers))
        if not isinstance(rows, list):
            return rows
        by_number = {one.get("id"): one for one in rows}
        for name, number in numbers.items():
            value = by_number.get(number)
            answers[name] = self._record(name, value) if value else NotYet()
        return answers

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        """See `Crm.write`. Tryton refuses to write records that changed since they were read; such
        a record is Unreachable, to be read again."""
        numbers = [number for change in changes if (number := _number(change.record))]
        with within(shared.WHOLE_PATIENCE):
            types = self._known_types()
            if not isinstance(types, Mapping):
                return types
            domain = [["id", "in", numbers]]
            rows = self._search(_MODEL, domain, len(numbers), _STAMPS) if numbers else []
            if not isinstance(rows, list):
                return rows
            there = {int(one["id"]): one for one in rows}
            return shared.each_written(changes, lambda change: self._write(change, there, types))

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        """See `Crm.owner_value`; the owner is an employee's number."""
        return shared.owner_by_number(self._config, self._roster, owner, "employee")

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        """See `Crm.since`; *after* is the number of the last record of the previous page. Numbers
        grow with time."""
        begun = [["create_date", ">=", _wrapped(at)], ["id", ">", int(after or 0)]]
        with within(shared.WHOLE_PATIENCE):
            rows = self._opportunities(begun, _PAGE)
        if not isinstance(rows, list):
            return rows
        last = str(rows[-1]["id"]) if len(rows) == _PAGE else ""
        return Page(tuple(map(_found, rows)), last)

    def _record(self, name: str, value: Mapping[str, Any]) -> CrmRecord:
        owner = tryton_owner(value)
        fields = tryton_fields(value, shared.placing(self._config))
        record = CrmRecord(
            record=name,
            fields=shared.with_named_owner(fields, owner, _BOOKS),
            owner=owner,
            modified=_modified(value),
            values=tryton_value(value),
        )
        whole = shared.settled(self._config, record, [value.get("state")], _ENDINGS)
        flat = {key: tryton_value(inner) for key, inner in value.items() if key[-1:] != "."}
        return msgspec.structs.replace(whole, values=flat)

    def _write(
        self, change: CrmChange, there: Mapping[int, Mapping[str, Any]], types: Mapping[str, str]
    ) -> Carried:
        number = _number(change.record)
        if not number:
            return Refused("crm.unknown_record", "")
        if number not in there:
            return NotYet()
        context: dict[str, Any] = {}
        if change.modified and "modified" not in self._config.read:
            if _modified(there[number]) != change.modified:
                return _MODIFIED_MEANWHILE
            stamp = there[number].get("_timestamp")
            context["_timestamp"] = {f"{_MODEL},{number}": stamp}
        values = {name: _typed(value, types.get(name)) for name, value in change.values.items()}
        body = self._rpc(f"model.{_MODEL}.write", [number], values, context)
        return Written() if body is None else _trouble(body)

    def _opportunities(
        self, domain: Sequence[Any], limit: int
    ) -> list[dict[str, Any]] | Busy | Unreachable | Refused:
        types = self._known_types()
        if not isinstance(types, Mapping):
            return types
        named = dict.fromkeys([*_FIELDS, *named_fields(self._config)])
        fields = [name for name in named if name.partition(".")[0] in types]
        return self._search(_MODEL, domain, limit, fields)

    def _search(
        self, model: str, domain: Sequence[Any], limit: int, fields: Sequence[str]
    ) -> list[dict[str, Any]] | Busy | Unreachable | Refused:
        """The records of a model, ordered by number."""
        order = [["id", "ASC"]]
        body = self._rpc(f"model.{model}.search_read", domain, 0, limit, order, list(fields), {})
        return body if isinstance(body, list) else _trouble(body)

    def _known_types(self) -> Mapping[str, str] | Busy | Unreachable | Refused:
        """The types of an opportunity's fields, requested once."""
        with self._lock:
            if not self._types:
                body = self._rpc(f"model.{_MODEL}.fields_get", [], {})
                if not isinstance(body, dict):
                    return _trouble(body)
                self._types = {name: str(one.get("type")) for name, one in body.items()}
            return self._types

    def users(self) -> Mapping[str, Person] | Busy | Unreachable | Refused:
        """See `ports.crm.CrmUsers.users`."""
        fields = ["rec_name", "party.email"]
        rows = self._search("company.employee", [], _MOST_EMPLOYEES, fields)
        if not isinstance(rows, list):
            return rows
        people = (tryton_owner({"employee": one["id"], "employee.": one}) for one in rows)
        return {person.id: person for person in people if person}

    def _rpc(self, method: str, *params: Any) -> Any:
        """The result of a method, or an error value."""
        body = {"id": next(self._calls), "method": method, "params": params}
        reply = self._client.call("POST", "/rpc/", json=body)
        if not isinstance(reply, CrmReply):
            return reply
        if not reply.well:
            return refusal(reply)
        answer = reply.body if isinstance(reply.body, dict) else {}
        if "error" in answer:
            return _meaning_of(answer["error"])
        return answer["result"] if "result" in answer else Unreachable("crm.unexpected_answer")


def _trouble(body: Any) -> Busy | Unreachable | Refused:
    """The error; an answer of an unexpected shape is Unreachable."""
    return body if isinstance(body, _Trouble) else Unreachable("crm.unexpected_answer")


def _meaning_of(error: Any) -> Refused | Unreachable:
    """The meaning of an exception, given as its kind and arguments, or as message and traceback."""
    kind, *rest = error if isinstance(error, list) and error else [error]
    if kind == "ConcurrencyException":
        return _MODIFIED_MEANWHILE
    words = rest[0] if rest and kind in ("UserError", "UserWarning") else kind
    words = " ".join(map(str, words[:2])) if isinstance(words, list) else str(words)
    reason = "crm.rejected" if kind in ("UserError", "UserWarning") else "crm.failed"
    return Refused(reason, words_of(CrmReply(200, words)))


def _number(name: str) -> int:
    """The number of a record; 0 if it is not an opportunity."""
    model, _, number = name.rpartition(":")
    return int(number) if model == _MODEL and number.isdecimal() else 0


def _modified(value: Mapping[str, Any]) -> datetime | None:
    """When the record was last modified; if never, when it was created."""
    stamp = value.get("write_date") or value.get("create_date")
    return shared.moment_of(tryton_value(stamp))


def _typed(value: Any, kind: str | None) -> Any:
    """A value in the form of a field of this type; Tryton refuses values that don't fit."""
    if value is None:
        return None
    moment = shared.moment_of(value) if kind in ("datetime", "timestamp", "date") else None
    if moment is not None:
        return _wrapped(moment, kind == "date")
    amount = finite(value)
    match kind:
        case "char" | "text" | "selection":
            return text(value)
        case "integer" | "many2one" if amount is not None and amount.is_integer():
            return int(amount)
        case "float" if amount is not None:
            return amount
        case "numeric" if amount is not None:
            return {"__class__": "Decimal", "decimal": text(value)}
    return value


def _wrapped(at: datetime, day: bool = False) -> dict[str, Any]:
    """A time (in UTC, like all times in Tryton) or a day in Tryton's JSON."""
    at = at.astimezone(UTC)
    parts = ("year", "month", "day") if day else (
        "year", "month", "day", "hour", "minute", "second", "microsecond"
    )  # fmt: skip
    kind = "date" if day else "datetime"
    return {"__class__": kind, **{part: getattr(at, part) for part in parts}}


def _found(value: Mapping[str, Any]) -> Found:
    created = shared.moment_of(tryton_value(value.get("create_date")))
    raw = msgspec.json.encode({"model": _MODEL, "action": "create", "record": value})
    return Found(f"{_MODEL}:{value['id']}", created or datetime.fromtimestamp(0, UTC), raw)


CRM = TrytonCrm

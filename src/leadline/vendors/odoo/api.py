"""Odoo by its external API (Odoo docs, "External API": JSON-RPC, `execute_kw`).

`database`, `user` (the login) and `token` (an API key or the password) authenticate requests.
Records are named as in the source, `crm.lead:57`. Odoo writes empty values as `false`.
"""

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
from leadline.settings.connected.crm_kinds import OdooConfig
from leadline.vendors._api import records as shared
from leadline.vendors._api.authorize import Fixed
from leadline.vendors._api.client import Client, CrmReply, refusal, words_of
from leadline.vendors._api.owners import named_fields, named_owner
from leadline.vendors._webhooks.fields import text
from leadline.vendors.odoo.webhook import odoo_fields

_MODEL = "crm.lead"
_PAGE = 100
_MOST_USERS = 2000
# Lost leads are archived, and archived ones are hidden from searches.
_ALL = {"active_test": False}
_FIELDS = (
    "name", "contact_name", "partner_name", "email_from", "phone", "mobile", "function", "website",
    "description", "country_id", "source_id", "medium_id", "campaign_id", "user_id", "team_id",
    "stage_id", "type", "active", "probability", "priority", "won_status", "lost_reason_id",
    "tag_ids", "expected_revenue", "create_date", "write_date",
)  # fmt: skip
_BOOKS = frozenset({"active", "won_status", "stage_id", "type", "lost_reason_id"})
_WON = {"won": Ending.WON, "lost": Ending.LOST}
# The names of Odoo's exceptions ("error.data.name"), by their meaning.
_DENIED = ("odoo.exceptions.AccessDenied",)
_FORBIDDEN = ("odoo.exceptions.AccessError",)
_MISSING = ("odoo.exceptions.MissingError",)

_Trouble = Busy | Unreachable | Refused


class OdooCrm:
    """Calls JSON-RPC at `url`/jsonrpc. The fields of `crm.lead` differ by version, so they are
    requested once."""

    batch = 100
    knows_owners = True

    def __init__(self, config: OdooConfig) -> None:
        self._config = config
        self._client = Client(config.url, config.timeout, Fixed({}), secrets=[config.token])
        self._calls = itertools.count(1)
        self._lock = threading.Lock()
        self._login = 0
        self._types: Mapping[str, str] = {}
        self._roster = shared.Roster(self.users)

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        """See `Crm.read`; archived records are read too."""
        numbers = {name: number for name in records if (number := _number(name))}
        strange: dict[str, CrmRecord | NotYet | Refused] = {
            name: Refused("crm.unknown_record", "") for name in records if name not in numbers
        }
        if not numbers:
            return strange
        with within(shared.WHOLE_PATIENCE):
            rows = self._search([["id", "in", list(numbers.values())]], limit=len(numbers))
            if not isinstance(rows, list):
                return rows
            by_number = {one.get("id"): one for one in rows}
            answers: dict[str, CrmRecord | NotYet | Refused] = {}
            for name, number in numbers.items():
                value = by_number.get(number)
                record = self._record(name, value) if value else NotYet()
                if isinstance(record, Busy | Unreachable):
                    return record
                answers[name] = record
        return answers | strange

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        """See `Crm.write`. Odoo has no check for concurrent changes, and runs its automations for
        these writes too."""
        with within(shared.WHOLE_PATIENCE):
            return shared.each_written(changes, self._write)

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        """See `Crm.owner_value`; the owner is a user's number."""
        return shared.owner_by_number(self._config, self._roster, owner, "user_id")

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        """See `Crm.since`; *after* is the number of the last record of the previous page. Numbers
        grow with time."""
        stamp = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        begun = [["create_date", ">=", stamp], ["id", ">", int(after or 0)]]
        with within(shared.WHOLE_PATIENCE):
            rows = self._search(begun, limit=_PAGE, order="id")
        if not isinstance(rows, list):
            return rows
        last = str(rows[-1]["id"]) if len(rows) == _PAGE else ""
        return Page(tuple(map(_found, rows)), last)

    def _record(self, name: str, value: Mapping[str, Any]) -> CrmRecord | Busy | Unreachable:
        values = {key: self._plain(key, inner) for key, inner in value.items()}
        owner = named_owner(self._config, values, values.get("user_id"), self._roster)
        if isinstance(owner, Busy | Unreachable):
            return owner
        record = CrmRecord(
            record=name,
            fields=shared.with_named_owner(
                odoo_fields(value, shared.placing(self._config)), owner, _BOOKS
            ),
            owner=owner,
            modified=shared.moment_of(value.get("write_date")),
            values=values,
            ending=_ending(value),
        )
        pairs = (value.get("stage_id"), value.get("lost_reason_id"))
        words = [pair[1] for pair in pairs if isinstance(pair, list) and len(pair) == 2]
        return shared.settled(self._config, record, words, {})

    def _plain(self, name: str, value: Any) -> Any:
        """A value in the form in which it is written: an id instead of a pair of id and name, and
        None if it is empty."""
        kind = self._types.get(name)
        if kind == "many2one" and isinstance(value, list):
            return value[0] if value else None
        return None if value is False and kind != "boolean" else value

    def _write(self, change: CrmChange) -> Carried:
        number = _number(change.record)
        if not number:
            return Refused("crm.unknown_record", "")
        types = self._known_types()
        if not isinstance(types, Mapping):
            return types
        values = {name: _given(value, types.get(name)) for name, value in change.values.items()}
        body = self._execute(_MODEL, "write", [[number], values])
        if isinstance(body, _Missing):
            return NotYet()
        return Written() if body is True else _trouble(body)

    def _search(
        self, domain: Sequence[Any], **options: Any
    ) -> list[dict[str, Any]] | Busy | Unreachable | Refused:
        """The leads that match, archived or not."""
        types = self._known_types()
        if not isinstance(types, Mapping):
            return types
        named = dict.fromkeys([*_FIELDS, *named_fields(self._config)])
        fields = [name for name in named if name in types]
        query = {"fields": fields, "context": _ALL, **options}
        body = self._execute(_MODEL, "search_read", [domain], query)
        return body if isinstance(body, list) else _trouble(body)

    def _known_types(self) -> Mapping[str, str] | Busy | Unreachable | Refused:
        if not self._types:
            body = self._execute(_MODEL, "fields_get", [], {"attributes": ["type"]})
            if not isinstance(body, dict):
                return _trouble(body)
            self._types = {name: str(one.get("type")) for name, one in body.items()}
        return self._types

    def users(self) -> Mapping[str, Person] | Busy | Unreachable | Refused:
        """See `ports.crm.CrmUsers.users`."""
        query = {"fields": ["name", "email", "login"], "limit": _MOST_USERS, "context": _ALL}
        body = self._execute("res.users", "search_read", [[["share", "=", False]]], query)
        if not isinstance(body, list):
            return _trouble(body)
        return {str(one.get("id")): _person(one) for one in body}

    def _execute(
        self, model: str, method: str, args: Sequence[Any], options: Mapping[str, Any] = {}
    ) -> Any:
        """The result of a model's method, or _Missing, or an error value."""
        user = self._logged_in()
        if not isinstance(user, int):
            return user
        who = [self._config.database, user, self._config.token]
        return self._rpc("object", "execute_kw", [*who, model, method, args, dict(options)])

    def _logged_in(self) -> int | Busy | Unreachable | Refused:
        """The number of the user, requested once."""
        with self._lock:
            if not self._login:
                config = self._config
                who = [config.database, config.user, config.token, {}]
                body = self._rpc("common", "authenticate", who)
                if body is False:
                    return Refused(
                        "crm.unauthorized", "Odoo does not know this user, database or key"
                    )
                if not isinstance(body, int):
                    return _trouble(body)
                self._login = body
            return self._login

    def _rpc(self, service: str, method: str, args: Sequence[Any]) -> Any:
        call = {"service": service, "method": method, "args": args}
        body = {"jsonrpc": "2.0", "method": "call", "params": call, "id": next(self._calls)}
        reply = self._client.call("POST", "/jsonrpc", json=body)
        if not isinstance(reply, CrmReply):
            return reply
        if not reply.well:
            return refusal(reply)
        answer = reply.body if isinstance(reply.body, dict) else {}
        if "error" in answer:
            return _meaning_of(answer["error"], self._config)
        return answer["result"] if "result" in answer else Unreachable("crm.unexpected_answer")


class _Missing(msgspec.Struct, frozen=True):
    """Odoo has no such record."""


def _trouble(body: Any) -> Busy | Unreachable | Refused:
    """The error; an answer of an unexpected shape is Unreachable."""
    return body if isinstance(body, _Trouble) else Unreachable("crm.unexpected_answer")


def _meaning_of(error: Any, config: OdooConfig) -> _Missing | Refused | Unreachable:
    data = error.get("data") if isinstance(error, dict) else None
    data = data if isinstance(data, dict) else {}
    name = str(data.get("name"))
    if name in _MISSING:
        return _Missing()
    if name.startswith("psycopg2."):
        return Unreachable(f"crm.{name.rpartition('.')[2]}")  # a temporary database error
    words = words_of(CrmReply(200, {"message": data.get("message")}), [config.token, config.user])
    if name in _DENIED:
        return Refused("crm.unauthorized", words)
    return Refused(
        "crm.forbidden" if name in _FORBIDDEN else f"crm.{name.rpartition('.')[2]}", words
    )


def _given(value: Any, kind: str | None) -> Any:
    """A value in Odoo's form: false for None, and times in its own format."""
    moment = shared.moment_of(value) if kind == "datetime" else None
    if moment is not None:
        return moment.strftime("%Y-%m-%d %H:%M:%S")
    return False if value is None else value


def _number(name: str) -> int:
    """The number of a record; 0 if it is not a `crm.lead`."""
    model, _, number = name.rpartition(":")
    return int(number) if model == _MODEL and number.isdecimal() else 0


def _ending(value: Mapping[str, Any]) -> Ending:
    """The ending by `won_status` (since Odoo 18). Before, lost leads are archived, and won leads
    have a probability of 100 %."""
    known = _WON.get(str(value.get("won_status")))
    if known or "won_status" in value:
        return known or Ending.OPEN
    if value.get("active") is False:
        return Ending.LOST
    chance = value.get("probability")
    won = isinstance(chance, int | float) and not isinstance(chance, bool) and chance >= 100
    return Ending.WON if won else Ending.OPEN


def _person(user: Mapping[str, Any]) -> Person:
    """A user; without an e-mail address, the login is used if it is one."""
    name, email, login = (text(user.get(key)) or "" for key in ("name", "email", "login"))
    return Person(id=str(user.get("id")), name=name, email=email or (login if "@" in login else ""))


def _found(value: Mapping[str, Any]) -> Found:
    created = shared.moment_of(value.get("create_date")) or datetime.fromtimestamp(0, UTC)
    return Found(f"{_MODEL}:{value['id']}", created, msgspec.json.encode(value))


CRM = OdooCrm

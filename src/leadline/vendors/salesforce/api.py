"""Salesforce: leads and contacts (REST API Developer Guide, "Query", "sObject Collections").

Records are named by their id, as in the source; `00Q…` is a lead, `003…` a contact. `url` is the
organization's own domain (`https://acme.my.salesforce.com`), which issues tokens too.
"""

# Long because all requests to one API, and all its answers, are read together.

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from leadline.model.batches import batched
from leadline.model.handling import Ending
from leadline.model.staff.people import Person
from leadline.model.texts.json_places import placed
from leadline.net.deadline import within
from leadline.ports.crm import Carried, CrmChange, CrmRecord, Found, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.crm_kinds import SalesforceConfig
from leadline.vendors._api import records as shared
from leadline.vendors._api.authorize import Fixed, Tokens, refreshed
from leadline.vendors._api.client import Authorize, Client, CrmReply, refusal, words_about_record
from leadline.vendors._api.owners import fields_of, listed, named_fields, source_of, users_of
from leadline.vendors._webhooks.fields import text
from leadline.vendors.salesforce.webhook import OPT_OUTS, SALESFORCE_FIELDS

_VERSION = "v60.0"
_PAGE = 200
_OBJECTS = {"00Q": "Lead", "003": "Contact"}
_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
_COLUMN = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)?")
_MISSING = re.compile(r"No such column '(\w+)' on entity '(\w+)'")
_ALWAYS = ("Id", "OwnerId", "Owner.Name", "Owner.Email", "CreatedDate", "LastModifiedDate")
_LEAD_STATE = ("Status", "IsConverted", "Rating")
_ONLY_OF_LEADS = frozenset({"Company", "Country", "Website", *_LEAD_STATE})
_BOOKS = frozenset({*OPT_OUTS, "IsConverted", "LastModifiedDate"})
# Salesforce's default statuses; `IsConverted` is more reliable.
_ENDINGS = {
    "Closed - Converted": Ending.WON,
    "Closed - Not Converted": Ending.DISQUALIFIED,
    "Unqualified": Ending.DISQUALIFIED,
}
# Temporary limits (REST API, "Status Codes and Error Responses"): calls per day, concurrent calls.
_LIMITS = {
    "REQUEST_LIMIT_EXCEEDED": timedelta(minutes=15),
    "CONCURRENT_REQUEST_LIMIT_EXCEEDED": timedelta(seconds=30),
}
_PASSING = frozenset({"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT"})
_GONE = frozenset({"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "NOT_FOUND"})


class SalesforceCrm:
    """Authenticates with OAuth (client credentials or a refresh token), or a session's token."""

    batch = 200
    knows_owners = True

    def __init__(self, config: SalesforceConfig) -> None:
        self._config = config
        base = config.url.rstrip("/")
        version = config.version or _VERSION
        self._base = base
        self._client = Client(
            f"{base}/services/data/{version if version.startswith('v') else f'v{version}'}",
            config.timeout,
            _authorize(config, f"{base}/services/oauth2/token"),
        )
        self._source = source_of("salesforce", config)
        self._roster = shared.Roster(self.users)
        self._absent: frozenset[str] = frozenset()  # columns that the organization hides
        self._lock = threading.Lock()

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        """See `Crm.read`; one query reads up to 200 records of a kind with their owners."""
        answers: dict[str, CrmRecord | NotYet | Refused] = {
            name: Refused("crm.unknown_record", "neither a lead nor a contact")
            for name in records
            if _object(name) is None
        }
        with within(shared.WHOLE_PATIENCE):
            for kind, names in _by_object(records):
                ids = ",".join(f"'{name}'" for name in names)
                rows = self._select(kind, f"WHERE Id IN ({ids})")
                if not isinstance(rows, list):
                    return rows
                by_id = {str(row.get("Id"))[:15]: row for row in rows}
                for name in names:
                    record = self._record(name, by_id.get(name[:15]))
                    if isinstance(record, Busy | Unreachable):
                        return record
                    answers[name] = record
        return answers

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        """See `Crm.write`; one request writes up to 200 records independently. Assignment rules are
        switched off, because they would assign leads again."""
        done: dict[str, Carried] = {}
        by_name = {change.record: change for change in changes}
        with within(shared.WHOLE_PATIENCE):
            for kind, names in _by_object(list(by_name)):
                results = self._write(kind, [by_name[name] for name in names])
                if not isinstance(results, Mapping):
                    return shared.cut_short(done, names[0], results)
                done |= results
        strange = [name for name in by_name if _object(name) is None]
        return done | dict.fromkeys(strange, Refused("crm.unknown_record", ""))

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        """See `Crm.owner_value`."""
        number = self._roster.id_of(owner)
        return {self._config.write.get("owner", "OwnerId"): number} if number else None

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        """See `Crm.since`; lists leads that are not deleted."""
        moment, _, last = after.partition("|")
        moment = moment or _soql_time(at)
        if not re.fullmatch(r"[\d:TZ.-]+", moment) or (last and not _ID.fullmatch(last)):
            return Refused("crm.bad_page", "this page was never given out")
        where = f"CreatedDate >= {moment}"
        if last:
            where = f"CreatedDate > {moment} OR (CreatedDate = {moment} AND Id > '{last}')"
        rows = self._select("Lead", f"WHERE {where} ORDER BY CreatedDate, Id LIMIT {_PAGE}")
        if not isinstance(rows, list):
            return rows
        found = [one for row in rows if (one := self._found(row)) is not None]
        if len(rows) < _PAGE or not found:
            return Page(tuple(found))
        return Page(tuple(found), f"{_soql_time(found[-1].created_at)}|{found[-1].record}")

    def _select(
        self, kind: str, clause: str
    ) -> list[dict[str, Any]] | Busy | Unreachable | Refused:
        """The rows of a query. Default columns that the organization hides are left out from then
        on; a hidden column that the settings name is an error, so that somebody notices."""
        while True:
            columns = self._columns(kind)
            reply = _meaning_of(
                self._client.call(
                    "GET",
                    "/query",
                    query={"q": f"SELECT {', '.join(columns)} FROM {kind} {clause}"},  # noqa: S608
                )
            )
            hidden = _hidden(reply)
            if asked := hidden & set(named_fields(self._config)):
                return Refused("crm.no_such_field", f"the settings name {', '.join(sorted(asked))}")
            if not hidden & set(columns):
                return listed(reply, "records")
            with self._lock:
                self._absent |= hidden

    def _columns(self, kind: str) -> list[str]:
        own = [key for keys in SALESFORCE_FIELDS.values() for key in keys]
        named = [name for name in named_fields(self._config) if _COLUMN.fullmatch(name)]
        wanted = dict.fromkeys([*_ALWAYS, *own, *OPT_OUTS, *_LEAD_STATE, *named])
        left_out = self._absent | (_ONLY_OF_LEADS - set(named) if kind == "Contact" else set())
        return [column for column in wanted if column not in left_out]

    def _record(
        self, name: str, row: Mapping[str, Any] | None
    ) -> CrmRecord | NotYet | Refused | Busy | Unreachable:
        if row is None:
            return NotYet()
        owner = self._owner(row)
        if isinstance(owner, Busy | Unreachable):
            return owner
        fields = fields_of(self._source, self._raw(row), owner, _BOOKS)
        if isinstance(fields, Refused):
            return fields
        record = CrmRecord(
            record=name,
            fields=msgspec.structs.replace(fields, record=name),
            owner=owner,
            modified=shared.moment_of(row.get("LastModifiedDate")),
            values={k: v for k, v in row.items() if k != "attributes"},
            ending=Ending.WON if row.get("IsConverted") is True else Ending.OPEN,
        )
        return shared.settled(self._config, record, [row.get("Status")], _ENDINGS)

    def _owner(self, row: Mapping[str, Any]) -> Person | Busy | Unreachable | None:
        """The owner; None while the record is in a queue, whose ids begin with 00G."""
        path = self._config.read.get("owner")
        if path and path != "OwnerId":
            named = text(placed(row, path))
            return self._roster.known(Person(id=named)) if named else None
        number, owner = text(row.get("OwnerId")), row.get("Owner")
        if number is None or number.startswith("00G"):
            return None
        told = owner if isinstance(owner, dict) else {}
        name, email = text(told.get("Name")), text(told.get("Email"))
        if name is None:
            return self._roster.known(Person(id=number))
        return Person(id=number, name=name, email=email or "")

    def _raw(self, row: Mapping[str, Any]) -> bytes:
        """The row in the form of an Outbound Message, with the base URL of records."""
        owner = row.get("Owner")
        plain = {k: v for k, v in row.items() if k not in ("attributes", "Owner")}
        if isinstance(owner, dict):
            plain["Owner"] = {k: v for k, v in owner.items() if k != "attributes"}
        attributes = row.get("attributes")
        kind = attributes.get("type") if isinstance(attributes, dict) else "Lead"
        return msgspec.json.encode({"type": kind, "base": self._base, "sObject": plain})

    def _found(self, row: Mapping[str, Any]) -> Found | None:
        number, created = text(row.get("Id")), shared.moment_of(row.get("CreatedDate"))
        return Found(number, created, self._raw(row)) if number and created else None

    def _write(
        self, kind: str, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        records = [
            {"attributes": {"type": kind}, "id": change.record, **change.values}
            for change in changes
        ]
        reply = _meaning_of(
            self._client.call(
                "PATCH",
                "/composite/sobjects",
                json={"allOrNone": False, "records": records},
                headers={"sforce-auto-assign": "FALSE"},
            )
        )
        if not isinstance(reply, CrmReply):
            return reply
        if not reply.well:
            return refusal(reply)
        # The results are in the order of the records.
        results = reply.body if isinstance(reply.body, list) else []
        if len(results) != len(changes):
            return Unreachable("crm.unexpected_answer")
        return {c.record: _result(one) for c, one in zip(changes, results, strict=True)}

    def users(self) -> Mapping[str, Person] | Busy | Unreachable | Refused:
        """See `ports.crm.CrmUsers.users`."""
        query = {"q": "SELECT Id, Name, Email FROM User WHERE IsActive = true LIMIT 2000"}
        rows = listed(_meaning_of(self._client.call("GET", "/query", query=query)), "records")
        if not isinstance(rows, list):
            return rows
        plain = ({"id": r.get("Id"), "name": r.get("Name"), "email": r.get("Email")} for r in rows)
        return users_of(plain)


def _authorize(config: SalesforceConfig, endpoint: str) -> Authorize:
    if (tokens := refreshed(endpoint, config)) is not None:
        return tokens
    if config.client_id and config.client_secret:
        return Tokens(
            endpoint,
            {
                "grant_type": "client_credentials",
                "client_id": config.client_id,
                "client_secret": config.client_secret,
            },
        )
    return Fixed({"authorization": f"Bearer {config.token}"})


def _object(name: str) -> str | None:
    return _OBJECTS.get(name[:3]) if _ID.fullmatch(name) else None


def _by_object(names: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    for kind in _OBJECTS.values():
        ours = [name for name in dict.fromkeys(names) if _object(name) == kind]
        for some in batched(ours, SalesforceCrm.batch):
            yield kind, some


def _codes(body: Any) -> list[str]:
    errors = body if isinstance(body, list) else []
    return [str(error.get("errorCode")) for error in errors if isinstance(error, dict)]


def _meaning_of(
    reply: CrmReply | Busy | Unreachable | Refused,
) -> CrmReply | Busy | Unreachable | Refused:
    """The answer; Busy if a limit was exceeded."""
    if isinstance(reply, CrmReply) and not reply.well:
        for code in _codes(reply.body):
            if code in _LIMITS:
                return Busy(_LIMITS[code], code)
            if code in _PASSING:
                return Unreachable(f"crm.{code.lower()}")
    return reply


def _hidden(reply: CrmReply | Busy | Unreachable | Refused) -> set[str]:
    """The columns for which a query was refused."""
    if not isinstance(reply, CrmReply) or "INVALID_FIELD" not in _codes(reply.body):
        return set()
    found = _MISSING.findall(str(reply.body[0].get("message")))
    # The owner is a user or a queue; queries call this entity `Name`.
    return {f"Owner.{column}" if entity == "Name" else column for column, entity in found}


def _result(one: Any) -> Written | NotYet | Refused | Unreachable:
    if not isinstance(one, dict):
        return Unreachable("crm.unexpected_answer")
    if one.get("success") is True:
        return Written()
    errors = [error for error in one.get("errors") or [] if isinstance(error, dict)]
    code = str(errors[0].get("statusCode")) if errors else "rejected"
    if code in _GONE:
        return NotYet()
    if code in _PASSING:
        return Unreachable(f"crm.{code.lower()}")
    return Refused(f"crm.{code.lower()}", words_about_record(CrmReply(200, errors)))


def _soql_time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


CRM = SalesforceCrm

"""Pipedrive: persons (API v2) and leads (API v1) (Pipedrive docs, "Persons", "Leads").

Records are named as in the source, `person:77` and `lead:adf21080-…`. `url` is the company's own
domain (`https://acme.pipedrive.com`). Authentication needs `token`, an API token, or OAuth with a
refresh token.
"""

# Long because all requests to one API, and all its answers, are read together.

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from leadline.model.batches import batched
from leadline.model.handling import Ending
from leadline.model.lead import LeadFields
from leadline.model.staff.people import Person
from leadline.net.deadline import within
from leadline.ports.crm import Carried, CrmChange, CrmRecord, Found, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.crm_kinds import PipedriveConfig
from leadline.vendors._api import records as shared
from leadline.vendors._api.authorize import Fixed, refreshed
from leadline.vendors._api.client import Authorize, Client, CrmReply, quoted, refusal
from leadline.vendors._api.owners import fields_of, listed, named_owner, source_of, users_of
from leadline.vendors._webhooks.fields import text, text_of_field

_HOME = "https://api.pipedrive.com"
_TOKENS = "https://oauth.pipedrive.com/oauth/token"
_PAGE = 100
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_CUSTOM = re.compile(r"[0-9a-f]{40}")
# Counts that v2 gives only on request ("Get all persons", include_fields).
_COUNTS = "open_deals_count,won_deals_count,lost_deals_count"
_STATUS = "marketing_status"  # refused to a company without the marketing app
_ENDINGS = {
    "won": Ending.WON,
    "lost": Ending.LOST,
    "archived": Ending.DISQUALIFIED,
}
_BOOKS = frozenset(
    ["id", "org_id", "person_id", "organization_id", "update_time", "is_deleted", "is_archived"]
)
_LISTS = {"email": "emails", "phone": "phones"}

_Row = dict[str, Any]


class PipedriveCrm:
    """Authenticates with a user's token or OAuth."""

    batch = 50
    knows_owners = True

    def __init__(self, config: PipedriveConfig) -> None:
        self._config = config
        base = config.url or _HOME
        self._host = urlsplit(base).hostname or ""
        self._client = Client(base, config.timeout, _authorize(config, base))
        self._source = source_of("pipedrive", config)
        self._roster = shared.Roster(self._users)
        asked = (_STATUS,) if _STATUS in config.read.values() else ()
        self._more = ",".join((_COUNTS, *asked))

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        """See `Crm.read`; persons in batches, leads one by one, then their persons in batches."""
        with within(shared.WHOLE_PATIENCE):
            leads = self._leads([name for name in records if _parts(name)[0] == "lead"])
            if not isinstance(leads, Mapping):
                return leads
            rows = [row for row in leads.values() if isinstance(row, dict)]
            persons = self._several(
                "persons",
                [_parts(name)[1] for name in records if _parts(name)[0] == "person"]
                + [number for row in rows if (number := text(row.get("person_id")))],
                {"include_fields": self._more},
            )
            if not isinstance(persons, Mapping):
                return persons
            companies = [_company_id(row) for row in [*rows, *persons.values()]]
            named = self._several("organizations", [number for number in companies if number])
            if isinstance(named, Busy | Unreachable):
                return named
            known = {} if isinstance(named, Refused) else named
            return self._records(records, leads, persons, known)

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        """See `Crm.write`. A text for `email` or `phone` replaces all of the person's. Pipedrive
        sends webhooks for these writes too."""
        with within(shared.WHOLE_PATIENCE):
            return shared.each_written(changes, self._write)

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        """See `Crm.owner_value`."""
        number = self._roster.id_of(owner)
        name = self._config.write.get("owner", "owner_id")
        return {name: int(number) if number.isdecimal() else number} if number else None

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        """See `Crm.since`; lists persons. Pipedrive can only list those changed since a time, so
        older ones are left out here."""
        query = {
            "updated_since": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "sort_by": "add_time",
            "sort_direction": "asc",
            "limit": _PAGE,
            **({"cursor": after} if after else {}),
        }
        answer = self._client.call("GET", "/api/v2/persons", query=query)
        rows = listed(answer, "data")
        if not isinstance(rows, list):
            return rows
        found = [one for row in rows if (one := self._found(row)) and one.created_at >= at]
        return Page(tuple(found), _cursor(answer))

    def _lead(self, number: str) -> _Row | NotYet | Refused | Busy | Unreachable:
        answer = self._client.call("GET", f"/v1/leads/{quoted(number)}")
        if not isinstance(answer, CrmReply):
            return answer
        if not answer.well:
            return NotYet() if answer.status in (404, 410) else refusal(answer)
        data = answer.body.get("data") if isinstance(answer.body, dict) else None
        return data if isinstance(data, dict) else Unreachable("crm.unexpected_answer")

    def _leads(
        self, names: Sequence[str]
    ) -> Mapping[str, _Row | NotYet | Refused] | Busy | Unreachable | Refused:
        found: dict[str, _Row | NotYet | Refused] = {}
        for name in dict.fromkeys(names):
            lead = self._lead(_parts(name)[1])
            if isinstance(lead, Busy | Unreachable):
                return lead
            if isinstance(lead, Refused) and lead.reason == "crm.unauthorized":
                return lead
            found[name] = lead
        return found

    def _several(
        self, kind: str, numbers: Sequence[str], query: Mapping[str, str] = {}
    ) -> Mapping[str, _Row] | Busy | Unreachable | Refused:
        """Persons or organizations by id; missing ones are left out."""
        found: dict[str, _Row] = {}
        for some in batched(dict.fromkeys(numbers), _PAGE):
            page = {"ids": ",".join(some), "limit": _PAGE, **query}
            rows = listed(self._client.call("GET", f"/api/v2/{kind}", query=page), "data")
            if not isinstance(rows, list):
                return rows
            found |= {str(row.get("id")): row for row in rows if row.get("is_deleted") is not True}
        return found

    def _records(
        self,
        records: Sequence[str],
        leads: Mapping[str, _Row | NotYet | Refused],
        persons: Mapping[str, _Row],
        companies: Mapping[str, _Row],
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable:
        answers: dict[str, CrmRecord | NotYet | Refused] = {}
        for name in dict.fromkeys(records):
            kind, number = _parts(name)
            row: _Row | NotYet | Refused = Refused("crm.unknown_record", "")
            person = None
            if kind == "person":
                row = persons.get(number, NotYet())
            elif kind == "lead":
                row = leads[name]
                person = persons.get(str(row.get("person_id"))) if isinstance(row, dict) else None
            if not isinstance(row, dict):
                answers[name] = row
                continue
            company = companies.get(_company_id(row) or "", {})
            answer = self._record(name, {**row, "org_name": company.get("name")}, person)
            if isinstance(answer, Busy | Unreachable):
                return answer
            answers[name] = answer
        return answers

    def _record(
        self, name: str, row: _Row, person: _Row | None
    ) -> CrmRecord | Refused | Busy | Unreachable:
        kind, _ = _parts(name)
        values = _values(row)
        owner = named_owner(self._config, values, _owner_id(row), self._roster)
        if isinstance(owner, Busy | Unreachable):
            return owner
        fields = fields_of(self._source, self._raw(kind, row), owner, _BOOKS)
        if isinstance(fields, Refused):
            return fields
        if person is not None:
            theirs = fields_of(self._source, self._raw("person", person), None)
            fields = _with_person(fields, theirs) if isinstance(theirs, LeadFields) else fields
        record = CrmRecord(
            record=name,
            fields=fields,
            owner=owner,
            modified=shared.moment_of(row.get("update_time")),
            values=values,
        )
        return shared.settled(self._config, record, [_word(kind, row)], _ENDINGS)

    def _raw(self, kind: str, row: _Row) -> bytes:
        """The row in the form of a webhook of version 2."""
        meta = {"action": "create", "entity": kind, "entity_id": row.get("id"), "host": self._host}
        hidden = (*_COUNTS.split(","), "custom_fields")
        data = {name: value for name, value in row.items() if name not in hidden}
        custom = row.get("custom_fields")
        return msgspec.json.encode(
            {"meta": meta, "data": {**data, **(custom if isinstance(custom, dict) else {})}}
        )

    def _found(self, row: _Row) -> Found | None:
        number, created = text(row.get("id")), shared.moment_of(row.get("add_time"))
        return (
            Found(f"person:{number}", created, self._raw("person", row))
            if number and created
            else None
        )

    def _write(self, change: CrmChange) -> Carried:
        kind, number = _parts(change.record)
        if kind not in ("person", "lead"):
            return Refused("crm.unknown_record", "")
        path = "/api/v2/persons" if kind == "person" else "/v1/leads"
        body = _person_body(change.values) if kind == "person" else dict(change.values)
        answer = self._client.call("PATCH", f"{path}/{quoted(number)}", json=body)
        if not isinstance(answer, CrmReply):
            return answer
        if not answer.well:
            return NotYet() if answer.status in (404, 410) else refusal(answer)
        data = answer.body.get("data") if isinstance(answer.body, dict) else None
        return Written(
            shared.moment_of(data.get("update_time")) if isinstance(data, dict) else None
        )

    def users(self) -> Mapping[str, Person] | Busy | Unreachable | Refused:
        """See `ports.crm.CrmUsers.users`; a deactivated one has no `active_flag` ("Users")."""
        found = listed(self._client.call("GET", "/v1/users"), "data")
        if not isinstance(found, list):
            return found
        return users_of(one for one in found if one.get("active_flag") is not False)

    def _users(self) -> Mapping[str, Person] | Busy | Unreachable | Refused:
        users = listed(self._client.call("GET", "/v1/users"), "data")
        return users_of(users) if isinstance(users, list) else users


def _authorize(config: PipedriveConfig, base: str) -> Authorize:
    host = urlsplit(base).hostname or ""
    endpoint = _TOKENS if host.endswith("pipedrive.com") else f"{base.rstrip('/')}/oauth/token"
    if (tokens := refreshed(endpoint, config, basic=True)) is not None:
        return tokens
    return Fixed({"x-api-token": config.token})


def _parts(name: str) -> tuple[str, str]:
    """The kind and the id of a record; the kind is "" if it is unknown."""
    kind, _, number = name.partition(":")
    fits = number.isdecimal() if kind == "person" else _UUID.fullmatch(number)
    return (kind, number) if kind in ("person", "lead") and fits else ("", name)


def _values(row: _Row) -> dict[str, Any]:
    """The fields by name, custom ones by key, and the primary e-mail address and phone as text."""
    custom = row.get("custom_fields")
    values = {k: v for k, v in row.items() if k != "custom_fields"}
    values |= custom if isinstance(custom, dict) else {}
    for name, several in _LISTS.items():
        if several in row:
            values[name] = text_of_field(name, row[several])
    return values


def _owner_id(row: _Row) -> Any:
    owner = row.get("owner_id")
    return owner.get("id") if isinstance(owner, dict) else owner


def _company_id(row: _Row) -> str | None:
    return text(row.get("org_id") or row.get("organization_id"))


def _word(kind: str, row: _Row) -> str | None:
    """The ending of a row: by archiving for a lead, by deals for a person, unless one is open."""
    if kind == "lead":
        return "archived" if row.get("is_archived") is True else None
    counts = [row.get(f"{state}_deals_count") or 0 for state in ("won", "open", "lost")]
    won, opened, lost = (count if isinstance(count, int) else 0 for count in counts)
    if won:
        return "won"
    return "lost" if lost and not opened else None


def _with_person(lead: LeadFields, person: LeadFields) -> LeadFields:
    """The lead with the name and contact data of its person."""
    names = ("name", "first_name", "last_name", "email", "phone", "company", "title")
    more = {n: getattr(lead, n) or getattr(person, n) for n in names}
    return msgspec.structs.replace(lead, **more, consent={**person.consent, **lead.consent})


def _person_body(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values in the form of v2: custom fields separately, e-mail addresses and phones in lists."""
    body: dict[str, Any] = {}
    custom = {}
    for name, value in values.items():
        if _CUSTOM.fullmatch(name):
            custom[name] = value
        elif name in _LISTS:
            one = {"value": value, "primary": True, "label": "work"}
            body[_LISTS[name]] = [one] if value else []
        else:
            body[name] = value
    return {**body, "custom_fields": custom} if custom else body


def _cursor(answer: CrmReply | Busy | Unreachable | Refused) -> str:
    body = answer.body if isinstance(answer, CrmReply) else None
    more = body.get("additional_data") if isinstance(body, dict) else None
    return text(more.get("next_cursor")) or "" if isinstance(more, dict) else ""


CRM = PipedriveCrm

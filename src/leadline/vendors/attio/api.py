"""Attio (Attio docs, REST API: "List records", "Update a record", "List workspace members").

Records are named as in the source, `OBJECT:RECORD`. Attio has no standard owner attribute; teams
add one, which `read.owner` names ("owner" by default). `database` is the object whose new records
`since` lists ("people" by default).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from leadline.model.staff.people import Person
from leadline.net.deadline import within
from leadline.ports.crm import Carried, CrmChange, CrmRecord, Found, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.crm_kinds import AttioConfig
from leadline.vendors._api import records as shared
from leadline.vendors._api.authorize import Fixed
from leadline.vendors._api.client import Client, CrmReply, quoted, refusal
from leadline.vendors._api.owners import listed
from leadline.vendors._webhooks.fields import text
from leadline.vendors.attio.webhook import attio_fields, attio_owner, attio_values

_HOME = "https://api.attio.com/v2"
_PEOPLE, _COMPANIES = "people", "companies"
_OWNER = "owner"
_PAGE = 100
_MEMBER = "workspace-member"


class AttioCrm:
    """Needs an access token with the scopes to read records and members, and to write records."""

    batch = 100
    knows_owners = True

    def __init__(self, config: AttioConfig) -> None:
        self._config = config
        who = Fixed({"authorization": f"Bearer {config.token}"})
        self._client = Client(config.url or _HOME, config.timeout, who)
        self._roster = shared.Roster(self._members)
        self._owner = config.read.get("owner", _OWNER)

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        """See `Crm.read`; one request reads up to 100 records of an object."""
        answers: dict[str, CrmRecord | NotYet | Refused] = {}
        by_object: dict[str, dict[str, str]] = defaultdict(dict)
        for name in records:
            kind, _, number = name.partition(":")
            if kind and number:
                by_object[kind][number] = name
            else:
                answers[name] = Refused("crm.unknown_record", "")
        with within(shared.WHOLE_PATIENCE):
            for kind, named in by_object.items():
                rows = self._query(kind, {"record_id": {"$in": list(named)}}, limit=len(named))
                if isinstance(rows, NotYet):
                    answers |= dict.fromkeys(named.values(), NotYet())
                    continue
                rows = self._with_companies(rows) if isinstance(rows, list) else rows
                if not isinstance(rows, list):
                    return rows
                by_number = {_number(one): one for one in rows}
                for number, name in named.items():
                    record = self._record(name, by_number.get(number))
                    if isinstance(record, Busy | Unreachable):
                        return record
                    answers[name] = record
        return answers

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        """See `Crm.write`; one record per request. Attributes with several values keep their old
        ones."""
        with within(shared.WHOLE_PATIENCE):
            return shared.each_written(changes, self._write)

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        """See `Crm.owner_value`; the owner is a member of the workspace."""
        member = self._roster.id_of(owner)
        return {self._config.write.get("owner", self._owner): member} if member else None

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        """See `Crm.since`."""
        skipped = int(after or 0)
        with within(shared.WHOLE_PATIENCE):
            rows = self._query(
                self._config.database or _PEOPLE,
                {"created_at": {"$gte": at.astimezone(UTC).isoformat()}},
                sorts=[{"direction": "asc", "attribute": "created_at", "field": "value"}],
                limit=_PAGE,
                offset=skipped,
            )
            if isinstance(rows, NotYet):
                return Refused("crm.no_such_object", "the workspace has no such object")
            rows = self._with_companies(rows) if isinstance(rows, list) else rows
        if not isinstance(rows, list):
            return rows
        found = tuple(one for value in rows if (one := _found(value)))
        return Page(found, str(skipped + len(rows)) if len(rows) == _PAGE else "")

    def _query(
        self, kind: str, condition: Mapping[str, Any], **options: Any
    ) -> list[dict[str, Any]] | NotYet | Busy | Unreachable | Refused:
        path = f"/objects/{quoted(kind)}/records/query"
        reply = self._client.call("POST", path, json={"filter": condition, **options})
        if isinstance(reply, CrmReply) and reply.status == 404:
            return NotYet()
        return listed(reply, "data")

    def _with_companies(
        self, people: Sequence[dict[str, Any]]
    ) -> list[dict[str, Any]] | Busy | Unreachable | Refused:
        """The records with the names of their companies as `company_name`, because records have
        only ids; unchanged if the token may not read companies. A team's own attribute
        `company_name` is kept."""
        numbers = list(dict.fromkeys(one for value in people if (one := _company(value))))
        if not numbers:
            return list(people)
        rows = self._query(_COMPANIES, {"record_id": {"$in": numbers}}, limit=len(numbers))
        if isinstance(rows, Busy | Unreachable):
            return rows
        found = rows if isinstance(rows, list) else []
        names = {_number(one): one["values"].get("name") for one in found if "values" in one}
        return [
            {**one, "values": {"company_name": names.get(_company(one), []), **one["values"]}}
            if _company(one)
            else one
            for one in people
        ]

    def _record(
        self, name: str, value: Mapping[str, Any] | None
    ) -> CrmRecord | NotYet | Busy | Unreachable:
        if value is None:
            return NotYet()
        owner = self._roster.known(attio_owner(value, self._owner))
        if isinstance(owner, Busy | Unreachable):
            return owner
        placing = shared.placing(self._config)
        placing.pop("owner", None)
        record = CrmRecord(
            record=name,
            fields=shared.with_named_owner(attio_fields(value, placing), owner, ("company",)),
            owner=owner,
            modified=_modified(value),
            values=attio_values(value),
        )
        return shared.settled(self._config, record, (), {})

    def _write(self, change: CrmChange) -> Carried:
        kind, _, number = change.record.partition(":")
        if not kind or not number:
            return Refused("crm.unknown_record", "")
        owner = self._config.write.get("owner", self._owner)
        values = {
            slug: _actor(value) if slug == owner and isinstance(value, str) else value
            for slug, value in change.values.items()
        }
        reply = self._client.call(
            "PATCH",
            f"/objects/{quoted(kind)}/records/{quoted(number)}",
            json={"data": {"values": values}},
        )
        if not isinstance(reply, CrmReply):
            return reply
        if reply.status == 404:
            return NotYet()
        if not reply.well:
            return refusal(reply)
        data = reply.body.get("data") if isinstance(reply.body, dict) else None
        return Written(_modified(data) if isinstance(data, dict) else None)

    def users(self) -> Mapping[str, Person] | Busy | Unreachable | Refused:
        """See `ports.crm.CrmUsers.users`; a suspended member has that as `access_level`."""
        rows = listed(self._client.call("GET", "/workspace_members"), "data")
        if not isinstance(rows, list):
            return rows
        active = (one for one in rows if one.get("access_level") != "suspended")
        return {one.id: one for member in active if (one := _person(member))}

    def _members(self) -> Mapping[str, Person] | Busy | Unreachable | Refused:
        rows = listed(self._client.call("GET", "/workspace_members"), "data")
        if not isinstance(rows, list):
            return rows
        people = [one for member in rows if (one := _person(member))]
        return {one.id: one for one in people}


def _number(value: Mapping[str, Any]) -> str:
    ident = value.get("id")
    return (text(ident.get("record_id")) or "") if isinstance(ident, dict) else ""


def _company(value: Mapping[str, Any]) -> str:
    """The id of the company that the record refers to; "" if there is none."""
    values = value.get("values")
    entries = values.get("company") if isinstance(values, dict) else None
    first = entries[0] if isinstance(entries, list) and entries else None
    ours = isinstance(first, dict) and first.get("target_object") == _COMPANIES
    return (text(first.get("target_record_id")) or "") if ours and first else ""


def _modified(value: Mapping[str, Any]) -> datetime | None:
    """When a value of the record last changed. Records have no such time themselves, but every
    value says since when it is valid ("Attribute types": `active_from`)."""
    values = value.get("values")
    entries = [
        one
        for many in (values.values() if isinstance(values, dict) else ())
        for one in (many if isinstance(many, list) else ())
        if isinstance(one, dict)
    ]
    times = (shared.moment_of(one.get("active_from")) for one in entries)
    return max((at for at in times if at), default=shared.moment_of(value.get("created_at")))


def _actor(member: str) -> list[dict[str, str]]:
    return [{"referenced_actor_type": _MEMBER, "referenced_actor_id": member}]


def _person(member: Mapping[str, Any]) -> Person | None:
    ident = member.get("id")
    number = text(ident.get("workspace_member_id")) if isinstance(ident, dict) else None
    names = (text(member.get(key)) for key in ("first_name", "last_name"))
    shown = " ".join(name for name in names if name)
    email = text(member.get("email_address")) or ""
    return Person(id=number, name=shown, email=email) if number else None


def _found(value: Mapping[str, Any]) -> Found | None:
    name, created = attio_fields(value).record, shared.moment_of(value.get("created_at"))
    return Found(name, created, msgspec.json.encode(value)) if name and created else None


CRM = AttioCrm

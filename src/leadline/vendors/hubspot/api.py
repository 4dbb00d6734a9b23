"""HubSpot: contacts and leads (developer docs, "CRM API: Contacts", "Leads", "Search", "Owners").

Records are named as in the source, `contact:123` and `lead:456`. `token` is a private app's token,
with the scopes to read and write contacts and to read owners.
"""

# Long because all requests to one API, and all its answers, are read together.

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from leadline.model.batches import batched
from leadline.model.handling import Ending
from leadline.model.staff.people import Person
from leadline.net.deadline import within
from leadline.ports.crm import Carried, CrmChange, CrmRecord, Found, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.crm_kinds import HubSpotConfig
from leadline.vendors._api import records as shared
from leadline.vendors._api.authorize import Fixed, refreshed
from leadline.vendors._api.client import (
    Authorize,
    Client,
    CrmReply,
    quoted,
    refusal,
    words_about_record,
)
from leadline.vendors._api.owners import (
    fields_of,
    listed,
    named_fields,
    named_owner,
    source_of,
    users_of,
)
from leadline.vendors._webhooks.fields import text
from leadline.vendors.hubspot.webhook import HUBSPOT_PROPERTIES, LEGAL_BASIS, OPT_OUTS

_HOME = "https://api.hubapi.com"
_OBJECTS = {"contact": "contacts", "lead": "leads"}
_PAGE = 100
_FARTHEST = 10_000  # "Search": the maximum number of results of one search
_STATE = ("lastmodifieddate", "hs_lastmodifieddate", "hs_lead_status", "lifecyclestage")
_TOUCHES = ("hs_first_outreach_date", "hs_sa_first_engagement_date")
# A lead belongs to a contact, whose name and address HubSpot copies to the lead.
_LEAD = {
    "hs_associated_contact_firstname": "firstname",
    "hs_associated_contact_lastname": "lastname",
    "hs_associated_contact_email": "email",
    "hs_associated_company_name": "company",
    "hs_createdate": "createdate",
}
_READ = {
    "contact": (
        *dict.fromkeys(k for keys in HUBSPOT_PROPERTIES.values() for k in keys),
        *OPT_OUTS,
        LEGAL_BASIS,
        *_STATE,
        *_TOUCHES,
    ),
    "lead": (*_LEAD, "hs_lead_name", "hs_pipeline_stage", "hubspot_owner_id", *_STATE, *_TOUCHES),
}
_BOOKS = frozenset(
    {
        *OPT_OUTS,
        LEGAL_BASIS,
        *_STATE,
        *_TOUCHES,
        *_LEAD,
        "hs_lead_name",
        "hs_pipeline_stage",
        "hs_object_id",
    }
)
# The default options of "Lead status" and "Lifecycle stage", and of the default lead pipeline.
_ENDINGS = {
    "UNQUALIFIED": Ending.DISQUALIFIED,
    "unqualified-stage-id": Ending.DISQUALIFIED,
    "qualified-stage-id": Ending.WON,
    "customer": Ending.WON,
    "evangelist": Ending.WON,
}


class HubSpotCrm:
    """Authenticates with a private app's token, or with OAuth by a refresh token."""

    batch = 100
    knows_owners = True

    def __init__(self, config: HubSpotConfig) -> None:
        self._config = config
        base = config.url or _HOME
        self._client = Client(base, config.timeout, _authorize(config, base.rstrip("/")))
        self._source = source_of("hubspot", config)
        self._roster = shared.Roster(self.users)
        self._objects = f"/crm/{config.version or 'v3'}/objects"

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        """See `Crm.read`; one request reads up to 100 records of a kind."""
        answers: dict[str, CrmRecord | NotYet | Refused] = {
            name: Refused("crm.unknown_record", "neither a contact nor a lead")
            for name in records
            if _parts(name) is None
        }
        with within(shared.WHOLE_PATIENCE):
            for kind, numbers in _by_kind(records):
                told = self._read(kind, numbers)
                if not isinstance(told, Mapping):
                    return told
                answers |= told
        return answers

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        """See `Crm.write`; in batches, and one by one if a record makes its batch fail. HubSpot
        sends webhooks for these writes too."""
        done: dict[str, Carried] = {}
        by_name = {change.record: change for change in changes}
        with within(shared.WHOLE_PATIENCE):
            for kind, numbers in _by_kind(list(by_name)):
                batch = {number: by_name[f"{kind}:{number}"] for number in numbers}
                results = self._write(kind, batch)
                if not isinstance(results, Mapping):
                    return shared.cut_short(done, f"{kind}:{numbers[0]}", results)
                done |= results
        strange = [name for name in by_name if _parts(name) is None]
        return done | dict.fromkeys(strange, Refused("crm.unknown_record", ""))

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        """See `Crm.owner_value`."""
        number = self._roster.id_of(owner)
        name = self._config.write.get("owner", "hubspot_owner_id")
        return {name: number} if number else None

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        """See `Crm.since`; lists contacts. New contacts appear in HubSpot's search with a delay."""
        start, _, skipped = (after or f"{_milliseconds(at)}|0").partition("|")
        reply = self._client.call(
            "POST",
            f"{self._objects}/contacts/search",
            json={
                "filterGroups": [
                    {"filters": [{"propertyName": "createdate", "operator": "GTE", "value": start}]}
                ],
                "sorts": [{"propertyName": "createdate", "direction": "ASCENDING"}],
                "properties": self._properties("contact"),
                "limit": _PAGE,
                "after": int(skipped),
            },
        )
        results = listed(reply, "results")
        if not isinstance(results, list):
            return results
        found = [one for result in results if (one := _found(result)) is not None]
        return Page(tuple(found), _following(reply, found, start))

    def _read(
        self, kind: str, numbers: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        reply = self._client.call(
            "POST",
            f"{self._objects}/{_OBJECTS[kind]}/batch/read",
            json={
                "properties": self._properties(kind),
                "inputs": [{"id": number} for number in numbers],
            },
        )
        results = listed(reply, "results")
        if not isinstance(results, list):
            return results
        by_id = {text(one.get("id")): one for one in results if not one.get("archived")}
        records: dict[str, CrmRecord | NotYet | Refused] = {}
        for number in numbers:
            result = by_id.get(number)
            record = self._record(kind, number, result) if result else NotYet()
            if isinstance(record, Busy | Unreachable):
                return record
            records[f"{kind}:{number}"] = record
        return records

    def _properties(self, kind: str) -> list[str]:
        return list(dict.fromkeys([*_READ[kind], *named_fields(self._config)]))

    def _record(
        self, kind: str, number: str, result: Mapping[str, Any]
    ) -> CrmRecord | Refused | Busy | Unreachable:
        values = _values(result)
        owner = named_owner(self._config, values, values.get("hubspot_owner_id"), self._roster)
        if isinstance(owner, Busy | Unreachable):
            return owner
        fields = fields_of(self._source, _raw(kind, result), owner, _BOOKS)
        if isinstance(fields, Refused):
            return fields
        name = fields.name or (text(values.get("hs_lead_name")) if kind == "lead" else None)
        known = fields.first_name or fields.last_name
        record = CrmRecord(
            record=f"{kind}:{number}",
            fields=msgspec.structs.replace(
                fields, name=None if known else name, record=f"{kind}:{number}"
            ),
            owner=owner,
            modified=_first_time(values, "lastmodifieddate", "hs_lastmodifieddate")
            or shared.moment_of(result.get("updatedAt")),
            values=values,
            touched_at=_first_time(values, *_TOUCHES),
        )
        words = ("hs_lead_status", "hs_pipeline_stage", "lifecyclestage")
        return shared.settled(self._config, record, [values.get(w) for w in words], _ENDINGS)

    def _write(
        self, kind: str, batch: Mapping[str, CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        path = f"{self._objects}/{_OBJECTS[kind]}"
        inputs = [{"id": n, "properties": _written(one.values)} for n, one in batch.items()]
        reply = self._client.call("POST", f"{path}/batch/update", json={"inputs": inputs})
        if isinstance(reply, CrmReply) and reply.status in (400, 404, 409) and len(batch) > 1:
            return shared.each_written(list(batch.values()), self._write_one)
        if isinstance(reply, CrmReply) and reply.status in (400, 404, 409):
            alone = next(iter(batch.values()))
            return {alone.record: NotYet() if reply.status == 404 else refusal(reply)}
        results = listed(reply, "results")
        if not isinstance(results, list):
            return results
        assert isinstance(reply, CrmReply)  # noqa: S101 - it has results
        written = {text(one.get("id")): one for one in results}
        errors = _errors(reply)
        return {
            change.record: Written(shared.moment_of(written[number].get("updatedAt")))
            if number in written
            else errors.get(number) or errors.get("") or NotYet()
            for number, change in batch.items()
        }

    def _write_one(self, change: CrmChange) -> Carried:
        kind, number = change.record.split(":", 1)
        reply = self._client.call(
            "PATCH",
            f"{self._objects}/{_OBJECTS[kind]}/{quoted(number)}",
            json={"properties": _written(change.values)},
        )
        if not isinstance(reply, CrmReply):
            return reply
        if reply.well:
            body = reply.body if isinstance(reply.body, dict) else {}
            return Written(shared.moment_of(body.get("updatedAt")))
        return NotYet() if reply.status == 404 else refusal(reply)

    def users(self) -> Mapping[str, Person] | Busy | Unreachable | Refused:
        """See `ports.crm.CrmUsers.users`."""
        people: dict[str, Person] = {}
        query: dict[str, Any] = {"limit": 500}
        while True:
            reply = self._client.call("GET", "/crm/v3/owners", query=query)
            results = listed(reply, "results")
            if not isinstance(results, list):
                return results
            people |= users_of(results, "firstName", "lastName", "email")
            query["after"] = _next(reply)
            if not query["after"]:
                return people


def _authorize(config: HubSpotConfig, base: str) -> Authorize:
    if (tokens := refreshed(f"{base}/oauth/v1/token", config)) is not None:
        return tokens
    return Fixed({"authorization": f"Bearer {config.token}"})


def _parts(name: str) -> tuple[str, str] | None:
    kind, _, number = name.partition(":")
    return (kind, number) if kind in _OBJECTS and number.isdecimal() else None


def _by_kind(names: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """The ids of each kind, in batches of the size that HubSpot accepts."""
    for kind in _OBJECTS:
        parts = (_parts(name) for name in dict.fromkeys(names))
        numbers = [part[1] for part in parts if part and part[0] == kind]
        for some in batched(numbers, HubSpotCrm.batch):
            yield kind, some


def _values(result: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = result.get("properties")
    return properties if isinstance(properties, dict) else {}


def _raw(kind: str, result: Mapping[str, Any]) -> bytes:
    """The record in the form of a workflow's webhook."""
    values = dict(_values(result))
    if kind == "lead":
        values |= {ours: values.get(theirs) for theirs, ours in _LEAD.items()}
    body = {"vid": result.get("id"), "properties": {k: {"value": v} for k, v in values.items()}}
    url = result.get("url")
    return msgspec.json.encode({**body, "profile-url": url} if url else body)


def _found(result: Mapping[str, Any]) -> Found | None:
    number = text(result.get("id"))
    created = shared.moment_of(_values(result).get("createdate") or result.get("createdAt"))
    if number is None or created is None:
        return None
    return Found(f"contact:{number}", created, _raw("contact", result))


def _following(
    reply: CrmReply | Busy | Unreachable | Refused, found: Sequence[Found], start: str
) -> str:
    """The cursor of the next page: after this one or, beyond the limit of a search, a new search
    from the time of the last contact, which is then listed again."""
    behind = _next(reply)
    if not behind or not found:
        return ""
    if int(behind) + _PAGE <= _FARTHEST:
        return f"{start}|{behind}"
    last = _milliseconds(found[-1].created_at)
    # If all contacts are of one millisecond, they come from an import and are no leads.
    return f"{last if str(last) != start else last + 1}|0"


def _next(data: Any) -> str:
    body = data.body if isinstance(data, CrmReply) else None
    paging = body.get("paging") if isinstance(body, dict) else None
    behind = paging.get("next") if isinstance(paging, dict) else None
    return text(behind.get("after")) or "" if isinstance(behind, dict) else ""


def _errors(reply: CrmReply) -> dict[str, NotYet | Refused]:
    """The errors of records missing in a batch's answer, by id; "" if HubSpot gives no id."""
    found: dict[str, NotYet | Refused] = {}
    body = reply.body if isinstance(reply.body, dict) else {}
    for error in body.get("errors") or []:
        if not isinstance(error, dict):
            continue
        context = error.get("context")
        ids = context.get("ids") if isinstance(context, dict) else None
        fate: NotYet | Refused = NotYet()
        if error.get("category") != "OBJECT_NOT_FOUND":
            code = str(error.get("category") or "rejected").lower()
            fate = Refused(f"crm.{code}", words_about_record(CrmReply(reply.status, error)))
        found |= dict.fromkeys([str(one) for one in ids or [""]], fate)
    return found


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as HubSpot takes them: all properties are text, and "" clears one."""
    return {
        name: ";".join(map(str, value))
        if isinstance(value, list)
        else str(value).lower()
        if isinstance(value, bool)
        else text(value) or ""
        for name, value in values.items()
    }


def _first_time(values: Mapping[str, Any], *names: str) -> datetime | None:
    times = (shared.moment_of(values.get(name)) for name in names)
    return next((at for at in times if at), None)


def _milliseconds(at: datetime) -> int:
    return (at - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)


CRM = HubSpotCrm

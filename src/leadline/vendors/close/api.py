"""Close: leads with their contacts (API docs, "Leads", "Users", "Advanced Filtering").

Records are named by their id, as in the source (`lead_…`). `token` is an API key, or an OAuth token
if `user` is "oauth".
"""

import base64
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import msgspec

from leadline.model.handling import Ending
from leadline.model.staff.people import Person
from leadline.net.deadline import within
from leadline.ports.crm import Carried, CrmChange, CrmRecord, Found, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.crm_kinds import CloseConfig
from leadline.vendors._api import records as shared
from leadline.vendors._api.authorize import Fixed, refreshed
from leadline.vendors._api.client import Authorize, Client, CrmReply, quoted, refusal
from leadline.vendors._api.owners import (
    fields_of,
    listed,
    named_fields,
    named_owner,
    source_of,
    users_of,
)
from leadline.vendors._webhooks.fields import text
from leadline.vendors.close.webhook import close_owner

_HOME = "https://api.close.com/api/v1"
_PAGE = 100
_ID = re.compile(r"lead_\w+", re.ASCII)
_FIELDS = (
    "id", "name", "display_name", "status_id", "status_label", "url", "description", "contacts",
    "addresses", "opportunities", "custom", "date_created", "date_updated",
)  # fmt: skip
# Fields that no webhook has.
_UNHEARD = frozenset({"custom", "opportunities", "__object_type"})
_BOOKS = frozenset({"id", "status_id", "date_updated"})
# The default statuses of a new organization; the status of opportunities is more reliable.
_ENDINGS = {
    "Customer": Ending.WON,
    "Bad Fit": Ending.DISQUALIFIED,
    "Not Interested": Ending.LOST,
    "Canceled": Ending.LOST,
}


class CloseCrm:
    """Authenticates with an API key (as the user of HTTP Basic authentication) or OAuth."""

    batch = 20
    knows_owners = True

    def __init__(self, config: CloseConfig) -> None:
        self._config = config
        base = config.url or _HOME
        self._client = Client(base, config.timeout, _authorize(config, base))
        self._source = source_of("close", config)
        self._roster = shared.Roster(self.users)

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        """See `Crm.read`; one record per request, because searches may be out of date."""
        answers: dict[str, CrmRecord | NotYet | Refused] = {}
        with within(shared.WHOLE_PATIENCE):
            for name in dict.fromkeys(records):
                answer = self._read(name)
                if isinstance(answer, Busy | Unreachable):
                    return answer
                if isinstance(answer, Refused) and answer.reason == "crm.unauthorized":
                    return answer
                answers[name] = answer
        return answers

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        """See `Crm.write`; fields of the lead itself and its custom fields. Close sends webhooks
        for these writes too."""
        with within(shared.WHOLE_PATIENCE):
            return shared.each_written(changes, self._write)

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        """See `Crm.owner_value`; the custom field that the settings name, because Close has no
        owner field."""
        name = self._config.write.get("owner") or self._config.read.get("owner")
        number = self._roster.id_of(owner) if name else ""
        return {name: number} if name and number else None

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        """See `Crm.since`. Close's cursors expire after 30 seconds, so the next page begins at the
        time of the last lead, without the leads of that time that were found already."""
        start, _, known = (after or f"{at.astimezone(UTC).isoformat()}|").partition("|")
        seen = set(known.split(",")) - {""}
        found: list[Found] = []
        cursor = ""
        with within(shared.WHOLE_PATIENCE):
            while True:
                reply = self._client.call("POST", "/data/search/", json=_search(start, cursor))
                results = listed(reply, "data")
                if not isinstance(results, list):
                    return results
                some = [one for r in results if (one := _found(r)) and one.record not in seen]
                found += some
                cursor = _cursor(reply)
                if not cursor or some:
                    break
        if not cursor:
            return Page(tuple(found))
        last = found[-1].created_at
        same = {one.record for one in found if one.created_at == last}
        if shared.moment_of(start) == last:
            same |= seen
        return Page(tuple(found), f"{last.isoformat()}|{','.join(sorted(same))}")

    def _read(self, name: str) -> CrmRecord | NotYet | Refused | Busy | Unreachable:
        if not _ID.fullmatch(name):
            return Refused("crm.unknown_record", "not the id of a lead")
        fields = ",".join(dict.fromkeys([*_FIELDS, *named_fields(self._config)]))
        reply = self._client.call("GET", f"/lead/{quoted(name)}/", query={"_fields": fields})
        if not isinstance(reply, CrmReply):
            return reply
        if not reply.well:
            return NotYet() if reply.status in (404, 410) else refusal(reply)
        if not isinstance(reply.body, dict):
            return Unreachable("crm.unexpected_answer")
        return self._record(name, reply.body)

    def _record(
        self, name: str, lead: Mapping[str, Any]
    ) -> CrmRecord | Refused | Busy | Unreachable:
        owner = named_owner(
            self._config, lead, close_owner(lead) or _owner_of_work(lead), self._roster
        )
        if isinstance(owner, Busy | Unreachable):
            return owner
        fields = fields_of(self._source, _raw(lead), owner, _BOOKS)
        if isinstance(fields, Refused):
            return fields
        ending = _ending(lead)
        record = CrmRecord(
            record=name,
            fields=fields,
            owner=owner,
            modified=shared.moment_of(lead.get("date_updated")),
            values=lead,
            ending=ending,
        )
        words = (lead.get("status_id"), lead.get("status_label"))
        usual = _ENDINGS if ending is Ending.OPEN else {}
        return shared.settled(self._config, record, words, usual)

    def _write(self, change: CrmChange) -> Carried:
        if not _ID.fullmatch(change.record):
            return Refused("crm.unknown_record", "not the id of a lead")
        reply = self._client.call(
            "PUT",
            f"/lead/{quoted(change.record)}/",
            query={"_fields": "id,date_updated"},
            json=dict(change.values),
        )
        if not isinstance(reply, CrmReply):
            return reply
        if reply.well:
            body = reply.body if isinstance(reply.body, dict) else {}
            return Written(shared.moment_of(body.get("date_updated")))
        return NotYet() if reply.status in (404, 410) else refusal(reply)

    def users(self) -> Mapping[str, Person] | Busy | Unreachable | Refused:
        """See `ports.crm.CrmUsers.users`."""
        people: dict[str, Person] = {}
        while True:
            query = {"_limit": _PAGE, "_skip": len(people)}
            reply = self._client.call("GET", "/user/", query=query)
            results = listed(reply, "data")
            if not isinstance(results, list):
                return results
            new = users_of(results, "first_name", "last_name")
            people |= new
            more = isinstance(reply, CrmReply) and reply.body.get("has_more") is True
            if not more or not new:
                return people


def _authorize(config: CloseConfig, base: str) -> Authorize:
    if (tokens := refreshed(urljoin(base, "/oauth2/token/"), config)) is not None:
        return tokens
    if config.user == "oauth":
        return Fixed({"authorization": f"Bearer {config.token}"})
    key = base64.b64encode(f"{config.token}:".encode()).decode()
    return Fixed({"authorization": f"Basic {key}"})


def _raw(lead: Mapping[str, Any]) -> bytes:
    """The lead in the form of a webhook; custom fields only under their ids."""
    data = {name: value for name, value in lead.items() if name not in _UNHEARD}
    head = {"object_type": "lead", "action": "created", "object_id": lead.get("id")}
    return msgspec.json.encode({"event": {**head, "lead_id": lead.get("id"), "data": data}})


def _owner_of_work(lead: Mapping[str, Any]) -> str | None:
    """The user of the newest opportunity, for leads without an owner in a custom field."""
    users = [text(one.get("user_id")) for one in _opportunities(lead)]
    return next((user for user in users if user), None)


def _opportunities(lead: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = lead.get("opportunities")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _ending(lead: Mapping[str, Any]) -> Ending:
    """The ending by the opportunities: WON if one was won, LOST if all were lost."""
    kinds = {one.get("status_type") for one in _opportunities(lead)}
    if "won" in kinds:
        return Ending.WON
    return Ending.LOST if kinds == {"lost"} else Ending.OPEN


def _search(start: str, cursor: str) -> dict[str, Any]:
    created = {"type": "regular_field", "object_type": "lead", "field_name": "date_created"}
    since = {"type": "moment_range", "on_or_after": {"type": "fixed_utc", "value": start}}
    query = [
        {"type": "object_type", "object_type": "lead"},
        {"type": "field_condition", "field": created, "condition": since},
    ]
    body = {
        "query": {"type": "and", "queries": query},
        "_fields": {"lead": list(_FIELDS)},
        "_limit": _PAGE,
        "sort": [{"direction": "asc", "field": created}],
    }
    return {**body, "cursor": cursor} if cursor else body


def _found(lead: Mapping[str, Any]) -> Found | None:
    number, created = text(lead.get("id")), shared.moment_of(lead.get("date_created"))
    return Found(number, created, _raw(lead)) if number and created else None


def _cursor(data: Any) -> str:
    body = data.body if isinstance(data, CrmReply) else None
    return text(body.get("cursor")) or "" if isinstance(body, dict) else ""


CRM = CloseCrm

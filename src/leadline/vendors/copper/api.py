"""Copper: leads and people (Copper docs, "List Leads (Search)", "Update a Lead", "List Users").

Records are named as in the source, `lead:89011972` and `person:89011972`. `token` is an API key,
`user` the e-mail address of its user. A custom field is named by the number of its definition,
`custom_field.100764`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from leadline.model.handling import Ending
from leadline.model.staff.people import Person
from leadline.net.deadline import within
from leadline.ports.crm import Carried, CrmChange, CrmRecord, Found, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.crm_kinds import CopperConfig
from leadline.vendors._api import records as shared
from leadline.vendors._api.authorize import Fixed
from leadline.vendors._api.client import Client, CrmReply, quoted, refusal
from leadline.vendors._api.owners import named_owner, users_of
from leadline.vendors._webhooks.fields import text, text_of_field
from leadline.vendors.copper.webhook import copper_fields, copper_values

_HOME = "https://api.copper.com/developer_api/v1"
_PATHS = {"lead": "leads", "person": "people"}
_PAGE = 200
_CUSTOM = "custom_field."
_EMAILS = {"email", "emails"}
_BOOKS = frozenset(
    {
        "status_id",
        "customer_source_id",
        "interaction_count",
        "date_last_contacted",
        "converted_unit",
    }
)
# Copper's default statuses.
_ENDINGS = {"Unqualified": Ending.DISQUALIFIED}


class CopperCrm:
    """Reads many records by one search."""

    batch = 200
    knows_owners = True

    def __init__(self, config: CopperConfig) -> None:
        self._config = config
        who = {
            "x-pw-accesstoken": config.token,
            "x-pw-application": "developer_api",
            "x-pw-useremail": config.user,
        }
        self._client = Client(config.url or _HOME, config.timeout, Fixed(who))
        self._roster = shared.Roster(self.users)

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        """See `Crm.read`; one request reads up to 200 records of a type."""
        answers: dict[str, CrmRecord | NotYet | Refused] = {
            name: Refused("crm.unknown_record", "") for name in records if not _parts(name)[1]
        }
        with within(shared.WHOLE_PATIENCE):
            for sort in _PATHS:
                named = {_parts(n)[1]: n for n in records if _parts(n)[0] == sort}
                query: dict[str, Any] = {"ids": list(named), "page_size": _PAGE}
                rows = self._search(sort, query) if named else []
                if not isinstance(rows, list):
                    return rows
                by_number = {one.get("id"): one for one in rows}
                for number, name in named.items():
                    record = self._record(sort, name, by_number.get(number))
                    if isinstance(record, Busy | Unreachable):
                        return record
                    answers[name] = record
        return answers

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        """See `Crm.write`; one record per request. Copper sends webhooks for these writes too."""
        with within(shared.WHOLE_PATIENCE):
            return shared.each_written(changes, self._write)

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        """See `Crm.owner_value`; the owner is a user's number."""
        return shared.owner_by_number(self._config, self._roster, owner, "assignee_id")

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        """See `Crm.since`; lists leads, including converted ones."""
        page = int(after or 1)
        query = {
            "minimum_created_date": int(at.timestamp()),
            "sort_by": "date_created",
            "sort_direction": "asc",
            "page_size": _PAGE,
            "page_number": page,
        }
        rows = self._search("lead", query)
        if not isinstance(rows, list):
            return rows
        found = tuple(one for value in rows if (one := _found(value)))
        return Page(found, str(page + 1) if len(rows) == _PAGE else "")

    def _search(
        self, sort: str, asked: Mapping[str, Any]
    ) -> list[dict[str, Any]] | Busy | Unreachable | Refused:
        more = {"include_converted_leads": True} if sort == "lead" else {}
        reply = self._client.call("POST", f"/{_PATHS[sort]}/search", json={**asked, **more})
        return _listed(reply)

    def _record(
        self, sort: str, name: str, value: Mapping[str, Any] | None
    ) -> CrmRecord | NotYet | Busy | Unreachable:
        if value is None:
            return NotYet()
        values = _values(value)
        owner = named_owner(self._config, values, value.get("assignee_id"), self._roster)
        if isinstance(owner, Busy | Unreachable):
            return owner
        placing = shared.placing(self._config)
        record = CrmRecord(
            record=name,
            fields=shared.with_named_owner(copper_fields(value, placing, sort), owner, _BOOKS),
            owner=owner,
            modified=shared.moment_of(value.get("date_modified")),
            values=values,
        )
        return shared.settled(self._config, record, [value.get("status")], _ENDINGS)

    def _write(self, change: CrmChange) -> Carried:
        sort, number = _parts(change.record)
        if not number:
            return Refused("crm.unknown_record", "")
        path = f"/{_PATHS[sort]}/{quoted(str(number))}"
        answer = self._client.call("PUT", path, json=_body(change.values))
        if not isinstance(answer, CrmReply):
            return answer
        if answer.status == 404:
            return NotYet()
        if not answer.well:
            return refusal(answer)
        body = answer.body if isinstance(answer.body, dict) else {}
        return Written(shared.moment_of(body.get("date_modified")))

    def users(self) -> Mapping[str, Person] | Busy | Unreachable | Refused:
        """See `ports.crm.CrmUsers.users`."""
        people: dict[str, Person] = {}
        page = 1
        while True:
            asked = {"page_size": _PAGE, "page_number": page}
            users = _listed(self._client.call("POST", "/users/search", json=asked))
            if not isinstance(users, list):
                return users
            people |= users_of(users)
            if len(users) < _PAGE:
                return people
            page += 1


def _listed(
    answer: CrmReply | Busy | Unreachable | Refused,
) -> list[dict[str, Any]] | Busy | Unreachable | Refused:
    """The objects in an answer that is a list; Unreachable for other answers."""
    if not isinstance(answer, CrmReply):
        return answer
    if not answer.well:
        return refusal(answer)
    if not isinstance(answer.body, list):
        return Unreachable("crm.unexpected_answer")
    return [one for one in answer.body if isinstance(one, dict)]


def _parts(name: str) -> tuple[str, int]:
    """The type and number of a record; ("", 0) for an unknown one."""
    sort, _, number = name.partition(":")
    return (sort, int(number)) if sort in _PATHS and number.isdecimal() else ("", 0)


def _values(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record's fields, with custom fields by number and e-mail addresses as text."""
    values = copper_values(record)
    return {k: text_of_field("email", v) if k in _EMAILS else v for k, v in values.items()}


def _body(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields in Copper's form: custom fields are in a list, and those left out are kept."""
    body = {name: value for name, value in values.items() if not name.startswith(_CUSTOM)}
    custom = [
        {"custom_field_definition_id": int(number), "value": value}
        for name, value in values.items()
        if name.startswith(_CUSTOM) and (number := name.removeprefix(_CUSTOM)).isdecimal()
    ]
    for name in _EMAILS & body.keys():
        if isinstance(body[name], str):
            address = {"email": body[name], "category": "work"} if body[name] else None
            body[name] = address if name == "email" else [address] if address else []
    return {**body, "custom_fields": custom} if custom else body


def _found(value: Mapping[str, Any]) -> Found | None:
    number, created = text(value.get("id")), shared.moment_of(value.get("date_created"))
    if not number:
        return None
    raw = msgspec.json.encode({"type": "lead", **value})
    return Found(f"lead:{number}", created or datetime.fromtimestamp(0, UTC), raw)


CRM = CopperCrm

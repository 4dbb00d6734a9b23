"""A stand-in for the API of Pipedrive, in the documented shapes."""

import re
import uuid
from typing import Any

from tests.standins.crm_api import ADA, CrmLead, CrmRequest, CrmResponse, CrmStandIn, check, stamp

STATUS = "marketing_status"


class PipedriveStandIn(CrmStandIn):
    """API docs: "Persons" and "Organizations" of v2, "Leads" and "Users" of v1."""

    kind = "pipedrive"
    title = "job_title"
    unknown = "person:99999"
    ada = 12345678

    def __init__(self) -> None:
        super().__init__()
        self.persons: dict[int, dict[str, Any]] = {}
        self.leads: dict[str, dict[str, Any]] = {}
        self.companies: dict[int, str] = {}
        self.counts: dict[str, int] = {}
        self.marketing = ""
        """The marketing status of everybody; "" without the marketing app."""

    def put(self, lead: CrmLead) -> str:
        number = 77 + len(self.persons)
        self.companies[number + 500] = lead.company
        self.persons[number] = {
            "id": number,
            "name": f"{lead.first} {lead.last}",
            "first_name": lead.first,
            "last_name": lead.last,
            "owner_id": self.ada if lead.owned else None,
            "org_id": number + 500,
            "emails": [{"label": "work", "primary": True, "value": lead.email}],
            "phones": [{"label": "work", "primary": True, "value": lead.phone}],
            "add_time": lead.created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "update_time": lead.created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "is_deleted": False,
            "custom_fields": {},
        }
        return f"person:{number}"

    def put_lead(self, lead: CrmLead) -> str:
        """Keep a lead of the Leads Inbox about a new person."""
        person = self.persons[int(self.put(lead).partition(":")[2])]
        name = str(uuid.uuid5(uuid.NAMESPACE_URL, str(len(self.leads))))
        self.leads[name] = {
            "id": name,
            "title": f"{lead.company} lead",
            "owner_id": self.ada,
            "person_id": person["id"],
            "organization_id": person["org_id"],
            "source_name": "Manually created",
            "is_archived": bool(lead.ended),
            "add_time": stamp(lead.created),
            "update_time": stamp(lead.created),
        }
        return f"lead:{name}"

    def answer(self, request: CrmRequest) -> CrmResponse:
        if request.headers.get("x-api-token") != self.secret:
            return CrmResponse(
                401, {"success": False, "error": "unauthorized access", "errorCode": 401}
            )
        if request.path == "/v1/users":
            user = {"id": self.ada, "name": ADA.name, "email": ADA.email, "active_flag": True}
            return self._data([user, {"id": 9, "name": "Bob", "email": "bob@example.org"}])
        if request.path == "/api/v2/organizations":
            numbers = [int(one) for one in request.one("ids").split(",")]
            check(len(numbers) <= 100, "too many at once")
            return self._data([{"id": n, "name": self.companies[n]} for n in numbers])
        if request.path == "/api/v2/persons":
            return self._listed(request)
        known: dict[Any, dict[str, Any]] = {**self.leads, **self.persons}
        match = re.fullmatch(r"/(?:api/v2/persons/(\d+)|v1/leads/([0-9a-f-]{36}))", request.path)
        check(match is not None, "no such path")
        row = known.get(match[2] or int(match[1])) if match else None
        if row is None:
            return CrmResponse(404, {"success": False, "error": "Not found"})
        if request.method == "PATCH":
            check(all(len(name) < 40 for name in request.json), "a custom field beside others")
            row |= request.json
        return self._data(row)

    def _data(self, data: Any, cursor: str | None = None) -> CrmResponse:
        more = {"next_cursor": cursor}
        return CrmResponse(body={"success": True, "data": data, "additional_data": more})

    def _listed(self, request: CrmRequest) -> CrmResponse:
        limit = int(request.one("limit"))
        check(limit <= 500, "too many at once")
        if request.one("ids"):
            numbers = [int(one) for one in request.one("ids").split(",")]
            check(len(numbers) <= 100, "too many ids")
            asked_for = request.one("include_fields").split(",")
            check(self.marketing != "" or STATUS not in asked_for, "no marketing app")
            counts: dict[str, Any] = {name: self.counts.get(name, 0) for name in asked_for}
            if STATUS in asked_for:
                counts[STATUS] = self.marketing
            rows = [self.persons[n] for n in numbers if n in self.persons]
            return self._data([{**row, **(counts if "" not in counts else {})} for row in rows])
        check(request.one("sort_by") == "add_time", "an unknown order")
        check(re.fullmatch(r"[\dT:-]{19}Z", request.one("updated_since")) is not None, "no time")
        rows = sorted(
            (p for p in self.persons.values() if p["update_time"] >= request.one("updated_since")),
            key=lambda p: str(p["add_time"]),
        )
        start = int(request.one("cursor") or 0)
        return self._data(
            rows[start : start + limit], str(start + limit) if start + limit < len(rows) else None
        )

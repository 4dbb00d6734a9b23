"""A stand-in for the API of Copper, in the documented shapes."""

import re
from typing import Any

from leadline.settings.connected.crm import CrmConfig
from tests.standins.crm_api import ADA, CrmLead, CrmRequest, CrmResponse, CrmStandIn, check


class CopperStandIn(CrmStandIn):
    """Developer docs: "List Leads (Search)", "Update a Lead", "List Users"."""

    kind = "copper"
    title = "title"
    unknown = "lead:99999999"
    page = 200
    ada = 137658

    def __init__(self) -> None:
        super().__init__()
        self.leads: dict[int, dict[str, Any]] = {}

    def config(self, secret: str = "") -> CrmConfig:
        return CrmConfig(
            url=f"{self.url}/developer_api/v1", token=secret or self.secret, user="bot@example.com"
        )

    def put(self, lead: CrmLead) -> str:
        number = 89_011_972 + len(self.leads)
        created = int(lead.created.timestamp())
        self.leads[number] = {
            "id": number,
            "name": f"{lead.first} {lead.last}",
            "first_name": lead.first,
            "last_name": lead.last,
            "assignee_id": self.ada if lead.owned else None,
            "company_name": lead.company,
            "email": {"email": lead.email, "category": "work"},
            "phone_numbers": [{"number": lead.phone, "category": "mobile"}],
            "status": lead.ended or "New",
            "title": None,
            "custom_fields": [{"custom_field_definition_id": 100764, "value": None}],
            "date_created": created,
            "date_modified": created,
        }
        return f"lead:{number}"

    def answer(self, request: CrmRequest) -> CrmResponse:
        who = [
            request.headers.get(f"x-pw-{n}") for n in ("accesstoken", "application", "useremail")
        ]
        if who != [self.secret, "developer_api", "bot@example.com"]:
            return CrmResponse(
                401, {"success": False, "status": 401, "message": "Invalid API Token"}
            )
        path = request.path.removeprefix("/developer_api/v1")
        body = request.json
        if path == "/users/search":
            return CrmResponse(body=[{"id": self.ada, "name": ADA.name, "email": ADA.email}])
        if path == "/leads/search":
            check(body["page_size"] <= 200, "too many at once")
            check(body["include_converted_leads"] is True, "converted ones are left out")
            return self._search(body)
        match = re.fullmatch(r"/leads/(\d+)", path)
        check(match is not None and request.method == "PUT", "no such path")
        lead = self.leads.get(int(match[1])) if match else None
        if lead is None:
            return CrmResponse(
                404, {"success": False, "status": 404, "message": "Resource not found"}
            )
        check(isinstance(body.get("email", {}), dict), "an address is an object")
        custom = body.pop("custom_fields", [])
        known = {one["custom_field_definition_id"]: one for one in lead["custom_fields"]}
        for one in custom:
            known[one["custom_field_definition_id"]]["value"] = one["value"]
        lead |= {**body, "date_modified": lead["date_modified"] + 60}
        return CrmResponse(body=lead)

    def _search(self, body: dict[str, Any]) -> CrmResponse:
        if "ids" in body:
            return CrmResponse(body=[self.leads[n] for n in body["ids"] if n in self.leads])
        check((body["sort_by"], body["sort_direction"]) == ("date_created", "asc"), "no order")
        since, skip = body["minimum_created_date"], (body["page_number"] - 1) * body["page_size"]
        found = [x for x in self.leads.values() if x["date_created"] >= since]
        found.sort(key=lambda x: int(x["date_created"]))
        return CrmResponse(body=found[skip : skip + body["page_size"]])

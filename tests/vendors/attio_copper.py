"""Stand-ins for the APIs of Attio and Copper, in the documented shapes."""

import re
import uuid
from datetime import datetime
from typing import Any

from leadline.settings.crm import CrmConfig
from tests.standins.crm_api import ADA, Asked, Lead, StandIn, Told, check

FIRST, _, LAST = ADA.name.partition(" ")


class AttioStandIn(StandIn):
    """REST API docs: "List records", "Update a record", "List workspace members"."""

    kind = "attio"
    title = "job_title"
    people = "97052eb9-e65e-443f-a297-f2d9a4a7f795"
    unknown = f"{people}:00000000-0000-4000-8000-00000000dead"
    ada = "50cf242c-7fa3-4cad-87d0-75b1af71c57b"
    company = "0d7d4a1f-1111-4222-8333-444455556666"

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, dict[str, Any]] = {}
        self.company_name = ""

    def config(self, secret: str = "") -> CrmConfig:
        return CrmConfig(url=f"{self.url}/v2", token=secret or self.secret)

    def put(self, lead: Lead) -> str:
        number = str(uuid.UUID(int=len(self.records) + 1))
        since = lead.created.isoformat().replace("+00:00", ".000000000Z")
        name = {
            "first_name": lead.first,
            "last_name": lead.last,
            "full_name": f"{lead.first} {lead.last}",
        }
        refers = {"target_object": "companies", "target_record_id": self.company}
        values = {
            "name": [name],
            "email_addresses": [{"email_address": lead.email, "email_domain": "example.com"}],
            "phone_numbers": [{"phone_number": lead.phone, "country_code": "US"}],
            "company": [refers],
            "job_title": [],
            "owner": [self._actor(self.ada)] if lead.owned else [],
        }
        self.company_name = lead.company
        self.records[number] = {
            "id": {"workspace_id": "w", "object_id": self.people, "record_id": number},
            "created_at": since,
            "values": {k: [{"active_from": since, **e} for e in v] for k, v in values.items()},
        }
        return f"{self.people}:{number}"

    def answer(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != f"Bearer {self.secret}":
            return Told(401, {"status_code": 401, "message": "Unauthorized"})
        path = asked.path.removeprefix("/v2")
        if path == "/workspace_members":
            ident = {"workspace_id": "w", "workspace_member_id": self.ada}
            member = {"first_name": FIRST, "last_name": LAST, "email_address": ADA.email}
            return Told(body={"data": [{"id": ident, **member}]})
        found = re.fullmatch(r"/objects/([^/]+)/records/([^/]+)", path)
        check(found is not None, "no such path")
        assert found is not None
        kind, number = found.groups()
        if number == "query":
            return self._query(kind, asked.json)
        check(asked.method == "PATCH", "PUT would take values away")
        return self._write(number, asked.json["data"]["values"])

    def _query(self, kind: str, asked: Any) -> Told:
        if kind == "companies":
            check(asked["filter"] == {"record_id": {"$in": [self.company]}}, "an unknown filter")
            ident = {"record_id": self.company}
            company = {"id": ident, "values": {"name": [{"value": self.company_name}]}}
            return Told(body={"data": [company]})
        check(kind in ("people", self.people), "no such object")
        check(asked["limit"] <= 500, "too many at once")
        condition = asked["filter"]
        if "record_id" in condition:
            found = [self.records[n] for n in condition["record_id"]["$in"] if n in self.records]
            return Told(body={"data": found})
        since = datetime.fromisoformat(condition["created_at"]["$gte"])
        (order,) = asked["sorts"]
        check((order["direction"], order["attribute"]) == ("asc", "created_at"), "no order")
        found = sorted(
            (x for x in self.records.values() if datetime.fromisoformat(x["created_at"]) >= since),
            key=lambda x: str(x["created_at"]),
        )
        return Told(body={"data": found[asked["offset"] : asked["offset"] + asked["limit"]]})

    def _write(self, number: str, values: dict[str, Any]) -> Told:
        record = self.records.get(number)
        if record is None:
            return Told(404, {"status_code": 404, "code": "not_found", "message": "No record"})
        since = "2026-03-03T09:00:00.000000000Z"
        for slug, value in values.items():
            check(slug in record["values"], "no such attribute")
            check(slug != "owner" or value == [self._actor(self.ada)], "no member")
            entries = value if isinstance(value, list) else [{"value": value}]
            record["values"][slug] = [{"active_from": since, **entry} for entry in entries]
        return Told(body={"data": record})

    def _actor(self, member: str) -> dict[str, str]:
        return {"referenced_actor_type": "workspace-member", "referenced_actor_id": member}


class CopperStandIn(StandIn):
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

    def put(self, lead: Lead) -> str:
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

    def answer(self, asked: Asked) -> Told:
        who = [asked.headers.get(f"x-pw-{n}") for n in ("accesstoken", "application", "useremail")]
        if who != [self.secret, "developer_api", "bot@example.com"]:
            return Told(401, {"success": False, "status": 401, "message": "Invalid API Token"})
        path = asked.path.removeprefix("/developer_api/v1")
        body = asked.json
        if path == "/users/search":
            return Told(body=[{"id": self.ada, "name": ADA.name, "email": ADA.email}])
        if path == "/leads/search":
            check(body["page_size"] <= 200, "too many at once")
            check(body["include_converted_leads"] is True, "converted ones are left out")
            return self._search(body)
        found = re.fullmatch(r"/leads/(\d+)", path)
        check(found is not None and asked.method == "PUT", "no such path")
        lead = self.leads.get(int(found[1])) if found else None
        if lead is None:
            return Told(404, {"success": False, "status": 404, "message": "Resource not found"})
        check(isinstance(body.get("email", {}), dict), "an address is an object")
        custom = body.pop("custom_fields", [])
        known = {one["custom_field_definition_id"]: one for one in lead["custom_fields"]}
        for one in custom:
            known[one["custom_field_definition_id"]]["value"] = one["value"]
        lead |= {**body, "date_modified": lead["date_modified"] + 60}
        return Told(body=lead)

    def _search(self, body: dict[str, Any]) -> Told:
        if "ids" in body:
            return Told(body=[self.leads[n] for n in body["ids"] if n in self.leads])
        check((body["sort_by"], body["sort_direction"]) == ("date_created", "asc"), "no order")
        since, skip = body["minimum_created_date"], (body["page_number"] - 1) * body["page_size"]
        found = [x for x in self.leads.values() if x["date_created"] >= since]
        found.sort(key=lambda x: int(x["date_created"]))
        return Told(body=found[skip : skip + body["page_size"]])

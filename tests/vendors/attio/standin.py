"""A stand-in for the API of Attio, in the documented shapes."""

import re
import uuid
from datetime import datetime
from typing import Any

from leadline.settings.connected.crm import CrmConfig
from tests.standins.crm_api import ADA, CrmLead, CrmRequest, CrmResponse, CrmStandIn, check

FIRST, _, LAST = ADA.name.partition(" ")


class AttioStandIn(CrmStandIn):
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

    def put(self, lead: CrmLead) -> str:
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

    def answer(self, request: CrmRequest) -> CrmResponse:
        if request.headers.get("authorization") != f"Bearer {self.secret}":
            return CrmResponse(401, {"status_code": 401, "message": "Unauthorized"})
        path = request.path.removeprefix("/v2")
        if path == "/workspace_members":
            ident = {"workspace_id": "w", "workspace_member_id": self.ada}
            member = {"first_name": FIRST, "last_name": LAST, "email_address": ADA.email}
            return CrmResponse(body={"data": [{"id": ident, **member}]})
        match = re.fullmatch(r"/objects/([^/]+)/records/([^/]+)", path)
        check(match is not None, "no such path")
        assert match is not None
        kind, number = match.groups()
        if number == "query":
            return self._query(kind, request.json)
        check(request.method == "PATCH", "PUT would take values away")
        return self._write(number, request.json["data"]["values"])

    def _query(self, kind: str, request: Any) -> CrmResponse:
        if kind == "companies":
            check(request["filter"] == {"record_id": {"$in": [self.company]}}, "an unknown filter")
            ident = {"record_id": self.company}
            company = {"id": ident, "values": {"name": [{"value": self.company_name}]}}
            return CrmResponse(body={"data": [company]})
        check(kind in ("people", self.people), "no such object")
        check(request["limit"] <= 500, "too many at once")
        condition = request["filter"]
        if "record_id" in condition:
            found = [self.records[n] for n in condition["record_id"]["$in"] if n in self.records]
            return CrmResponse(body={"data": found})
        since = datetime.fromisoformat(condition["created_at"]["$gte"])
        (order,) = request["sorts"]
        check((order["direction"], order["attribute"]) == ("asc", "created_at"), "no order")
        found = sorted(
            (x for x in self.records.values() if datetime.fromisoformat(x["created_at"]) >= since),
            key=lambda x: str(x["created_at"]),
        )
        return CrmResponse(
            body={"data": found[request["offset"] : request["offset"] + request["limit"]]}
        )

    def _write(self, number: str, values: dict[str, Any]) -> CrmResponse:
        record = self.records.get(number)
        if record is None:
            return CrmResponse(
                404, {"status_code": 404, "code": "not_found", "message": "No record"}
            )
        since = "2026-03-03T09:00:00.000000000Z"
        for slug, value in values.items():
            check(slug in record["values"], "no such attribute")
            check(slug != "owner" or value == [self._actor(self.ada)], "no member")
            entries = value if isinstance(value, list) else [{"value": value}]
            record["values"][slug] = [{"active_from": since, **entry} for entry in entries]
        return CrmResponse(body={"data": record})

    def _actor(self, member: str) -> dict[str, str]:
        return {"referenced_actor_type": "workspace-member", "referenced_actor_id": member}

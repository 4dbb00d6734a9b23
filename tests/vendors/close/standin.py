"""A stand-in for the API of Close, in the documented shapes."""

import base64
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leadline.settings.connected.crm import CrmConfig
from tests.standins.crm_api import ADA, CrmLead, CrmRequest, CrmResponse, CrmStandIn, check


class CloseStandIn(CrmStandIn):
    """API docs: "Leads", "Users", "Advanced Filtering", "Rate Limits"."""

    kind = "close"
    title = "custom.cf_Qpz81TitleOfTheirs"
    unknown = "lead_NobodyKnowsThisOne000000000000000000000000"
    owner_field = "custom.cf_7bXOwnerFieldAAAAAAAAAAAA"
    ada = "user_AdaVanceAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

    def __init__(self) -> None:
        super().__init__()
        self.leads: dict[str, dict[str, Any]] = {}
        self._cursors: dict[str, int] = {}

    def config(self, secret: str = "") -> CrmConfig:
        return CrmConfig(
            url=f"{self.url}/api/v1",
            token=secret or self.secret,
            read={"owner": self.owner_field},
        )

    def put(self, lead: CrmLead) -> str:
        name = f"lead_{len(self.leads):044}"
        contact = {
            "id": f"cont_{len(self.leads):044}",
            "lead_id": name,
            "name": f"{lead.first} {lead.last}",
            "title": "Engineer",
            "emails": [{"type": "office", "email": lead.email, "is_unsubscribed": False}],
            "phones": [{"type": "mobile", "phone": lead.phone, "country": "US"}],
            "urls": [],
        }
        self.leads[name] = {
            "id": name,
            "display_name": lead.company,
            "name": lead.company,
            "status_id": "stat_1",
            "status_label": lead.ended or "Potential",
            "url": None,
            "description": "",
            "contacts": [contact],
            "addresses": [{"label": "business", "city": "Phoenix", "country": "US"}],
            "opportunities": [],
            "tasks": [],
            "date_created": lead.created.isoformat(),
            "date_updated": lead.created.isoformat(),
            **({self.owner_field: self.ada} if lead.owned else {}),
        }
        return name

    def answer(self, request: CrmRequest) -> CrmResponse:
        key = base64.b64encode(f"{self.secret}:".encode()).decode()
        if request.headers.get("authorization") != f"Basic {key}":
            return CrmResponse(401, {"error": "The API key you provided is invalid"})
        path = request.path.removeprefix("/api/v1")
        if path == "/user/":
            first, _, last = ADA.name.partition(" ")
            user = {"id": self.ada, "first_name": first, "last_name": last, "email": ADA.email}
            return CrmResponse(body={"data": [user], "has_more": False})
        if path == "/data/search/":
            return self._search(request.json)
        match = re.fullmatch(r"/lead/([^/]+)/", path)
        check(match is not None, "no such path")
        lead = self.leads.get(match[1]) if match else None
        if lead is None:
            return CrmResponse(404, {"error": "Requested resource not found"})
        fields = request.one("_fields").split(",")
        if request.method == "PUT":
            lead |= request.json
        return CrmResponse(body=self._chosen(lead, fields))

    def _chosen(self, lead: Mapping[str, Any], fields: list[str]) -> dict[str, Any]:
        check("id" in fields, "no _fields")
        every = "custom" in fields
        return {k: v for k, v in lead.items() if k in fields or (every and k[:7] == "custom.")}

    def _search(self, request: Any) -> CrmResponse:
        kind, created = request["query"]["queries"]
        check(request["query"]["type"] == "and", "an unknown query")
        check(kind == {"type": "object_type", "object_type": "lead"}, "no object type")
        check(created["type"] == "field_condition", "an unknown condition")
        check(created["field"]["field_name"] == "date_created", "an unknown field")
        check(request["_limit"] <= 200, "too many at once")
        (order,) = request["sort"]
        check(order == {"direction": "asc", "field": created["field"]}, "an unknown order")
        moment = created["condition"]["on_or_after"]
        check(moment["type"] == "fixed_utc", "an unknown moment")
        since = datetime.fromisoformat(moment["value"])
        after = sorted(
            (x for x in self.leads.values() if datetime.fromisoformat(x["date_created"]) >= since),
            key=lambda x: str(x["date_created"]),
        )
        start = self._cursors[request["cursor"]] if "cursor" in request else 0
        end = start + request["_limit"]
        cursor = f"cursor-{len(self._cursors)}" if end < len(after) else None
        if cursor:
            self._cursors[cursor] = end
        page = [self._chosen(one, request["_fields"]["lead"]) for one in after[start:end]]
        data = [{"__object_type": "lead", **one} for one in page]
        return CrmResponse(body={"data": data, "cursor": cursor})

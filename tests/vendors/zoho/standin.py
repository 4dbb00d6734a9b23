"""A stand-in for the API of Zoho CRM, in the documented shapes."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from leadline.settings.connected.crm import CrmConfig
from tests.standins.crm_api import ADA, CrmLead, CrmRequest, CrmResponse, CrmStandIn, check


class ZohoStandIn(CrmStandIn):
    """API docs, version 8: "Get Records", "Update Records", "Query API", "Get Users", "OAuth"."""

    kind = "zoho"
    title = "Designation"
    unknown = "Leads:5725767000009999999"
    together = True
    ada = "5725767000000411001"

    def __init__(self) -> None:
        super().__init__()
        self.leads: dict[str, dict[str, Any]] = {}
        self.tokens = 0
        self.clock = datetime(2026, 3, 3, tzinfo=UTC)

    def config(self, secret: str = "") -> CrmConfig:
        return CrmConfig(
            url=self.url,
            client_id="1000.EXAMPLE",
            client_secret="made-up",
            refresh_token=secret or self.secret,
        )

    def put(self, lead: CrmLead) -> str:
        number = str(5725767000003000000 + len(self.leads))
        self.leads[number] = {
            "id": number,
            "Owner": {"name": ADA.name, "id": self.ada, "email": ADA.email} if lead.owned else None,
            "First_Name": lead.first,
            "Last_Name": lead.last,
            "Full_Name": f"{lead.first} {lead.last}",
            "Email": lead.email,
            "Phone": lead.phone,
            "Mobile": None,
            "Company": lead.company,
            "Designation": None,
            "Lead_Status": lead.ended or "Not Contacted",
            "Converted__s": False,
            "Created_Time": lead.created.isoformat(timespec="seconds"),
            "Modified_Time": lead.created.isoformat(timespec="seconds"),
        }
        return f"Leads:{number}"

    def answer(self, request: CrmRequest) -> CrmResponse:
        if request.path == "/oauth/v2/token":
            return self._token(request)
        if request.headers.get("authorization") != f"Zoho-oauthtoken 1000.{self.tokens}":
            return CrmResponse(401, {"code": "INVALID_TOKEN", "message": "invalid oauth token"})
        path = request.path.removeprefix("/crm/v8")
        if path == "/users":
            check(request.one("type") == "ActiveUsers", "no type of users")
            user = {"id": self.ada, "full_name": ADA.name, "email": ADA.email}
            return CrmResponse(body={"users": [user]})
        if path == "/coql":
            return self._query(request.json["select_query"])
        check(path.partition("/")[2].startswith("Leads"), "no such module")
        return self._write(request, path) if request.method == "PUT" else self._read(request)

    def _token(self, request: CrmRequest) -> CrmResponse:
        form = request.form
        check(form["grant_type"] == "refresh_token", "an unknown grant")
        if form["refresh_token"] != self.secret:
            return CrmResponse(body={"error": "invalid_code"})
        self.tokens += 1
        return CrmResponse(body={"access_token": f"1000.{self.tokens}", "expires_in": 3600})

    def _read(self, request: CrmRequest) -> CrmResponse:
        numbers = request.one("ids").split(",")
        fields = request.one("fields").split(",")
        check(len(numbers) <= 100, "too many ids")
        check(1 < len(fields) <= 50, "fields must be named, 50 at the most")
        found = [
            {k: v for k, v in self.leads[n].items() if k in fields or k == "id"}
            for n in numbers
            if n in self.leads
        ]
        return CrmResponse(body={"data": found}) if found else CrmResponse(204)

    def _query(self, query: str) -> CrmResponse:
        form = (
            r"select id, Created_Time from Leads where Created_Time >= '([^']+)' "
            r"order by Created_Time asc, id asc limit (\d+), (\d+)"
        )
        match = re.fullmatch(form, query)
        check(match is not None, "no query of ours")
        assert match is not None
        since, offset, limit = datetime.fromisoformat(match[1]), int(match[2]), int(match[3])
        check(limit <= 2000 and offset + limit <= 10_000, "too far")
        rows = sorted(
            (x["Created_Time"], x["id"])
            for x in self.leads.values()
            if datetime.fromisoformat(x["Created_Time"]) >= since
        )[offset : offset + limit]
        data = [{"id": number, "Created_Time": created} for created, number in rows]
        return CrmResponse(body={"data": data}) if data else CrmResponse(204)

    def _write(self, request: CrmRequest, path: str) -> CrmResponse:
        body = request.json
        check(body["trigger"] == [], "workflows would run")
        one = path.removeprefix("/Leads/") if path.count("/") == 2 else ""
        data = [{"id": one, **body["data"][0]}] if one else body["data"]
        before = request.headers.get("if-unmodified-since")
        results = [self._written(values, before) for values in data]
        bad = one and results[0]["status"] == "error"
        status = 412 if bad and results[0]["code"] == "ALREADY_MODIFIED" else 400 if bad else 200
        return CrmResponse(status, {"data": results})

    def _written(self, values: dict[str, Any], before: str | None) -> dict[str, Any]:
        lead = self.leads.get(values.pop("id"))
        if lead is None:
            return {
                "code": "INVALID_DATA",
                "details": {"api_name": "id"},
                "message": "the id given seems to be invalid",
                "status": "error",
            }
        if before:
            changed = datetime.fromisoformat(lead["Modified_Time"])
            if changed > datetime.fromisoformat(before):
                return {"code": "ALREADY_MODIFIED", "details": {}, "status": "error"}
        if "Owner" in values:
            check(values["Owner"] == {"id": self.ada}, "an owner is given by id")
            values["Owner"] = {"name": ADA.name, "id": self.ada, "email": ADA.email}
        self.clock += timedelta(seconds=1)
        lead |= {**values, "Modified_Time": self.clock.isoformat(timespec="seconds")}
        details = {"id": lead["id"], "Modified_Time": lead["Modified_Time"]}
        return {"code": "SUCCESS", "details": details, "status": "success"}

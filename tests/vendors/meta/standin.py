"""A stand-in for the lead forms of Meta's Graph API, in the documented shapes."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.standins.crm_api import CrmLead, CrmRequest, CrmResponse, CrmStandIn, check


class MetaStandIn(CrmStandIn):
    """Graph API: "Retrieving Leads", "Error Handling"; the newest leads come first."""

    kind = "meta"
    title = "job_title"
    unknown = "999999999999999"
    writes = False
    form = "555000111222"

    def __init__(self) -> None:
        super().__init__()
        self.leads: dict[str, dict[str, Any]] = {}

    def put(self, lead: CrmLead) -> str:
        number = str(120_200_000_000_000 + len(self.leads))
        answers = {
            "full_name": f"{lead.first} {lead.last}",
            "email": lead.email,
            "phone_number": lead.phone,
            "company_name": lead.company,
        }
        self.leads[number] = {
            "id": number,
            "created_time": lead.created.strftime("%Y-%m-%dT%H:%M:%S+0000"),
            "form_id": self.form,
            "platform": "ig",
            "field_data": [{"name": name, "values": [value]} for name, value in answers.items()],
        }
        return number

    def busy(self, request: CrmRequest) -> CrmResponse:
        usage = [{"type": "leadgen", "call_count": 100, "estimated_time_to_regain_access": 7}]
        error = {"code": 80005, "message": "There have been too many leadgen api calls"}
        header = {"x-business-use-case-usage": json.dumps({"112233": usage})}
        return CrmResponse(400, {"error": error}, header)

    def answer(self, request: CrmRequest) -> CrmResponse:
        given = request.headers.get("authorization", "")
        if given != f"Bearer {self.secret}":
            words = f"Error validating access token {given.removeprefix('Bearer ')}"
            return CrmResponse(
                400, {"error": {"message": words, "type": "OAuthException", "code": 190}}
            )
        path = request.path.removeprefix("/v25.0")
        if path == "/me/leadgen_forms":
            return CrmResponse(
                body={"data": [{"id": self.form}], "paging": {"cursors": {"after": "x"}}}
            )
        check("field_data" in request.one("fields").split(","), "no fields")
        if path == f"/{self.form}/leads":
            return self._list(request)
        ids = request.one("ids").split(",") if path == "/" else [path[1:]]
        check(len(ids) <= 50, "too many ids")
        missing = [number for number in ids if number not in self.leads]
        if missing:
            return self._no_such(missing, alone=path != "/")
        return CrmResponse(
            body={n: self.leads[n] for n in ids} if path == "/" else self.leads[ids[0]]
        )

    def _no_such(self, missing: list[str], alone: bool) -> CrmResponse:
        code = {"code": 100, "error_subcode": 33} if alone else {"code": 803}
        words = f"(#{code['code']}) Some of the aliases do not exist: {','.join(missing)}"
        return CrmResponse(400, {"error": {"message": words, "type": "OAuthException", **code}})

    def _list(self, request: CrmRequest) -> CrmResponse:
        bounds = {one["operator"]: one["value"] for one in json.loads(request.one("filtering"))}
        found = sorted(
            (
                lead
                for lead in self.leads.values()
                if bounds["GREATER_THAN"] < self._at(lead) < bounds["LESS_THAN"]
            ),
            key=self._at,
            reverse=True,
        )
        start, limit = int(request.one("after") or 0), int(request.one("limit"))
        paging: dict[str, Any] = {"cursors": {"before": "x", "after": str(start + limit)}}
        if start + limit < len(found):
            paging["next"] = "https://graph.facebook.com/…"
        return CrmResponse(body={"data": found[start : start + limit], "paging": paging})

    def _at(self, lead: Mapping[str, Any]) -> float:
        return datetime.fromisoformat(lead["created_time"]).timestamp()

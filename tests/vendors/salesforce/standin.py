"""A stand-in for the API of Salesforce, in the documented shapes."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leadline.settings.connected.crm import CrmConfig
from tests.standins.crm_api import ADA, CrmLead, CrmRequest, CrmResponse, CrmStandIn, check, stamp


class SalesforceStandIn(CrmStandIn):
    """REST API Developer Guide: "Query", "sObject Collections", and OAuth's client credentials."""

    kind = "salesforce"
    title = "Title"
    unknown = "00QHs0000000000AAA"
    page = 200
    together = True
    ada = "005Hs000009zZzZIAU"

    def __init__(self) -> None:
        super().__init__()
        self.leads: dict[str, dict[str, Any]] = {}
        self.tokens = 0
        self.row_error = ""
        self.hidden: set[tuple[str, str]] = set()

    def config(self, secret: str = "") -> CrmConfig:
        return CrmConfig(url=self.url, client_id="app", client_secret=secret or self.secret)

    def put(self, lead: CrmLead) -> str:
        number = f"00QHs000{len(self.leads) + 1:07}AAA"
        queue = {"attributes": {"type": "Name"}, "Name": "Inbound Queue", "Email": None}
        ada = {"attributes": {"type": "Name"}, "Name": ADA.name, "Email": ADA.email}
        self.leads[number] = {
            "Id": number,
            "FirstName": lead.first,
            "LastName": lead.last,
            "Name": f"{lead.first} {lead.last}",
            "Company": lead.company,
            "Email": lead.email,
            "Phone": lead.phone,
            "Status": lead.ended or "Open - Not Contacted",
            "IsConverted": lead.ended == "Closed - Converted",
            "OwnerId": self.ada if lead.owned else "00GHs000001QueueMAA",
            "Owner": ada if lead.owned else queue,
            "CreatedDate": stamp(lead.created).replace("Z", "+0000"),
            "LastModifiedDate": stamp(lead.created).replace("Z", "+0000"),
        }
        return number

    def busy(self, request: CrmRequest) -> CrmResponse:
        if request.path == "/services/oauth2/token":
            return super().busy(request)
        words = "TotalRequests Limit exceeded."
        return CrmResponse(403, [{"message": words, "errorCode": "REQUEST_LIMIT_EXCEEDED"}])

    def answer(self, request: CrmRequest) -> CrmResponse:
        if request.path == "/services/oauth2/token":
            form = request.form
            check(form.get("grant_type") in ("client_credentials", "refresh_token"), "grant_type")
            if (form.get("client_id"), form.get("client_secret")) != ("app", self.secret):
                return CrmResponse(
                    400, {"error": "invalid_client", "error_description": "invalid client"}
                )
            self.tokens += 1
            return CrmResponse(
                body={"access_token": f"00D!{self.tokens}", "instance_url": self.url}
            )
        if request.headers.get("authorization") != f"Bearer 00D!{self.tokens}":
            expired = {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
            return CrmResponse(401, [expired])
        path = request.path.removeprefix("/services/data/v60.0")
        if path == "/query":
            return self._query(request.one("q"))
        check((request.method, path) == ("PATCH", "/composite/sobjects"), "no such path")
        check(request.headers.get("sforce-auto-assign") == "FALSE", "rules would assign the lead")
        check(request.json["allOrNone"] is False, "all or none")
        check(len(request.json["records"]) <= 200, "too many at once")
        return CrmResponse(body=[self._saved(one) for one in request.json["records"]])

    def _saved(self, record: dict[str, Any]) -> dict[str, Any]:
        check(record.pop("attributes")["type"] == "Lead", "an unknown type")
        number = record.pop("id")
        if self.row_error:
            error = {"statusCode": self.row_error, "message": "try again", "fields": []}
            return {"success": False, "errors": [error]}
        if number not in self.leads:
            words = "invalid cross reference id"
            error = {"statusCode": "INVALID_CROSS_REFERENCE_KEY", "message": words, "fields": []}
            return {"success": False, "errors": [error]}
        if "@" not in record.get("Email", "@"):
            words = f"Email: invalid email address: {record['Email']}"
            error = {"statusCode": "INVALID_EMAIL_ADDRESS", "message": words, "fields": ["Email"]}
            return {"success": False, "errors": [error]}
        self.leads[number] |= record
        if record.get("OwnerId") == self.ada:
            self.leads[number]["Owner"] = {"Name": ADA.name, "Email": ADA.email}
        return {"id": number, "success": True, "errors": []}

    def _query(self, q: str) -> CrmResponse:
        parts = re.fullmatch(
            r"SELECT (.+?) FROM (\w+) WHERE (.+?)(?: ORDER BY CreatedDate, Id)?(?: LIMIT (\d+))?", q
        )
        if parts is None:
            return CrmResponse(
                400, [{"message": "unexpected token", "errorCode": "MALFORMED_QUERY"}]
            )
        columns, kind, where, limit = parts[1].split(", "), parts[2], parts[3], parts[4]
        if kind == "User":
            return self._rows([{"Id": self.ada, "Name": ADA.name, "Email": ADA.email}])
        for column, entity in self.hidden:
            if (f"Owner.{column}" if entity == "Name" else column) in columns:
                words = (
                    f"SELECT\n^\nERROR at Row:1\nNo such column '{column}' on entity '{entity}'."
                )
                return CrmResponse(400, [{"message": words, "errorCode": "INVALID_FIELD"}])
        rows = [row for row in self.leads.values() if self._fits(where, row)]
        rows = sorted(rows, key=lambda row: (row["CreatedDate"], row["Id"]))[: int(limit or 2000)]
        wanted = {column.partition(".")[0] for column in columns}
        return self._rows([{k: v for k, v in row.items() if k in wanted} for row in rows])

    def _fits(self, where: str, row: Mapping[str, Any]) -> bool:
        created = datetime.fromisoformat(row["CreatedDate"])
        if ids := re.fullmatch(r"Id IN \((('\w{15,18}',?)+)\)", where):
            return f"'{row['Id']}'" in ids[1].split(",")
        if first := re.fullmatch(r"CreatedDate >= (\S+)", where):
            return created >= datetime.fromisoformat(first[1])
        later = re.fullmatch(
            r"CreatedDate > (\S+) OR \(CreatedDate = (\S+) AND Id > '(\w{18})'\)", where
        )
        check(later is not None, "an unknown condition")
        assert later is not None
        at = datetime.fromisoformat(later[1])
        return created > at or (created == at and row["Id"] > later[3])

    def _rows(self, rows: list[dict[str, Any]]) -> CrmResponse:
        shown = [{"attributes": {"type": "Lead"}, **row} for row in rows]
        return CrmResponse(body={"totalSize": len(rows), "done": True, "records": shown})

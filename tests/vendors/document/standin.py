"""A stand-in for a store of documents that say whose a lead is."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from leadline.settings.connected.crm import CrmConfig
from tests.standins.crm_api import ADA, CrmLead, CrmRequest, CrmResponse, CrmStandIn, check


class DocumentStandIn(CrmStandIn):
    """A store of documents at URLs that keeps its list to itself, as S3 does: 403 for none."""

    kind = "document"
    title = "title"
    unknown = "lead:nobody"
    lists = False
    requests_a_change = 2
    knows_people = False

    def __init__(self) -> None:
        super().__init__()
        self.documents: dict[str, dict[str, Any]] = {}
        self.versions: dict[str, int] = {}

    def config(self, secret: str = "") -> CrmConfig:
        return CrmConfig(url=f"{self.url}/leads/{{record}}.json", token=secret or self.secret)

    def put(self, lead: CrmLead) -> str:
        name = f"lead:{len(self.documents)}"
        owner = {"owner": ADA.name, "owner_email": ADA.email, "owner_id": "7"}
        self.documents[name] = {
            "name": f"{lead.first} {lead.last}",
            "email": lead.email,
            "phone": lead.phone,
            "company": lead.company,
            "status": lead.ended or "new",
            **(owner if lead.owned else {}),
        }
        return name

    def answer(self, request: CrmRequest) -> CrmResponse:
        if request.headers.get("authorization") != f"Bearer {self.secret}":
            return CrmResponse(401, {"message": "who are you?"})
        match = re.fullmatch(r"/leads/(.+)\.json", request.path)
        check(match is not None, "no such path")
        name = match[1] if match else ""
        if name not in self.documents:
            return CrmResponse(403)
        version = self.versions.get(name, 0)
        if request.method == "PUT":
            if request.headers.get("if-match") != f'"{version}"':
                return CrmResponse(412)
            self.documents[name] = request.json
            self.versions[name] = version + 1
            return CrmResponse(204)
        at = datetime(2026, 3, 3, tzinfo=UTC) + timedelta(seconds=version)
        headers = {"etag": f'"{version}"', "last-modified": format_datetime(at, usegmt=True)}
        return CrmResponse(200, self.documents[name], headers)

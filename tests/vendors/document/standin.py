"""A stand-in for a store of documents that say whose a lead is."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from leadline.settings.crm import CrmConfig
from tests.standins.crm_api import ADA, Asked, Lead, StandIn, Told, check


class DocumentStandIn(StandIn):
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

    def put(self, lead: Lead) -> str:
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

    def answer(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != f"Bearer {self.secret}":
            return Told(401, {"message": "who are you?"})
        found = re.fullmatch(r"/leads/(.+)\.json", asked.path)
        check(found is not None, "no such path")
        name = found[1] if found else ""
        if name not in self.documents:
            return Told(403)
        version = self.versions.get(name, 0)
        if asked.method == "PUT":
            if asked.headers.get("if-match") != f'"{version}"':
                return Told(412)
            self.documents[name] = asked.json
            self.versions[name] = version + 1
            return Told(204)
        at = datetime(2026, 3, 3, tzinfo=UTC) + timedelta(seconds=version)
        headers = {"etag": f'"{version}"', "last-modified": format_datetime(at, usegmt=True)}
        return Told(200, self.documents[name], headers)

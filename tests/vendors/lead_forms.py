"""Stand-ins for the lead forms of Meta and LinkedIn, and for a store of documents."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from leadline.settings.crm import CrmConfig
from tests.standins.crm_api import ADA, Asked, Lead, StandIn, Told, check


class MetaStandIn(StandIn):
    """Graph API: "Retrieving Leads", "Error Handling"; the newest leads come first."""

    kind = "meta"
    title = "job_title"
    unknown = "999999999999999"
    writes = False
    form = "555000111222"

    def __init__(self) -> None:
        super().__init__()
        self.leads: dict[str, dict[str, Any]] = {}

    def put(self, lead: Lead) -> str:
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

    def busy(self, asked: Asked) -> Told:
        usage = [{"type": "leadgen", "call_count": 100, "estimated_time_to_regain_access": 7}]
        error = {"code": 80005, "message": "There have been too many leadgen api calls"}
        header = {"x-business-use-case-usage": json.dumps({"112233": usage})}
        return Told(400, {"error": error}, header)

    def answer(self, asked: Asked) -> Told:
        given = asked.headers.get("authorization", "")
        if given != f"Bearer {self.secret}":
            words = f"Error validating access token {given.removeprefix('Bearer ')}"
            return Told(400, {"error": {"message": words, "type": "OAuthException", "code": 190}})
        path = asked.path.removeprefix("/v25.0")
        if path == "/me/leadgen_forms":
            return Told(body={"data": [{"id": self.form}], "paging": {"cursors": {"after": "x"}}})
        check("field_data" in asked.one("fields").split(","), "no fields")
        if path == f"/{self.form}/leads":
            return self._list(asked)
        ids = asked.one("ids").split(",") if path == "/" else [path[1:]]
        check(len(ids) <= 50, "too many ids")
        missing = [number for number in ids if number not in self.leads]
        if missing:
            return self._no_such(missing, alone=path != "/")
        return Told(body={n: self.leads[n] for n in ids} if path == "/" else self.leads[ids[0]])

    def _no_such(self, missing: list[str], alone: bool) -> Told:
        code = {"code": 100, "error_subcode": 33} if alone else {"code": 803}
        words = f"(#{code['code']}) Some of the aliases do not exist: {','.join(missing)}"
        return Told(400, {"error": {"message": words, "type": "OAuthException", **code}})

    def _list(self, asked: Asked) -> Told:
        bounds = {one["operator"]: one["value"] for one in json.loads(asked.one("filtering"))}
        found = sorted(
            (
                lead
                for lead in self.leads.values()
                if bounds["GREATER_THAN"] < self._at(lead) < bounds["LESS_THAN"]
            ),
            key=self._at,
            reverse=True,
        )
        start, limit = int(asked.one("after") or 0), int(asked.one("limit"))
        paging: dict[str, Any] = {"cursors": {"before": "x", "after": str(start + limit)}}
        if start + limit < len(found):
            paging["next"] = "https://graph.facebook.com/…"
        return Told(body={"data": found[start : start + limit], "paging": paging})

    def _at(self, lead: Mapping[str, Any]) -> float:
        return datetime.fromisoformat(lead["created_time"]).timestamp()


class LinkedInStandIn(StandIn):
    """Lead Sync: leadFormResponses and leadForms, by Rest.li 2.0."""

    kind = "linkedin"
    title = "JOB_TITLE"
    unknown = "ffffffff-0"
    writes = False
    account = "urn:li:sponsoredAccount:522529623"
    questions = ("FIRST_NAME", "LAST_NAME", "WORK_EMAIL", "PHONE_NUMBER", "COMPANY_NAME")

    def __init__(self) -> None:
        super().__init__()
        self.leads: dict[str, dict[str, Any]] = {}

    def config(self, secret: str = "") -> CrmConfig:
        return CrmConfig(url=f"{self.url}/rest", token=secret or self.secret, user="522529623")

    def put(self, lead: Lead) -> str:
        name = f"{len(self.leads):08x}-4"
        words = (lead.first, lead.last, lead.email, lead.phone, lead.company)
        answers = [
            {"questionId": n, "answerDetails": {"textQuestionAnswer": {"answer": word}}}
            for n, word in enumerate(words, 1)
        ]
        self.leads[name] = {
            "id": name,
            "owner": {"sponsoredAccount": self.account},
            "leadType": "SPONSORED",
            "submittedAt": int(lead.created.timestamp() * 1000),
            "testLead": False,
            "versionedLeadGenFormUrn": "urn:li:versionedLeadGenForm:(urn:li:leadGenForm:3162,1)",
            "formResponse": {"answers": answers, "consentResponses": []},
        }
        return name

    def answer(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != f"Bearer {self.secret}":
            return Told(401, {"status": 401, "code": "INVALID_ACCESS_TOKEN", "message": "Invalid"})
        check(asked.headers.get("x-restli-protocol-version") == "2.0.0", "no Rest.li 2.0")
        check(bool(re.fullmatch(r"20\d{4}", asked.headers["linkedin-version"])), "no version")
        if asked.path == "/rest/leadForms/3162":
            questions = [
                {"questionId": n, "predefinedField": name, "name": name.title()}
                for n, name in enumerate(self.questions, 1)
            ]
            return Told(body={"id": 3162, "name": "Quote", "content": {"questions": questions}})
        check(asked.path == "/rest/leadFormResponses", "no such path")
        return self._between(asked) if asked.one("q") else self._named(asked)

    def _named(self, asked: Asked) -> Told:
        found = re.fullmatch(r"List\((.*)\)", asked.one("ids"))
        check(found is not None, "no list of ids")
        names = found[1].split(",") if found else []
        errors = {
            n: {"status": 404, "message": "No such lead"} for n in names if n not in self.leads
        }
        results = {n: self.leads[n] for n in names if n in self.leads}
        return Told(body={"results": results, "errors": errors, "statuses": {}})

    def _between(self, asked: Asked) -> Told:
        check(asked.one("owner") == f"(sponsoredAccount:{self.account})", "no owner")
        check(asked.one("leadType") == "(leadType:SPONSORED)", "no type")
        times = re.fullmatch(r"\(start:(\d+),end:(\d+)\)", asked.one("submittedAtTimeRange"))
        check(times is not None, "no range of time")
        assert times is not None
        start, end = int(times[1]), int(times[2])
        found = [x for x in self.leads.values() if start <= x["submittedAt"] < end]
        skip, count = int(asked.one("start")), int(asked.one("count"))
        return Told(body={"elements": found[::-1][skip : skip + count], "paging": {}})


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

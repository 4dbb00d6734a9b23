"""A stand-in for the lead forms of LinkedIn, in the documented shapes."""

import re
from typing import Any

from leadline.settings.connected.crm import CrmConfig
from tests.standins.crm_api import CrmLead, CrmRequest, CrmResponse, CrmStandIn, check


class LinkedInStandIn(CrmStandIn):
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

    def put(self, lead: CrmLead) -> str:
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

    def answer(self, request: CrmRequest) -> CrmResponse:
        if request.headers.get("authorization") != f"Bearer {self.secret}":
            return CrmResponse(
                401, {"status": 401, "code": "INVALID_ACCESS_TOKEN", "message": "Invalid"}
            )
        check(request.headers.get("x-restli-protocol-version") == "2.0.0", "no Rest.li 2.0")
        check(bool(re.fullmatch(r"20\d{4}", request.headers["linkedin-version"])), "no version")
        if request.path == "/rest/leadForms/3162":
            questions = [
                {"questionId": n, "predefinedField": name, "name": name.title()}
                for n, name in enumerate(self.questions, 1)
            ]
            return CrmResponse(
                body={"id": 3162, "name": "Quote", "content": {"questions": questions}}
            )
        check(request.path == "/rest/leadFormResponses", "no such path")
        return self._between(request) if request.one("q") else self._named(request)

    def _named(self, request: CrmRequest) -> CrmResponse:
        match = re.fullmatch(r"List\((.*)\)", request.one("ids"))
        check(match is not None, "no list of ids")
        names = match[1].split(",") if match else []
        errors = {
            n: {"status": 404, "message": "No such lead"} for n in names if n not in self.leads
        }
        results = {n: self.leads[n] for n in names if n in self.leads}
        return CrmResponse(body={"results": results, "errors": errors, "statuses": {}})

    def _between(self, request: CrmRequest) -> CrmResponse:
        check(request.one("owner") == f"(sponsoredAccount:{self.account})", "no owner")
        check(request.one("leadType") == "(leadType:SPONSORED)", "no type")
        times = re.fullmatch(r"\(start:(\d+),end:(\d+)\)", request.one("submittedAtTimeRange"))
        check(times is not None, "no range of time")
        assert times is not None
        start, end = int(times[1]), int(times[2])
        found = [x for x in self.leads.values() if start <= x["submittedAt"] < end]
        skip, count = int(request.one("start")), int(request.one("count"))
        return CrmResponse(body={"elements": found[::-1][skip : skip + count], "paging": {}})

"""A stand-in for the lead forms of LinkedIn, in the documented shapes."""

import re
from typing import Any

from leadline.settings.crm import CrmConfig
from tests.standins.crm_api import Asked, Lead, StandIn, Told, check


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

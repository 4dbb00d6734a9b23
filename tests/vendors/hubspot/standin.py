"""A stand-in for the API of HubSpot, in the documented shapes."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.standins.crm_api import ADA, CrmLead, CrmRequest, CrmResponse, CrmStandIn, check, stamp


class HubSpotStandIn(CrmStandIn):
    """Developer docs: "CRM API: Contacts", "Search the CRM", "Owners", "Error handling"."""

    kind = "hubspot"
    title = "jobtitle"
    unknown = "contact:999999999999"
    together = True
    ada = "61"

    def __init__(self) -> None:
        super().__init__()
        self.contacts: dict[str, dict[str, Any]] = {}
        self.leads: dict[str, dict[str, Any]] = {}

    def put(self, lead: CrmLead) -> str:
        number = str(217_000_000_000 + len(self.contacts))
        self.contacts[number] = {
            "createdate": stamp(lead.created),
            "email": lead.email,
            "firstname": lead.first,
            "lastname": lead.last,
            "phone": lead.phone,
            "company": lead.company,
            "hubspot_owner_id": self.ada if lead.owned else None,
            "lifecyclestage": lead.ended or "lead",
            "hs_object_id": number,
            "lastmodifieddate": stamp(lead.created),
        }
        return f"contact:{number}"

    def answer(self, request: CrmRequest) -> CrmResponse:
        if request.headers.get("authorization") != f"Bearer {self.secret}":
            words = "Authentication credentials not found."
            return CrmResponse(
                401, {"status": "error", "message": words, "category": "INVALID_AUTHENTICATION"}
            )
        if request.path == "/crm/v3/owners":
            check(int(request.one("limit")) <= 500, "too many owners at once")
            first, _, last = ADA.name.partition(" ")
            owner = {"id": self.ada, "email": ADA.email, "firstName": first, "lastName": last}
            return CrmResponse(body={"results": [{**owner, "userId": 7, "archived": False}]})
        if request.path == "/crm/v3/objects/leads/batch/read":
            check(bool(request.json["properties"]), "no properties")
            return CrmResponse(
                body={"results": [self.leads[one["id"]] for one in request.json["inputs"]]}
            )
        path = request.path.removeprefix("/crm/v3/objects/contacts")
        if path == "/batch/read":
            return self._read(request.json)
        if path == "/batch/update":
            return self._update(request.json["inputs"])
        if path == "/search":
            return self._search(request.json)
        check(request.method == "PATCH" and path.count("/") == 1, "no such path")
        number = path.removeprefix("/")
        if number not in self.contacts:
            return CrmResponse(404, {"status": "error", "message": "resource not found"})
        if (bad := self._invalid(request.json["properties"])) is not None:
            return bad
        self.contacts[number] |= request.json["properties"]
        return CrmResponse(body=self._shown(number, []))

    def _shown(self, number: str, properties: Iterable[str]) -> dict[str, Any]:
        wanted = {*properties, "createdate", "hs_object_id", "lastmodifieddate"}
        contact = self.contacts[number]
        return {
            "id": number,
            "properties": {k: v for k, v in contact.items() if k in wanted},
            "createdAt": contact["createdate"],
            "updatedAt": contact["lastmodifieddate"],
            "archived": False,
        }

    def _some(self, numbers: list[str], properties: Iterable[str]) -> CrmResponse:
        check(0 < len(numbers) <= 100, "a batch of none or too many")
        check(len(set(numbers)) == len(numbers), "a record twice in a batch")
        known = [self._shown(one, properties) for one in numbers if one in self.contacts]
        missing = [one for one in numbers if one not in self.contacts]
        body: dict[str, Any] = {"status": "COMPLETE", "results": known}
        if not missing:
            return CrmResponse(body=body)
        error = {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": "Could not get some CONTACT objects, they may be deleted or not exist.",
            "context": {"ids": missing},
        }
        return CrmResponse(207, {**body, "numErrors": 1, "errors": [error]})

    def _read(self, request: Any) -> CrmResponse:
        check(bool(request["properties"]), "no properties")
        return self._some([one["id"] for one in request["inputs"]], request["properties"])

    def _invalid(self, properties: Mapping[str, Any]) -> CrmResponse | None:
        check(all(isinstance(v, str) for v in properties.values()), "values that are no text")
        if "@" not in properties.get("email", "@"):
            words = f"Property values were not valid: {properties['email']}"
            return CrmResponse(
                400, {"status": "error", "message": words, "category": "VALIDATION_ERROR"}
            )
        return None

    def _update(self, inputs: list[Any]) -> CrmResponse:
        for one in inputs:
            if (bad := self._invalid(one["properties"])) is not None:
                return bad  # one spoils them all
        for one in inputs:
            if one["id"] in self.contacts:
                self.contacts[one["id"]] |= one["properties"]
        return self._some([one["id"] for one in inputs], [])

    def _search(self, request: Any) -> CrmResponse:
        ((condition,),) = (group["filters"] for group in request["filterGroups"])
        check(condition["propertyName"] == "createdate", "an unknown filter")
        check(condition["operator"] == "GTE", "an unknown operator")
        check(request["limit"] <= 200, "too many at once")
        check(request["after"] + request["limit"] <= 10_000, "too far")
        check(request["sorts"][0]["direction"] == "ASCENDING", "an unknown order")
        since = datetime.fromtimestamp(int(condition["value"]) / 1000, UTC)
        numbers = sorted(
            (n for n, c in self.contacts.items() if c["createdate"] >= stamp(since)),
            key=lambda n: str(self.contacts[n]["createdate"]),
        )
        start, end = request["after"], request["after"] + request["limit"]
        shown = [self._shown(one, request["properties"]) for one in numbers[start:end]]
        more = {"paging": {"next": {"after": str(end)}}} if end < len(numbers) else {}
        return CrmResponse(body={"total": len(numbers), "results": shown, **more})

"""A stand-in for the API of HubSpot, in the documented shapes."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.standins.crm_api import ADA, Asked, Lead, StandIn, Told, check, stamp


class HubSpotStandIn(StandIn):
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

    def put(self, lead: Lead) -> str:
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

    def answer(self, asked: Asked) -> Told:
        if asked.headers.get("authorization") != f"Bearer {self.secret}":
            words = "Authentication credentials not found."
            return Told(
                401, {"status": "error", "message": words, "category": "INVALID_AUTHENTICATION"}
            )
        if asked.path == "/crm/v3/owners":
            check(int(asked.one("limit")) <= 500, "too many owners at once")
            first, _, last = ADA.name.partition(" ")
            owner = {"id": self.ada, "email": ADA.email, "firstName": first, "lastName": last}
            return Told(body={"results": [{**owner, "userId": 7, "archived": False}]})
        if asked.path == "/crm/v3/objects/leads/batch/read":
            check(bool(asked.json["properties"]), "no properties")
            return Told(body={"results": [self.leads[one["id"]] for one in asked.json["inputs"]]})
        path = asked.path.removeprefix("/crm/v3/objects/contacts")
        if path == "/batch/read":
            return self._read(asked.json)
        if path == "/batch/update":
            return self._update(asked.json["inputs"])
        if path == "/search":
            return self._search(asked.json)
        check(asked.method == "PATCH" and path.count("/") == 1, "no such path")
        number = path.removeprefix("/")
        if number not in self.contacts:
            return Told(404, {"status": "error", "message": "resource not found"})
        if (bad := self._invalid(asked.json["properties"])) is not None:
            return bad
        self.contacts[number] |= asked.json["properties"]
        return Told(body=self._shown(number, []))

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

    def _some(self, numbers: list[str], properties: Iterable[str]) -> Told:
        check(0 < len(numbers) <= 100, "a batch of none or too many")
        check(len(set(numbers)) == len(numbers), "a record twice in a batch")
        known = [self._shown(one, properties) for one in numbers if one in self.contacts]
        missing = [one for one in numbers if one not in self.contacts]
        body: dict[str, Any] = {"status": "COMPLETE", "results": known}
        if not missing:
            return Told(body=body)
        error = {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": "Could not get some CONTACT objects, they may be deleted or not exist.",
            "context": {"ids": missing},
        }
        return Told(207, {**body, "numErrors": 1, "errors": [error]})

    def _read(self, asked: Any) -> Told:
        check(bool(asked["properties"]), "no properties")
        return self._some([one["id"] for one in asked["inputs"]], asked["properties"])

    def _invalid(self, properties: Mapping[str, Any]) -> Told | None:
        check(all(isinstance(v, str) for v in properties.values()), "values that are no text")
        if "@" not in properties.get("email", "@"):
            words = f"Property values were not valid: {properties['email']}"
            return Told(400, {"status": "error", "message": words, "category": "VALIDATION_ERROR"})
        return None

    def _update(self, inputs: list[Any]) -> Told:
        for one in inputs:
            if (bad := self._invalid(one["properties"])) is not None:
                return bad  # one spoils them all
        for one in inputs:
            if one["id"] in self.contacts:
                self.contacts[one["id"]] |= one["properties"]
        return self._some([one["id"] for one in inputs], [])

    def _search(self, asked: Any) -> Told:
        ((condition,),) = (group["filters"] for group in asked["filterGroups"])
        check(condition["propertyName"] == "createdate", "an unknown filter")
        check(condition["operator"] == "GTE", "an unknown operator")
        check(asked["limit"] <= 200, "too many at once")
        check(asked["after"] + asked["limit"] <= 10_000, "too far")
        check(asked["sorts"][0]["direction"] == "ASCENDING", "an unknown order")
        since = datetime.fromtimestamp(int(condition["value"]) / 1000, UTC)
        numbers = sorted(
            (n for n, c in self.contacts.items() if c["createdate"] >= stamp(since)),
            key=lambda n: str(self.contacts[n]["createdate"]),
        )
        start, end = asked["after"], asked["after"] + asked["limit"]
        shown = [self._shown(one, asked["properties"]) for one in numbers[start:end]]
        more = {"paging": {"next": {"after": str(end)}}} if end < len(numbers) else {}
        return Told(body={"total": len(numbers), "results": shown, **more})

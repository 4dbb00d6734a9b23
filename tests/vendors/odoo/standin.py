"""A stand-in for the API of Odoo, in the documented shapes."""

from collections.abc import Callable, Mapping
from typing import Any

from leadline.settings.connected.crm import CrmConfig
from tests.standins.crm_api import ADA, CrmLead, CrmRequest, CrmResponse, CrmStandIn, check


class OdooStandIn(CrmStandIn):
    """Docs, "External API" (JSON-RPC); errors as Odoo's server tells them, with status 200."""

    kind = "odoo"
    title = "function"
    unknown = "crm.lead:999999"
    ada = 7
    types: Mapping[str, str] = {
        "name": "char", "contact_name": "char", "partner_name": "char", "email_from": "char",
        "phone": "char", "function": "char", "user_id": "many2one", "stage_id": "many2one",
        "country_id": "many2one", "active": "boolean", "probability": "float",
        "create_date": "datetime", "write_date": "datetime", "x_score": "integer",
    }  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.leads: dict[int, dict[str, Any]] = {}

    def config(self, secret: str = "") -> CrmConfig:
        return CrmConfig(
            url=self.url, database="acme", user="bot@example.com", token=secret or self.secret
        )

    def put(self, lead: CrmLead) -> str:
        number = len(self.leads) + 1
        created = lead.created.strftime("%Y-%m-%d %H:%M:%S")
        self.leads[number] = {
            "id": number,
            "name": "Website: quote",
            "contact_name": f"{lead.first} {lead.last}",
            "partner_name": lead.company,
            "email_from": lead.email,
            "phone": lead.phone,
            "function": False,
            "user_id": [self.ada, ADA.name] if lead.owned else False,
            "stage_id": [1, lead.ended or "New"],
            "country_id": [233, "United States"],
            "active": True,
            "probability": 12.5,
            "create_date": created,
            "write_date": created,
            "x_score": 0,
        }
        return f"crm.lead:{number}"

    def answer(self, request: CrmRequest) -> CrmResponse:
        check((request.method, request.path) == ("POST", "/jsonrpc"), "no such path")
        body = request.json
        check(body["jsonrpc"] == "2.0" and body["method"] == "call", "no JSON-RPC call")
        call = body["params"]
        if call["service"] == "common":
            database, login, key, _ = call["args"]
            right = (database, login, key) == ("acme", "bot@example.com", self.secret)
            return self._result(body, 2 if right else False)
        database, user, key, model, method, args, options = call["args"]
        check((call["method"], user, database) == ("execute_kw", 2, "acme"), "no such user")
        if key != self.secret:
            return self._error(body, "odoo.exceptions.AccessDenied", "Access Denied")
        return self._executed(body, f"{model}.{method}", args, options)

    def _executed(
        self, body: Any, what: str, args: list[Any], options: dict[str, Any]
    ) -> CrmResponse:
        if what == "crm.lead.fields_get":
            check(options == {"attributes": ["type"]}, "attributes are named")
            return self._result(body, {k: {"type": v} for k, v in self.types.items()})
        if what == "res.users.search_read":
            user = {"id": self.ada, "name": ADA.name, "email": False, "login": ADA.email}
            return self._result(body, [user])
        if what == "crm.lead.search_read":
            return self._result(body, self._searched(args[0], options))
        check(what == "crm.lead.write", "no such method")
        (number,), values = args
        if number not in self.leads:
            words = "Record does not exist or has been deleted."
            return self._error(body, "odoo.exceptions.MissingError", words)
        if values.get("user_id"):
            values["user_id"] = [values["user_id"], ADA.name]
        self.leads[number] |= values
        return self._result(body, True)

    def _searched(self, domain: list[Any], options: dict[str, Any]) -> list[dict[str, Any]]:
        check(set(options["fields"]) <= self.types.keys(), "a field that crm.lead has not")
        check(options["context"] == {"active_test": False}, "archived ones are left out")
        tests: Mapping[str, Callable[[Any, Any], bool]] = {
            "in": lambda a, b: a in b,
            ">": lambda a, b: a > b,
            ">=": lambda a, b: a >= b,
        }
        found = [
            {k: v for k, v in lead.items() if k in options["fields"] or k == "id"}
            for _, lead in sorted(self.leads.items())
            if all(tests[operator](lead[name], value) for name, operator, value in domain)
        ]
        return found[: options["limit"]]

    def _result(self, body: Any, result: Any) -> CrmResponse:
        return CrmResponse(body={"jsonrpc": "2.0", "id": body["id"], "result": result})

    def _error(self, body: Any, name: str, words: str) -> CrmResponse:
        data = {"name": name, "message": words, "arguments": [words], "debug": "Traceback …"}
        error = {"code": 200, "message": "Odoo Server Error", "data": data}
        return CrmResponse(body={"jsonrpc": "2.0", "id": body["id"], "error": error})

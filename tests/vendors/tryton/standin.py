"""A stand-in for Tryton's JSON-RPC, in the shapes of a server of version 8.2.

test_real_server.py asks the adapter the same of a real one; this one can also misbehave.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from leadline.settings.connected.crm import CrmConfig
from leadline.vendors.tryton.webhook import tryton_value
from tests.standins.crm_api import ADA, CrmLead, CrmRequest, CrmResponse, CrmStandIn, check

_MODEL = "model.sale.opportunity"


def wrapped(at: datetime) -> dict[str, Any]:
    """A time as Tryton's JSON has it."""
    parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return {"__class__": "datetime", **{part: getattr(at, part) for part in parts}}


class TrytonStandIn(CrmStandIn):
    """Tryton docs, "Remote Procedure Call"; answers as the server's `protocols/jsonrpc.py` gives
    them, errors with status 200."""

    kind = "tryton"
    title = "description"
    unknown = "sale.opportunity:999999"
    requests_a_change = 2
    ada = 3
    types: Mapping[str, str] = {
        "id": "integer", "reference": "char", "description": "char", "comment": "text",
        "amount": "numeric", "state": "selection", "lost_reason": "text", "party": "many2one",
        "contact": "many2one", "address": "many2one", "employee": "many2one",
        "end_date": "date", "conversion_probability": "float", "create_date": "timestamp",
        "write_date": "timestamp",
    }  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.leads: dict[int, dict[str, Any]] = {}
        self.clock = datetime(2026, 3, 3, tzinfo=UTC)

    def config(self, secret: str = "") -> CrmConfig:
        return CrmConfig(url=self.url, database="acme", user="bot", token=secret or self.secret)

    def put(self, lead: CrmLead) -> str:
        number = len(self.leads) + 1
        party = {"id": 50 + number, "name": lead.company}
        contact = {"id": 70 + number, "name": f"{lead.first} {lead.last}", "type": "email"}
        self.leads[number] = {
            "id": number,
            "description": None,
            "state": {"": "lead"}.get(lead.ended, lead.ended),
            "party": party["id"],
            "party.": {**party, "email": lead.email, "phone": lead.phone, "mobile": ""},
            "contact": contact["id"],
            "contact.": {**contact, "value": lead.email},
            "employee": None,
            "employee.": None,
            "create_date": wrapped(lead.created),
            "write_date": None,
        }
        if lead.owned:
            self._give(self.leads[number], self.ada)
        return f"sale.opportunity:{number}"

    def _give(self, lead: dict[str, Any], employee: int) -> None:
        check(employee == self.ada, "no such employee")
        party = {"id": 9, "email": ADA.email}
        lead |= {
            "employee": employee,
            "employee.": {"id": employee, "rec_name": ADA.name, "party.": party},
        }

    def unauthorized(self) -> CrmResponse:
        return CrmResponse(401, None, {"www-authenticate": 'Basic realm="Tryton"'})

    def answer(self, request: CrmRequest) -> CrmResponse:
        check((request.method, request.path) == ("POST", "/acme/rpc/"), "no such path")
        who = base64.b64encode(f"bot:{self.secret}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {who}":
            return self.unauthorized()
        body = request.json
        check(set(body) == {"id", "method", "params"}, "no call")
        *params, context = body["params"]
        check(isinstance(context, dict), "the context comes last")
        return CrmResponse(body={"id": body["id"], **self._called(body["method"], params, context)})

    def _called(self, method: str, params: list[Any], context: dict[str, Any]) -> dict[str, Any]:
        if method == f"{_MODEL}.fields_get":
            return {"result": {name: {"type": kind} for name, kind in self.types.items()}}
        if method == "model.company.employee.search_read":
            party = {"id": 9, "email": ADA.email}
            return {"result": [{"id": self.ada, "rec_name": ADA.name, "party.": party}]}
        if method == f"{_MODEL}.search_read":
            return {"result": self._searched(*params)}
        check(method == f"{_MODEL}.write", "no such method")
        (number,), values = params
        return self._written(number, values, context)

    def _searched(
        self, domain: list[Any], offset: int, limit: int, order: Any, fields: list[str]
    ) -> list[dict[str, Any]]:
        roots = {name.partition(".")[0] for name in fields} - {"_timestamp"}
        check(roots <= self.types.keys(), "a field that an opportunity has not")
        check((offset, order) == (0, [["id", "ASC"]]), "no order")
        tests: Mapping[str, Callable[[Any, Any], bool]] = {
            "in": lambda a, b: a in b,
            ">": lambda a, b: a > b,
            ">=": lambda a, b: tryton_value(a) >= tryton_value(b),
        }
        found = [
            {**lead, "_timestamp": self._timestamp(lead)}
            for _, lead in sorted(self.leads.items())
            if all(tests[operator](lead[name], value) for name, operator, value in domain)
        ]
        names = {"id", *fields, *(f"{name.partition('.')[0]}." for name in fields if "." in name)}
        return [{k: v for k, v in lead.items() if k in names} for lead in found[:limit]]

    @staticmethod
    def _timestamp(lead: dict[str, Any]) -> str:
        stamp = tryton_value(lead["write_date"] or lead["create_date"])
        return str(datetime.fromisoformat(stamp).timestamp())

    def _written(
        self, number: int, values: dict[str, Any], context: dict[str, Any]
    ) -> dict[str, Any]:
        lead = self.leads[number]
        stamps = context.get("_timestamp", {})
        seen = stamps.get(f"sale.opportunity,{number}")
        if seen is not None and seen != self._timestamp(lead):
            return {"error": ["ConcurrencyException", "Records were modified in the meanwhile"]}
        for name, value in values.items():
            check(name in self.types, "a field that an opportunity has not")
            is_text = self.types[name] in ("char", "text")
            check(value is None or isinstance(value, str) is is_text, f"{name} of another type")
        if values.get("employee"):
            self._give(lead, values["employee"])
        self.clock += timedelta(seconds=1)
        lead |= {**values, "write_date": wrapped(self.clock)}
        return {"result": None}

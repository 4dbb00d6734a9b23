"""Zoho CRM (API docs, version 8: "Get Records", "Update Records", "Query API", "OAuth").

Records are named as in the source, `Leads:5725767000003000123`. `url` is the API domain of the
data centre (`https://www.zohoapis.eu`).
"""

# Long because all requests to one API, and all its answers, are read together.

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from leadline.model.handling import Ending
from leadline.model.staff.people import Person
from leadline.net.deadline import within
from leadline.ports.crm import Carried, CrmChange, CrmRecord, Found, NotYet, Page, Written
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.crm_kinds import ZohoConfig
from leadline.vendors._api import records as shared
from leadline.vendors._api.authorize import Tokens
from leadline.vendors._api.client import Client, CrmReply, quoted, refusal, words_of
from leadline.vendors._api.owners import named_fields
from leadline.vendors._webhooks.fields import text
from leadline.vendors.zoho.webhook import zoho_fields, zoho_owner

_HOME = "https://www.zohoapis.com"
_VERSION = "v8"
_MODULES = ("Leads", "Contacts")
_PAGE = 100
_KEY, _ORDER = "id, Created_Time", "Created_Time asc, id asc"
# "Get Records" requires the names of fields, at most 50.
_MOST_FIELDS = 50
_FIELDS = {
    "Leads": "Owner First_Name Last_Name Full_Name Email Secondary_Email Phone Mobile Company "
    "Designation Country Website Description Lead_Source Lead_Status Rating Score Tag City State "
    "Industry Annual_Revenue No_of_Employees Created_Time Modified_Time "
    "Converted__s Email_Opt_Out",
    "Contacts": "Owner First_Name Last_Name Full_Name Email Secondary_Email Phone Mobile "
    "Account_Name Title Mailing_Country Mailing_City Description Lead_Source Tag Created_Time "
    "Modified_Time Email_Opt_Out",
}
# Zoho's default values of `Lead_Status`.
_ENDINGS = {
    "Junk Lead": Ending.DISQUALIFIED,
    "Not Qualified": Ending.DISQUALIFIED,
    "Lost Lead": Ending.LOST,
}
_MODIFIED_MEANWHILE = "crm.modified_meanwhile"


class ZohoCrm:
    """Authenticates with OAuth by a refresh token; access tokens expire after an hour."""

    batch = 100
    knows_owners = True

    def __init__(self, config: ZohoConfig) -> None:
        self._config = config
        base = config.url or _HOME
        tokens = Tokens(
            _accounts(base) + "/oauth/v2/token",
            {
                "grant_type": "refresh_token",
                "client_id": config.client_id,
                "client_secret": config.client_secret,
                "refresh_token": config.refresh_token,
            },
            scheme="Zoho-oauthtoken",
        )
        version = config.version or _VERSION
        self._client = Client(f"{base.rstrip('/')}/crm/{version}", config.timeout, tokens)
        self._roster = shared.Roster(self.users)

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        """See `Crm.read`; one request reads up to 100 records of a module."""
        answers: dict[str, CrmRecord | NotYet | Refused] = {}
        for module, named in _by_module(records).items():
            if not module:
                answers |= {name: Refused("crm.unknown_record", "") for name in named.values()}
                continue
            told = self._read(module, list(named))
            if not isinstance(told, Mapping):
                return told
            for number, name in named.items():
                value = told.get(number)
                answers[name] = self._record(module, name, value) if value else NotYet()
        return answers

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        """See `Crm.write`. `trigger: []` keeps Zoho from running workflows for these writes.

        A change with a `modified` time is sent alone, because the check of it
        (`If-Unmodified-Since`) applies to a whole request. A record that was modified meanwhile is
        Unreachable, to be read again.
        """
        checked = [change for change in changes if change.modified]
        together = [change for change in changes if not change.modified]
        with within(shared.WHOLE_PATIENCE):
            done = self._write_together(together) if together else {}
            if not isinstance(done, Mapping):
                return done
            results = shared.each_written(checked, self._write)
        if isinstance(results, Mapping):
            return {**done, **results}
        return shared.cut_short(done, checked[0].record, results)

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        """See `Crm.owner_value`; the owner is a user's id, found by e-mail address if unknown."""
        number = self._roster.id_of(owner)
        return {self._config.write.get("owner", "Owner"): {"id": number}} if number else None

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        """See `Crm.since`; lists leads by a query (COQL) that begins where the last page ended."""
        start, _, skipped = (after or f"{_iso(at)}|0").partition("|")
        began = f"Created_Time >= '{_iso(datetime.fromisoformat(start))}'"
        window = f"limit {int(skipped)}, {_PAGE}"
        query = f"select {_KEY} from Leads where {began} order by {_ORDER} {window}"  # noqa: S608 - COQL, of our own numbers
        with within(shared.WHOLE_PATIENCE):
            rows = _data(self._client.call("POST", "/coql", json={"select_query": query}))
            if not isinstance(rows, list):
                return rows
            known = self._read("Leads", [str(one.get("id")) for one in rows])
        if not isinstance(known, Mapping):
            return known
        found = [_found(known[str(one["id"])]) for one in rows if str(one["id"]) in known]
        return Page(tuple(found), _following(rows, start, int(skipped)))

    def _read(
        self, module: str, numbers: Sequence[str]
    ) -> Mapping[str, dict[str, Any]] | Busy | Unreachable | Refused:
        """Records by id; missing ones are left out."""
        if not numbers:
            return {}
        query = {"ids": ",".join(numbers), "fields": ",".join(self._fields(module))}
        if module == "Leads":
            query["converted"] = "both"
        rows = _data(self._client.call("GET", f"/{module}", query=query))
        if not isinstance(rows, list):
            return rows
        return {str(one.get("id")): one for one in rows if isinstance(one, dict)}

    def _fields(self, module: str) -> list[str]:
        """The fields to request: the usual ones, and those that the settings name."""
        own = (path.partition(".")[0] for path in named_fields(self._config))
        return list(dict.fromkeys([*own, *_FIELDS[module].split()]))[:_MOST_FIELDS]

    def _record(self, module: str, name: str, value: Mapping[str, Any]) -> CrmRecord:
        owner = zoho_owner(value)
        record = CrmRecord(
            record=name,
            fields=shared.with_named_owner(
                zoho_fields(value, shared.placing(self._config), module), owner
            ),
            owner=owner,
            modified=shared.moment_of(value.get("Modified_Time")),
            values={**value, "Owner": {"id": owner.id} if owner else None},
            ending=Ending.WON if _converted(value) else Ending.OPEN,
        )
        return shared.settled(self._config, record, [value.get("Lead_Status")], _ENDINGS)

    def _write(self, change: CrmChange) -> Carried:
        module, number = _parts(change.record)
        if not module:
            return Refused("crm.unknown_record", "")
        reply = self._client.call(
            "PUT",
            f"/{module}/{quoted(number)}",
            json={"data": [dict(change.values)], "trigger": []},
            headers={"if-unmodified-since": _iso(change.modified)} if change.modified else {},
        )
        if not isinstance(reply, CrmReply):
            return reply
        return _result(reply, next(iter(_each(reply.body)), {}))

    def _write_together(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        """Write up to 100 records of a module; the results are in the order of the records."""
        done: dict[str, Carried] = {}
        for module in dict.fromkeys(_parts(change.record)[0] for change in changes):
            ours = [change for change in changes if _parts(change.record)[0] == module]
            if not module:
                done |= {change.record: Refused("crm.unknown_record", "") for change in ours}
                continue
            data = [{**change.values, "id": _parts(change.record)[1]} for change in ours]
            reply = self._client.call("PUT", f"/{module}", json={"data": data, "trigger": []})
            if not isinstance(reply, CrmReply):
                return shared.cut_short(done, ours[0].record, reply)
            results = _each(reply.body)
            if len(results) != len(ours):
                return done or (
                    Unreachable("crm.unexpected_answer") if reply.well else refusal(reply)
                )
            for change, one in zip(ours, results, strict=True):
                done[change.record] = _result(reply, one)
        return done

    def users(self) -> Mapping[str, Person] | Busy | Unreachable | Refused:
        """See `ports.crm.CrmUsers.users`."""
        query = {"type": "ActiveUsers", "per_page": 200}
        reply = self._client.call("GET", "/users", query=query)
        if not isinstance(reply, CrmReply) or not reply.well:
            return refusal(reply) if isinstance(reply, CrmReply) else reply
        users = reply.body.get("users") if isinstance(reply.body, dict) else None
        found = [one for one in users if isinstance(one, dict)] if isinstance(users, list) else []
        named = [{**one, "name": one.get("full_name")} for one in found]
        people = (zoho_owner({"Owner": one}) for one in named)
        return {one.id: one for one in people if one}


def _accounts(base: str) -> str:
    """The URL of the token endpoint, by the data centre of the API ("Multi DC"). A server outside
    Zoho's domains issues tokens itself."""
    host = urlsplit(base).hostname or ""
    centre = host.rpartition("zohoapis.")[2] if "zohoapis." in host else ""
    if not centre:
        return base.rstrip("/")
    return f"https://accounts.{'zohocloud' if centre == 'ca' else 'zoho'}.{centre}"


def _parts(name: str) -> tuple[str, str]:
    """The module and the id of a record; the module is "" if it is unknown."""
    module, _, number = name.partition(":")
    return (module, number) if module in _MODULES and number.isdecimal() else ("", name)


def _by_module(names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Records by module: id to name."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for name in names:
        module, number = _parts(name)
        found[module][number] = name
    return found


def _data(
    reply: CrmReply | Busy | Unreachable | Refused,
) -> list[Any] | Busy | Unreachable | Refused:
    """The records in an answer; a 204 has none."""
    if not isinstance(reply, CrmReply):
        return reply
    if not reply.well:
        return refusal(reply)
    data = reply.body.get("data") if isinstance(reply.body, dict) else []
    return data if isinstance(data, list) else Unreachable("crm.unexpected_answer")


def _found(value: Mapping[str, Any]) -> Found:
    created = shared.moment_of(value.get("Created_Time")) or datetime.fromtimestamp(0, UTC)
    raw = msgspec.json.encode({"module": "Leads", **value})
    return Found(f"Leads:{text(value.get('id'))}", created, raw)


def _following(told: Sequence[Mapping[str, Any]], start: str, skipped: int) -> str:
    """The cursor of the next page: the time of the last record, and the number of records of that
    time to skip. A plain offset would not do, because Zoho allows at most 10,000."""
    if len(told) < _PAGE:
        return ""
    last = shared.moment_of(told[-1].get("Created_Time"))
    if last is None:
        return ""
    same = sum(shared.moment_of(one.get("Created_Time")) == last for one in told)
    return f"{_iso(last)}|{same + (skipped if _iso(last) == start else 0)}"


def _converted(value: Mapping[str, Any]) -> bool:
    return value.get("$converted") is True or value.get("Converted__s") is True


def _each(body: Any) -> list[dict[str, Any]]:
    """The results in an answer, one for each record that was written."""
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, list):
        return [body] if isinstance(body, dict) and "code" in body else []
    return [one if isinstance(one, dict) else {} for one in data]


def _result(reply: CrmReply, one: Mapping[str, Any]) -> Written | NotYet | Refused | Unreachable:
    code, details = text(one.get("code")), one.get("details")
    details = details if isinstance(details, dict) else {}
    if reply.status == 412 or code == "ALREADY_MODIFIED":
        return Unreachable(_MODIFIED_MEANWHILE)
    if reply.well and one.get("status") == "success":
        return Written(shared.moment_of(details.get("Modified_Time")))
    # For a missing record, Zoho reports invalid data of its id.
    wrong_id = details.get("api_name") == "id" or "id given" in str(one.get("message"))
    if reply.status == 404 or (code == "INVALID_DATA" and wrong_id):
        return NotYet()
    words = words_of(CrmReply(reply.status, dict(one)))
    return Refused(f"crm.{code.lower()}" if code else refusal(reply).reason, words)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


CRM = ZohoCrm

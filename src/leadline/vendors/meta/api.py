"""Meta Lead Ads by the Graph API (Meta docs, "Retrieving Leads", "Graph API: Error Handling").

A record is named by its `leadgen_id`, as in the source. `token` is the page's token, with the
permission `leads_retrieval`; `client_secret` is the app's secret, if the app requires
`appsecret_proof`. Leads of ads have no owner, and nothing can be written to them.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeGuard

import msgspec

from leadline.model.staff.people import Person
from leadline.net.deadline import within
from leadline.ports.crm import Carried, CrmChange, CrmRecord, Found, NotYet, Page
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.crm_kinds import MetaConfig
from leadline.vendors._api import records as shared
from leadline.vendors._api.authorize import Fixed
from leadline.vendors._api.client import Client, CrmReply, quoted, words_of
from leadline.vendors._api.windows import page_of_windows
from leadline.vendors._webhooks.fields import text
from leadline.vendors.meta.webhook import meta_fields

_HOME = "https://graph.facebook.com"
_VERSION = "v25.0"
_FIELDS = (
    "id,created_time,ad_id,ad_name,adset_id,adset_name,campaign_id,campaign_name,form_id,"
    "is_organic,platform,field_data,custom_disclaimer_responses"
)
_PAGE = 100
_FULL = 5_000
# "Error Handling": an invalid token; too many calls; an error on Meta's side.
_BAD_TOKEN = (102, 190, 463, 467)
_TOO_MANY = frozenset((4, 17, 32, 341, 613)) | frozenset(range(80_000, 80_015))
_PASSING = (1, 2)
_FORBIDDEN = frozenset((3, 10)) | frozenset(range(200, 300))
_NO_SUCH_OBJECT = 33
_NO_SUCH_ALIAS = 803
_PAUSE = timedelta(minutes=5)
_LONGEST_PAUSE = timedelta(hours=1)


class MetaLeads:
    """Reads 50 leads per request, with `?ids=`."""

    batch = 50
    knows_owners = False

    def __init__(self, config: MetaConfig) -> None:
        self._config = config
        base = f"{(config.url or _HOME).rstrip('/')}/{config.version or _VERSION}"
        who = Fixed({"authorization": f"Bearer {config.token}"})
        self._client = Client(base, config.timeout, who)
        self._proof = _proof(config)

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        """See `Crm.read`. One unknown id makes a whole request fail; then each lead is requested
        separately."""
        answers: dict[str, CrmRecord | NotYet | Refused] = {
            name: Refused("crm.unknown_record", "") for name in records if not name.isdecimal()
        }
        ours = [name for name in records if name.isdecimal()]
        with within(shared.WHOLE_PATIENCE):
            told = self._get("/", ids=",".join(ours), fields=_FIELDS) if ours else {}
            if isinstance(told, Mapping):
                return answers | {name: self._record(name, told.get(name)) for name in ours}
            if isinstance(told, Busy | Unreachable) or _is_of_all(told):
                return told
            for name in ours:
                alone = self._get(f"/{quoted(name)}", fields=_FIELDS)
                if isinstance(alone, Busy | Unreachable) or _is_of_all(alone):
                    return alone
                answers[name] = self._record(name, alone) if isinstance(alone, Mapping) else alone
        return answers

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        """See `Crm.write`; always refused, because Meta's leads are read-only."""
        words = "Meta's leads are read-only"
        return {one.record: Refused("crm.read_only", words) for one in changes}

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        """See `Crm.owner_value`; there are no owners."""
        return None

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        """See `Crm.since`; lists the leads of all forms of the token's page, one time window per
        page, because Meta lists leads by form and newest first. Meta keeps leads for 90 days."""
        with within(shared.WHOLE_PATIENCE):
            forms = self._all("/me/leadgen_forms", fields="id")
            if not isinstance(forms, list):
                return forms
            numbers = [number for form in forms if (number := text(form.get("id")))]
            return page_of_windows(at, after, lambda a, b: self._between(numbers, a, b))

    def _between(
        self, forms: Sequence[str], start: datetime, end: datetime
    ) -> list[Found] | Busy | Unreachable | Refused:
        found: list[Found] = []
        for form in forms:
            path = f"/{quoted(form)}/leads"
            rows = self._all(path, fields=_FIELDS, filtering=_filter(start, end))
            if not isinstance(rows, list):
                return rows
            found += [one for lead in rows if (one := _found(lead))]
        return found

    def _record(self, name: str, value: Any) -> CrmRecord | NotYet:
        if not isinstance(value, dict):
            return NotYet()
        record = CrmRecord(
            record=name,
            fields=meta_fields(value, shared.placing(self._config)),
            modified=shared.moment_of(value.get("created_time")),
            values=value,
        )
        return shared.settled(self._config, record, (), {})

    def _all(self, path: str, **query: str) -> list[dict[str, Any]] | Busy | Unreachable | Refused:
        """All pages of a list."""
        found: list[dict[str, Any]] = []
        while True:
            told = self._get(path, limit=str(_PAGE), **query)
            if isinstance(told, NotYet):
                return found
            if not isinstance(told, Mapping):
                return told
            data, paging = told.get("data"), told.get("paging")
            if not isinstance(data, list):
                return Unreachable("crm.unexpected_answer")
            found += [one for one in data if isinstance(one, dict)]
            cursors = paging.get("cursors") if isinstance(paging, dict) else None
            behind = text(cursors.get("after")) if isinstance(cursors, dict) else None
            if not behind or not isinstance(paging, dict) or "next" not in paging:
                return found
            if len(found) >= _FULL:
                return Refused("crm.too_many", f"more than {_FULL} of one form at once")
            query["after"] = behind

    def _get(
        self, path: str, **query: str
    ) -> Mapping[str, Any] | NotYet | Busy | Unreachable | Refused:
        reply = self._client.call("GET", path, query={**query, **self._proof})
        if not isinstance(reply, CrmReply):
            return reply
        body = reply.body if isinstance(reply.body, dict) else {}
        if reply.well and "error" not in body:
            return body
        return _meaning_of(reply, body.get("error"), self._config.token)


def _meaning_of(reply: CrmReply, error: Any, secret: str) -> NotYet | Busy | Unreachable | Refused:
    """The meaning of an error of the Graph API, by its code."""
    error = error if isinstance(error, dict) else {}
    code, part = error.get("code"), error.get("error_subcode")
    words = words_of(CrmReply(reply.status, error), [secret])
    if code in _TOO_MANY:
        return Busy(_pause(reply), words)
    if code in _PASSING or error.get("is_transient") is True:
        return Unreachable(f"crm.error_{code}")
    if code in _BAD_TOKEN:
        return Refused("crm.unauthorized", words)
    if code == _NO_SUCH_ALIAS or part == _NO_SUCH_OBJECT or reply.status == 404:
        return NotYet()
    return Refused("crm.forbidden" if code in _FORBIDDEN else f"crm.error_{code}", words)


def _is_of_all(body: Any) -> TypeGuard[Refused]:
    """Whether all leads would be refused; a lead of another page is refused separately."""
    return isinstance(body, Refused) and body.reason == "crm.unauthorized"


def _pause(reply: CrmReply) -> timedelta:
    """How long to wait until calls are accepted again: Meta gives minutes in a header ("Rate
    Limits")."""
    try:
        usage = msgspec.json.decode(reply.headers.get("x-business-use-case-usage", ""))
        entries = [one for many in usage.values() for one in many]
        minutes = max(one["estimated_time_to_regain_access"] for one in entries)
        return min(timedelta(minutes=max(minutes, 1)), _LONGEST_PAUSE)
    except (msgspec.DecodeError, AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return _PAUSE


def _filter(start: datetime, end: datetime) -> str:
    """The filter for leads created between two times; Meta's operators exclude both."""
    asked = [
        {"field": "time_created", "operator": operator, "value": int(at.timestamp())}
        for operator, at in (
            ("GREATER_THAN", start - timedelta(seconds=1)),
            ("LESS_THAN", end + timedelta(seconds=1)),
        )
    ]
    return msgspec.json.encode(asked).decode()


def _found(lead: Mapping[str, Any]) -> Found | None:
    name, created = text(lead.get("id")), shared.moment_of(lead.get("created_time"))
    return Found(name, created, msgspec.json.encode(lead)) if name and created else None


def _proof(config: MetaConfig) -> dict[str, str]:
    """The proof that a call comes from the app ("Securing Graph API Calls")."""
    if not config.client_secret:
        return {}
    digest = hmac.new(config.client_secret.encode(), config.token.encode(), hashlib.sha256)
    return {"appsecret_proof": digest.hexdigest()}


CRM = MetaLeads

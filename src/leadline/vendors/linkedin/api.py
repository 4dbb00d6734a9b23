"""LinkedIn Lead Sync (LinkedIn docs, "Lead Sync": leadFormResponses and leadForms, Rest.li 2.0).

A record is named by the id of its response, as in the source. Authentication needs `token`, an
access token, or `client_id`, `client_secret` and `refresh_token`. `user` is the account whose leads
`since` lists: the URN of a sponsored account or an organization, or a sponsored account's number.
Leads have no owner, and nothing can be written to them.
"""

import re
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from leadline.model.staff.people import Person
from leadline.net.deadline import within
from leadline.ports.crm import Carried, CrmChange, CrmRecord, Found, NotYet, Page
from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.crm_kinds import LinkedInConfig
from leadline.vendors._api import records as shared
from leadline.vendors._api.authorize import Fixed, Tokens
from leadline.vendors._api.client import Authorize, Client, CrmReply, quoted, refusal
from leadline.vendors._api.owners import listed
from leadline.vendors._api.windows import page_of_windows
from leadline.vendors.linkedin.webhook import linkedin_fields

_HOME = "https://api.linkedin.com/rest"
_TOKENS = "https://www.linkedin.com/oauth/v2/accessToken"
# Versions are months; each is supported for a year.
_VERSION = "202606"
_FORM = re.compile(r"urn:li:leadGenForm:(\d+)")
_OWNERS = {"sponsoredAccount": "SPONSORED", "organization": ""}
_LASTING = 600.0
_MOST_FORMS = 1000
_PAGE = 100
_MOST_PAGES = 100

_Form = Mapping[str, Any] | NotYet


class LinkedInLeads:
    """Reads 20 responses per request, and caches their forms, which have the questions."""

    batch = 20
    knows_owners = False

    def __init__(self, config: LinkedInConfig) -> None:
        self._config = config
        headers = {
            "linkedin-version": config.version or _VERSION,
            "x-restli-protocol-version": "2.0.0",
        }
        self._client = Client(config.url or _HOME, config.timeout, _who(config), headers)
        self._lock = threading.Lock()
        self._forms: dict[str, tuple[float, _Form]] = {}

    def read(
        self, records: Sequence[str]
    ) -> Mapping[str, CrmRecord | NotYet | Refused] | Busy | Unreachable | Refused:
        """See `Crm.read`."""
        if not records:
            return {}
        ids = ",".join(map(quoted, records))
        with within(shared.WHOLE_PATIENCE):
            reply = self._client.call("GET", f"/leadFormResponses?ids=List({ids})")
            if not isinstance(reply, CrmReply):
                return reply
            if not reply.well:
                return refusal(reply)
            body = reply.body if isinstance(reply.body, dict) else {}
            results, errors = body.get("results"), body.get("errors")
            if not isinstance(results, dict):
                return Unreachable("crm.unexpected_answer")
            answers: dict[str, CrmRecord | NotYet | Refused] = {}
            for name in records:
                record = self._record(name, results.get(name), errors)
                if isinstance(record, Busy | Unreachable):
                    return record
                answers[name] = record
        return answers

    def write(
        self, changes: Sequence[CrmChange]
    ) -> Mapping[str, Carried] | Busy | Unreachable | Refused:
        """See `Crm.write`; always refused, because LinkedIn's leads are read-only."""
        words = "LinkedIn's leads are read-only"
        return {one.record: Refused("crm.read_only", words) for one in changes}

    def owner_value(self, owner: Person) -> Mapping[str, Any] | None:
        """See `Crm.owner_value`; there are no owners."""
        return None

    def since(self, at: datetime, after: str = "") -> Page | Busy | Unreachable | Refused:
        """See `Crm.since`; one time window per page, because LinkedIn guarantees no order. LinkedIn
        keeps leads for 90 days."""
        owner = _owner(self._config.user)
        if owner is None:
            return Refused("crm.no_account", "user is not set; set it to the URN of an account")
        with within(shared.WHOLE_PATIENCE):
            return page_of_windows(at, after, lambda a, b: self._between(owner, a, b))

    def _between(
        self, owner: str, start: datetime, end: datetime
    ) -> list[Found] | Busy | Unreachable | Refused:
        times = f"submittedAtTimeRange=(start:{_milliseconds(start)},end:{_milliseconds(end)})"
        found: list[Found] = []
        for page in range(_MOST_PAGES):
            window = f"count={_PAGE}&start={page * _PAGE}"
            path = f"/leadFormResponses?q=owner&{owner}&limitedToTestLeads=false&{times}&{window}"
            rows = listed(self._client.call("GET", path), "elements")
            if not isinstance(rows, list):
                return rows
            for lead in rows:
                one = self._found(lead)
                if isinstance(one, Busy | Unreachable):
                    return one
                found += [one] if one else []
            if len(rows) < _PAGE:
                return found
        return Refused("crm.too_many", f"more than {_MOST_PAGES * _PAGE} leads at once")

    def _record(
        self, name: str, value: Any, errors: Any
    ) -> CrmRecord | NotYet | Refused | Busy | Unreachable:
        if not isinstance(value, dict):
            error = errors.get(name) if isinstance(errors, dict) else None
            status = error.get("status") if isinstance(error, dict) else 404
            if status == 404:
                return NotYet()
            return refusal(CrmReply(status if isinstance(status, int) else 400, error))
        whole = self._with_form(value)
        if isinstance(whole, Busy | Unreachable):
            return whole
        record = CrmRecord(
            record=name,
            fields=linkedin_fields(whole, shared.placing(self._config)),
            modified=shared.moment_of(value.get("submittedAt")),
            values=whole,
        )
        return shared.settled(self._config, record, (), {})

    def _found(self, lead: Mapping[str, Any]) -> Found | Busy | Unreachable | None:
        name, created = linkedin_fields(lead).record, shared.moment_of(lead.get("submittedAt"))
        if not name or created is None:
            return None
        whole = self._with_form(lead)
        if isinstance(whole, Busy | Unreachable):
            return whole
        return Found(name, created, msgspec.json.encode(whole))

    def _with_form(self, lead: Mapping[str, Any]) -> dict[str, Any] | Busy | Unreachable:
        """The response together with its form, in the form of LinkedIn's own decoration."""
        urn = _FORM.search(str(lead.get("versionedLeadGenFormUrn")))
        form = self._form(urn[1]) if urn else NotYet()
        if isinstance(form, Busy | Unreachable):
            return form
        return {**lead, "form": form} if isinstance(form, Mapping) else dict(lead)

    def _form(self, number: str) -> _Form | Busy | Unreachable:
        """A form, cached for some minutes, because its questions don't change. If access is denied,
        answers stay without names, which is better than no answers."""
        with self._lock:
            at, kept = self._forms.get(number, (0.0, NotYet()))
            if at and time.monotonic() - at < _LASTING:
                return kept
            reply = self._client.call("GET", f"/leadForms/{number}")
            if isinstance(reply, Busy | Unreachable):
                return reply
            usable = isinstance(reply, CrmReply) and reply.well and isinstance(reply.body, dict)
            form: _Form = reply.body if usable and isinstance(reply, CrmReply) else NotYet()
            if len(self._forms) >= _MOST_FORMS:
                self._forms.clear()
            self._forms[number] = (time.monotonic(), form)
            return form


def _who(config: LinkedInConfig) -> Authorize:
    if config.refresh_token and config.client_id and config.client_secret:
        form = {
            "grant_type": "refresh_token",
            "client_id": config.client_id,
            "client_secret": config.client_secret,
            "refresh_token": config.refresh_token,
        }
        return Tokens(f"{config.url.rstrip('/')}/accessToken" if config.url else _TOKENS, form)
    return Fixed({"authorization": f"Bearer {config.token}"})


def _owner(user: str) -> str | None:
    """The query for the account; a number means a sponsored account. None if it is invalid."""
    urn = f"urn:li:sponsoredAccount:{user}" if user.isdecimal() else user
    match = re.fullmatch(r"urn:li:(sponsoredAccount|organization):(\d+)", urn)
    if match is None:
        return None
    kind = _OWNERS[match[1]]
    return f"owner=({match[1]}:{quoted(urn)})" + (f"&leadType=(leadType:{kind})" if kind else "")


def _milliseconds(at: datetime) -> int:
    return (at - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)


CRM = LinkedInLeads

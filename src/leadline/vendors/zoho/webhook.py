"""Zoho CRM: notifications, which carry ids only, and the webhooks of workflows.

Zoho CRM API docs, "Notification APIs" and "Get Records" (version 8); Zoho CRM help, "Webhooks". A
record is named `Leads:5725767000003000123`, by its module and its id. A workflow's webhook does not
say whether its record is new, so it makes a lead unless the record is known already. The
administrator chooses its keys.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from leadline.model.errors import LeadlineError
from leadline.model.lead import Delivery, Event, Kind, LeadFields
from leadline.model.staff.people import Person
from leadline.model.texts.json_text import decode, elements, peek, read_json
from leadline.ports.source import Source, noted
from leadline.vendors._reader.aliases import normal
from leadline.vendors._reader.on_demand import guessed_late as guessed
from leadline.vendors._webhooks import forms, signing
from leadline.vendors._webhooks.consents import opted_out
from leadline.vendors._webhooks.fields import demand_something, drawn, emptied, text, with_source
from leadline.vendors._webhooks.notices import each_record

_MODULES = ("Leads", "Contacts")
_KINDS = {
    "insert": Kind.CREATED,
    "create": Kind.CREATED,
    "update": Kind.UPDATED,
    "edit": Kind.UPDATED,
}
_DELETED = ("delete", "deleted")
# Parameters with the shared secret, which are not stored with leads.
_NOT_KEPT = {*signing.SHARED_PARAMETERS, "query_params"}


class _Notice(msgspec.Struct):
    ids: list[Any]
    operation: Any = None
    module: Any = None
    resource_uri: Any = None
    server_time: Any = None
    affected_values: Any = None


_notice = msgspec.json.Decoder(_Notice)


class Zoho(Source):
    """Zoho does not sign. A notification has the `token` of its channel; a workflow has a secret in
    its URL, in a header or in a parameter."""

    name = "zoho"
    is_crm = True
    time_fields = ("server_time", "Modified_Time")
    media = ("application/json", *forms.MEDIA)

    def authenticate(self, delivery: Delivery) -> None:
        """The body's `token` (`secret`, `key`), or a shared secret in the URL or a header."""
        if not self.config.secret:
            return
        signing.check_shared(delivery, self.config, *_parameters_of(delivery))

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`."""
        media = self.media[0] if delivery.body[:1] in b"{[" else forms.MEDIA[0]
        kind = delivery.headers.get("content-type", media)
        return {"content-type": kind, "x-webhook-secret": secret}

    def keepable(self, body: bytes) -> bytes:
        """The body without the shared secret, which Zoho sends in it."""
        return signing.without_secrets(body, self.config)

    def events(self, delivery: Delivery) -> Iterable[Event]:
        """One event for each record in a notification, or for the body of a workflow."""
        if delivery.media_type in forms.MEDIA:
            read, notes = forms.read_form(delivery)
            form = _kept(read)
            event = Event(Kind.CREATED, forms.as_raw(form), record=self._record_of(form))
            return [noted(event, notes)]
        return (event for raw in elements(read_json(delivery.body)) for event in self._events(raw))

    def fields(self, raw: bytes) -> LeadFields:
        """The fields in a notification or a workflow's body, or those of a record from Zoho's API:
        the record itself or the API's answer (`data`), with `module` added."""
        body = decode(raw)
        if not isinstance(body, dict):
            return demand_something(LeadFields(), ())
        if isinstance(body.get("ids"), list):
            return demand_something(self._of_notice(body), body)
        record = _api_record(body)
        if record is not None:
            fields = zoho_fields(record, self.config.map, _module(body) or _MODULES[0])
        else:
            fields = guessed(body, self.config.map)
            fields = msgspec.structs.replace(fields, record=self._record_of(body))
        return demand_something(with_source(fields, "Zoho CRM"), body)

    def cleared(self, raw: bytes) -> tuple[str, ...]:
        """The fields that a notification clears."""
        body = decode(raw)
        if not isinstance(body, dict) or not isinstance(body.get("ids"), list):
            return ()
        number = next(map(text, body["ids"]), None)
        return emptied(_values_of(body.get("affected_values"), number), _FIELDS, self.config.map)

    def _events(self, raw: bytes) -> Iterable[Event]:
        body = decode(raw)
        notice = peek(_notice, raw)
        if notice is not None:
            return _of_each(notice, body)
        if not isinstance(body, dict):
            return [Event(Kind.CREATED, raw)]
        kept = _kept(body)
        if kept != body:
            raw = forms.as_raw(kept)
        return [Event(Kind.CREATED, raw, record=self._record_of(body))]

    def _record_of(self, body: Mapping[str, Any]) -> str | None:
        """The record in an answer of the API, or in the administrator's keys (`lead_id`, …)."""
        record = _api_record(body)
        if record is not None:
            return _named(_module(body) or _MODULES[0], text(record.get("id")))
        number = guessed(body, self.config.map).record or ""
        if not number.isdigit():
            return None  # Zoho's ids are long numbers; whatever else is called so finds no record
        contact = any(normal(key) == "contact_id" for key in body)
        return _named(_module(body) or ("Contacts" if contact else "Leads"), number)

    def _of_notice(self, body: dict[str, Any]) -> LeadFields:
        number, module = next(map(text, body["ids"]), None), _module(body)
        values = _values_of(body.get("affected_values"), number)
        fields = drawn(
            values,
            _FIELDS,
            self.config.map,
            record=_named(module, number),
            consent=opted_out(values, _OPT_OUTS),
        )
        updated = _KINDS.get(str(body.get("operation"))) is Kind.UPDATED
        return fields if updated else with_source(fields, "Zoho CRM")


def zoho_fields(
    record: Mapping[str, Any], mapping: Mapping[str, str] = {}, module: str = "Leads"
) -> LeadFields:
    """The fields of a record from Zoho's API; *mapping* maps fields to Zoho's own."""
    values = {k: v for k, v in record.items() if not k.startswith("$")}
    return drawn(
        values,
        _FIELDS,
        mapping,
        read=_ABOUT,
        record=_named(module, text(record.get("id"))),
        consent=opted_out(values, _OPT_OUTS),
    )


def zoho_owner(record: Mapping[str, Any]) -> Person | None:
    """The owner of a record, from its `Owner`; None if it has none."""
    owner = record.get("Owner")
    if not isinstance(owner, dict) or not text(owner.get("id")):
        return None
    number, name, email = (text(owner.get(key)) or "" for key in ("id", "name", "email"))
    return Person(id=number, name=name, email=email)


_FIELDS = {
    "name": ("Full_Name",),
    "first_name": ("First_Name",),
    "last_name": ("Last_Name",),
    "email": ("Email", "Secondary_Email"),
    "phone": ("Phone", "Mobile"),
    "company": ("Company", "Account_Name"),
    "title": ("Designation", "Title"),
    "country": ("Country", "Mailing_Country"),
    "website": ("Website",),
    "message": ("Description",),
    "source": ("Lead_Source",),
    "owner": ("Owner",),
    "score": ("Score",),
    "created": ("Created_Time",),
}
_OPT_OUTS = {"Email_Opt_Out": ("email",)}
_ABOUT = ("id", "Created_By", "Modified_By", "Modified_Time", "Converted__s")


def _of_each(notice: _Notice, body: dict[str, Any]) -> Iterator[Event]:
    """One event for each record, with the notification reduced to this record."""
    module, operation = _module(body), text(notice.operation) or "unknown"
    kind, why = _KINDS.get(operation, Kind.IGNORED), ""
    if module is None:
        kind, why = Kind.IGNORED, "not_a_lead"
    elif kind is Kind.IGNORED:
        why = "deleted" if operation in _DELETED else operation[:40]
    kept, affected = _kept(body), _by_record(body.get("affected_values"))
    for number in each_record(notice.ids):
        own = {"ids": [number], "affected_values": affected.get(number, [])}
        yield Event(
            kind,
            forms.as_raw({**kept, **own}),
            key=_key(module, number, operation, text(notice.server_time)),
            record=_named(module, number),
            why=why,
        )


def _by_record(affected: Any) -> dict[str, list[Any]]:
    """The values in a notification, by record."""
    found: dict[str, list[Any]] = {}
    for one in affected if isinstance(affected, list) else ():
        if isinstance(one, dict) and (number := text(one.get("record_id"))):
            found.setdefault(number, []).append(one)
    return found


def _key(module: str | None, number: str, operation: str, stamp: str | None) -> str | None:
    return f"{module or 'other'}:{number}:{operation}:{stamp}" if stamp else None


def _module(body: Mapping[str, Any]) -> str | None:
    """The module if its records are leads. `module` and `resource_uri` sometimes disagree; so that
    no lead is lost, it is enough if one of them names such a module."""
    uri = str(body.get("resource_uri")).rpartition("/")[2]
    return next((one for one in (body.get("module"), uri) if one in _MODULES), None)


def _named(module: str | None, number: str | None) -> str | None:
    return f"{module}:{number}" if module and number else None


def _api_record(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    data = body.get("data")
    record = data[0] if isinstance(data, list) and data else body
    ours = isinstance(record, dict) and text(record.get("id")) and record.keys() & _OF_THE_API
    return record if ours else None


_OF_THE_API = {"Owner", "Last_Name", "Full_Name", "Created_Time"}


def _values_of(affected: Any, number: str | None) -> dict[str, Any]:
    """The new values of a record, if the channel is set to send them."""
    for one in affected if isinstance(affected, list) else ():
        if isinstance(one, dict) and text(one.get("record_id")) == number:
            values = one.get("values")
            return values if isinstance(values, dict) else {}
    return {}


def _kept(body: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in _NOT_KEPT}


def _parameters_of(delivery: Delivery) -> list[str | bytes]:
    """The possible secrets in the body; none if it can't be read."""
    try:
        if delivery.media_type in forms.MEDIA:
            return [*forms.values_of(delivery, *signing.SHARED_PARAMETERS)]
        body = decode(read_json(delivery.body))
    except LeadlineError:
        return []
    told = [body.get(name) for name in signing.SHARED_PARAMETERS] if isinstance(body, dict) else []
    return [one for one in told if isinstance(one, str)]


SOURCE = Zoho

"""An HTML form that posts directly, or through a form plug-in."""

from collections.abc import Iterator, Mapping

import msgspec

from leadline.model.lead import Delivery, Event, Kind, LeadFields
from leadline.model.texts.json_text import decode, peek
from leadline.ports.source import Source, noted
from leadline.vendors._reader.on_demand import guessed_late as guessed
from leadline.vendors._webhooks import forms, signing
from leadline.vendors._webhooks.bodies import JSON_MEDIA, read_body
from leadline.vendors._webhooks.fields import demand_something, text, with_source
from leadline.vendors._webhooks.kinds import EventNames, kind_of
from leadline.vendors._webhooks.pieces import leads_in

_head = msgspec.json.Decoder(EventNames)


class Form(Source):
    """Authenticated by a shared secret in the form's URL; a honeypot field detects programs."""

    name = "form"
    usual_source = "Website form"
    for_browsers = True
    media = (*forms.MEDIA, *JSON_MEDIA)

    def authenticate(self, delivery: Delivery) -> None:
        """See `Source.authenticate`."""
        signing.check_shared(delivery, self.config)

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`."""
        kind = delivery.headers.get("content-type", forms.MEDIA[0])
        return {"content-type": kind, "x-webhook-secret": secret}

    def events(self, delivery: Delivery) -> Iterator[Event]:
        """One event per body, or one for each element of a list of people."""
        raw, notes = read_body(delivery)
        return (noted(_event(one), notes) for one in leads_in(raw))

    def fields(self, raw: bytes) -> LeadFields:
        """The fields by common names; `a[b]` and JSON inside a field are unfolded."""
        form = decode(raw)
        if not isinstance(form, dict):
            return demand_something(guessed(form, self.config.map), ())
        fields = guessed(forms.unfolded(form), self.config.map)
        honeypot = self.config.honeypot
        if honeypot and text(form.get(honeypot)):
            suspicions = (*fields.suspicions, "spam.honeypot")
            fields = msgspec.structs.replace(fields, suspicions=suspicions)
        return demand_something(with_source(fields, self.usual_source), form)


def _event(raw: bytes) -> Event:
    kind, why = kind_of(peek(_head, raw) or EventNames(), raw)
    if kind is Kind.IGNORED:
        return Event(kind, raw, why=why)
    return Event(Kind.CREATED, raw)  # a form updates nothing


SOURCE = Form

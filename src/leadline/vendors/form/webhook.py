"""An HTML form that posts directly, or through a form plug-in."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from leadline.model.errors import LeadlineError
from leadline.model.json_text import decode, read_json
from leadline.model.lead import Delivery, Event, Kind, LeadFields
from leadline.ports.source import Source, noted
from leadline.vendors._webhooks import forms, signing
from leadline.vendors._webhooks.fields import demand_something, text, with_source
from leadline.vendors._webhooks.guess import guessed


class Form(Source):
    """Authenticated by a shared secret in the form's URL; a honeypot field detects programs."""

    name = "form"
    media = forms.MEDIA

    def authenticate(self, delivery: Delivery) -> None:
        """See `Source.authenticate`."""
        signing.check_shared(delivery, self.config)

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`."""
        kind = delivery.headers.get("content-type", forms.MEDIA[0])
        return {"content-type": kind, "x-webhook-secret": secret}

    def events(self, delivery: Delivery) -> Sequence[Event]:
        """One event per body."""
        form, notes = forms.read_form(delivery)
        return [noted(Event(Kind.CREATED, forms.as_raw(form)), notes)]

    def fields(self, raw: bytes) -> LeadFields:
        """The fields by common names; `a[b]` and JSON inside a field are unfolded."""
        form = decode(raw)
        if not isinstance(form, dict):
            return demand_something(LeadFields(), ())
        fields = guessed(_unfolded(form), self.config.map)
        honeypot = self.config.honeypot
        trapped = ("spam.honeypot",) if honeypot and text(form.get(honeypot)) else ()
        fields = msgspec.structs.replace(fields, suspicions=trapped)
        return demand_something(with_source(fields, "Website form"), form)


def _unfolded(form: Mapping[str, Any]) -> dict[str, Any]:
    """The form with brackets as objects, and with the answers in Jotform's `rawRequest`."""
    tree = forms.nested(form)
    hidden = tree.get("rawRequest")
    if isinstance(hidden, str):
        try:
            answers = decode(read_json(hidden.encode(errors="replace")))
        except LeadlineError:
            return tree
        if isinstance(answers, dict):
            del tree["rawRequest"]
            return {**answers, **tree}
    return tree


SOURCE = Form

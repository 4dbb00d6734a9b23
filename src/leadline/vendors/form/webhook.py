"""An HTML form that posts here by itself, or through a form plug-in."""

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
    """Believed by a shared secret in the form's URL; a honeypot field catches programs."""

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
        """One submission a body."""
        form, notes = forms.read_form(delivery)
        return [noted(Event(Kind.CREATED, forms.as_raw(form)), notes)]

    def fields(self, raw: bytes) -> LeadFields:
        """The usual names of form fields; `a[b]` and JSON in a field are looked into."""
        form = decode(raw)
        if not isinstance(form, dict):
            return demand_something(LeadFields(), ())
        fields = guessed(_unfolded(form), self.config.map)
        honeypot = self.config.honeypot
        trapped = ("spam.honeypot",) if honeypot and text(form.get(honeypot)) else ()
        fields = msgspec.structs.replace(fields, suspicions=trapped)
        return demand_something(with_source(fields, "Website form"), form)


def _unfolded(form: Mapping[str, Any]) -> dict[str, Any]:
    """Brackets become objects; `rawRequest`, in which Jotform hides the answers, is read."""
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

"""Salesforce Web-to-Lead: the HTML form that Salesforce generates, posted here instead.

Salesforce help, "Generate leads from your website": custom fields are named by their
15-character id.
"""

from collections.abc import Mapping, Sequence

from leadline.model.errors import Unauthentic, Unreadable
from leadline.model.lead import Delivery, Event, Kind, LeadFields
from leadline.model.texts.json_text import decode
from leadline.ports.source import Source, noted
from leadline.vendors._webhooks import forms, signing
from leadline.vendors._webhooks.bodies import read_body
from leadline.vendors._webhooks.fields import demand_something, drawn, text, with_source


class WebToLead(Source):
    """Authenticated by a shared secret in the form's URL and the organization's id in `oid`."""

    name = "web_to_lead"
    usual_source = "Web-to-Lead"
    for_browsers = True
    media = forms.MEDIA

    def authenticate(self, delivery: Delivery) -> None:
        """See `Source.authenticate`."""
        signing.check_shared(delivery, self.config)
        if self.config.organization:
            try:
                given = [told[:15] for told in forms.values_of(delivery, "oid")]
            except Unreadable:
                raise Unauthentic("the organization's id is missing") from None
            signing.check_any(
                self.config.organization,
                lambda own: own[:15].encode(),
                given,
                signing.OTHER_ORGANIZATION,
            )

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        """See `Source.sign`."""
        return {"content-type": forms.MEDIA[0], "x-webhook-secret": secret}

    def events(self, delivery: Delivery) -> Sequence[Event]:
        """One event for the form."""
        raw, notes = read_body(delivery)
        return [noted(Event(Kind.CREATED, raw), notes)]

    def fields(self, raw: bytes) -> LeadFields:
        """See `Source.fields`."""
        form = decode(raw)
        if not isinstance(form, dict):
            return demand_something(LeadFields(), ())
        honeypot = self.config.honeypot
        trapped = ("spam.honeypot",) if honeypot and text(form.get(honeypot)) else ()
        fields = drawn(form, _FIELDS, self.config.map, suspicions=trapped)
        return demand_something(with_source(fields, self.usual_source), form)


_FIELDS = {
    "first_name": ("first_name",),
    "last_name": ("last_name",),
    "email": ("email",),
    "phone": ("phone", "mobile"),
    "company": ("company",),
    "title": ("title",),
    "country": ("country", "country_code"),
    "website": ("URL",),
    "message": ("description",),
    "source": ("lead_source",),
    "campaign": ("campaign_id", "Campaign_ID"),
}

SOURCE = WebToLead

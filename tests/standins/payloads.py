"""Deliveries of every source, signed by hand as the vendors' documentation says.

The bodies come from the samples; the signatures are made here, apart from `Source.sign`, so that a
mistake there can't hide itself.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from leadline.model.lead import Delivery
from leadline.ports.source import Source
from leadline.settings.connected.sources import SourceConfig
from leadline.standins import form_bodies as forms
from leadline.standins import notice_bodies as notices
from leadline.standins import sample_bodies as bodies
from leadline.standins.sample_bodies import Persona
from leadline.vendors.registry import find

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
URL = "https://leads.example.com/webhook/"
SECRETS = {
    "attio": ("attio-one", "attio-two"),
    "close": ("00ff" * 16, "a1b2" * 16),
    "copper": ("copper-one", "copper-two"),
    "form": ("form-one", "form-two"),
    "generic": ("generic-one", "generic-two"),
    "hubspot": ("client-one", "client-two"),
    "linkedin": ("linked-one", "linked-two"),
    "meta": ("app-one:verify-one", "app-two:verify-two"),
    "odoo": ("odoo-one", "odoo-two"),
    "pipedrive": ("hook:one", "hook:two"),
    "salesforce": ("sales-one", "sales-two"),
    "standard_webhooks": (
        "whsec_" + "MfKQ9r8GKYqrTwjU" * 2,
        "whsec_" + "C2FVsBQIhrscChlQIMV" + "b5w",
    ),
    "tryton": ("tryton-one", "tryton-two"),
    "typeform": ("type-one", "type-two"),
    "web_to_lead": ("web-one", "web-two"),
    "zoho": ("zoho-one", "zoho-two"),
}
"""Two secrets of the right form for each source; the second is the one that replaces the first."""

ADA = Persona(
    77, "Ada", "Kinsella", "ada@example.com", "+44 20 7946 0123", "Kinsella Looms", "CTO", "GB"
)
BODIES: dict[str, Callable[[Persona], bytes]] = {
    "attio": lambda p: notices.attio_events([p.number]),
    "close": lambda p: bodies.close_event(p, AT),
    "copper": lambda p: notices.copper_notice([p.number], AT),
    "form": lambda p: forms.urlencoded(forms.form_fields(p)),
    "generic": lambda p: bodies.compact(forms.flat_lead(p)),
    "hubspot": lambda p: bodies.hubspot_contact(p, AT),
    "linkedin": lambda p: notices.linkedin_notice(p.number, AT),
    "meta": lambda p: notices.meta_leadgen([p.number], AT),
    "odoo": lambda p: notices.odoo_lead(p, AT),
    "pipedrive": lambda p: bodies.pipedrive_person(p, AT),
    "salesforce": lambda p: bodies.salesforce_message([p], AT, bodies.ORGANIZATION),
    "standard_webhooks": lambda p: bodies.standard_webhook("lead.created", p, AT),
    "tryton": lambda p: bodies.compact(notices.tryton_opportunity(p, AT)),
    "typeform": lambda p: forms.typeform_response(p, AT),
    "web_to_lead": forms.web_to_lead,
    "zoho": lambda p: bodies.compact(notices.zoho_notification([p.number], AT)),
}
MEDIA = {
    "form": "application/x-www-form-urlencoded",
    "web_to_lead": "application/x-www-form-urlencoded",
    "salesforce": "text/xml; charset=utf-8",
}


def signature(source: str, body: bytes, secret: str, at: datetime, url: str) -> dict[str, str]:
    """The headers by which the vendor proves itself."""
    seconds, milliseconds = str(int(at.timestamp())), str(int(at.timestamp() * 1000))
    if source == "close":
        digest = hmac.new(bytes.fromhex(secret), seconds.encode() + body, hashlib.sha256)
        return {"close-sig-timestamp": seconds, "close-sig-hash": digest.hexdigest()}
    if source == "hubspot":
        message = b"POST" + url.encode(errors="surrogatepass") + body + milliseconds.encode()
        signed = base64.b64encode(hmac.digest(secret.encode(), message, "sha256")).decode()
        return {
            "x-hubspot-request-timestamp": milliseconds,
            "x-hubspot-signature-v3": signed,
        }
    if source == "typeform":
        signed = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
        return {"typeform-signature": f"sha256={signed}"}
    if source == "attio":
        return {"attio-signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}
    if source == "linkedin":
        digest = hmac.new(secret.encode(), b"hmacsha256=" + body, hashlib.sha256)
        return {"x-li-signature": digest.hexdigest()}
    if source == "meta":
        app_secret, _, _ = secret.partition(":")
        digest = hmac.new(app_secret.encode(), body, hashlib.sha256)
        return {"x-hub-signature-256": f"sha256={digest.hexdigest()}"}
    if source == "pipedrive":
        return {"authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
    if source == "standard_webhooks":
        message = f"msg_1.{seconds}.".encode() + body
        key = secret.removeprefix("whsec_")
        key += "=" * (-len(key) % 4)
        signed = base64.b64encode(hmac.digest(base64.b64decode(key), message, "sha256")).decode()
        return {
            "webhook-id": "msg_1",
            "webhook-timestamp": seconds,
            "webhook-signature": f"v1,{signed}",
        }
    return {"x-webhook-secret": secret}


def delivery(
    source: str,
    body: bytes | None = None,
    *,
    secret: str | None = None,
    at: datetime = AT,
    headers: Mapping[str, str] = {},
    url: str | None = None,
) -> Delivery:
    """A delivery about Ada, or with another body, signed with the first secret."""
    body = BODIES[source](ADA) if body is None else body
    url = url or URL + source
    secret = secret or SECRETS[source][0]
    media = {"content-type": MEDIA.get(source, "application/json")}
    signed = signature(source, body, secret, at, url)
    return Delivery(source, body, at, {**media, **signed, **headers}, "POST", url)


def source(name: str, **config: object) -> Source:
    """A source with settings; without secrets unless they are given."""
    return find(name)(SourceConfig(**config))  # type: ignore[arg-type]

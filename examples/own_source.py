"""A sender that Leadline does not know: one class, no change to Leadline.

Imagine a trade-fair scanner that posts `{"badge": 17, "visitor": "Ada Vance", "mail": "…"}` and
signs the body with HMAC-SHA256 in `X-Scanner-Signature`. Put this class into a package of your
own and name it in the package's entry points:

    [project.entry-points."leadline.sources"]
    badge_scanner = "your_package.badge_scanner:BadgeScanner"

Then deliveries go to /webhook/badge_scanner, and its secret is `[sources.badge_scanner] secret`.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence

from leadline.plugin_api import (
    Delivery,
    Event,
    Kind,
    LeadFields,
    NotUnderstood,
    Source,
    Unauthentic,
    Unreadable,
)


class BadgeScanner(Source):
    """Authenticates raw bytes, cuts them into events, reads fields."""

    name = "badge_scanner"

    def authenticate(self, delivery: Delivery) -> None:
        if not self.config.secret:
            return
        given = delivery.headers.get("x-scanner-signature", "")
        expected = [self._signature(delivery.body, secret) for secret in self.config.secret]
        if not any(hmac.compare_digest(given.encode(), e.encode()) for e in expected):
            raise Unauthentic("the signature does not fit")

    def sign(self, delivery: Delivery, secret: str) -> Mapping[str, str]:
        return {"x-scanner-signature": self._signature(delivery.body, secret)}

    def events(self, delivery: Delivery) -> Sequence[Event]:
        try:
            scan = json.loads(delivery.body)
        except ValueError:
            raise Unreadable("not JSON") from None
        badge = str(scan.get("badge")) if isinstance(scan, dict) else None
        return [Event(Kind.CREATED, delivery.body, key=badge, record=badge)]

    def fields(self, raw: bytes) -> LeadFields:
        scan = json.loads(raw)
        if not isinstance(scan, dict) or not scan.get("visitor"):
            raise NotUnderstood("the scan names no visitor")
        return LeadFields(name=scan["visitor"], email=scan.get("mail"), source="Trade fair")

    @staticmethod
    def _signature(body: bytes, secret: str) -> str:
        return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()

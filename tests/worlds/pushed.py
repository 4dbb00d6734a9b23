"""What an ad network was told, as a lead's handling keeps it."""

from datetime import UTC, datetime

from leadline.model.facts.conversions import Pushed, Stage

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PUSHED = Pushed(
    stage=Stage.WON, at=AT, sent_at=AT, name="Converted", event_id="0" * 32,
    identifiers="lead_id em", digest="1" * 32, code="trace1", value=1500.5, currency="EUR",
    consent="generic", consent_at=AT,
)  # fmt: skip

"""How much the demo sends, in words: the only place of these numbers."""

from datetime import UTC, datetime

from leadline.standins.samples import samples

_ANY_DAY = datetime(2026, 1, 5, tzinfo=UTC)


def demo_extent() -> str:
    """Such as "45 deliveries of 16 sources make 29 leads"; the same for every seed."""
    sent = samples(1, _ANY_DAY)
    sources = {sample.source for sample in sent}
    leads = sum(sample.leads for sample in sent if sample.expect == "captured")
    return f"{len(sent)} deliveries of {len(sources)} sources make {leads} leads"

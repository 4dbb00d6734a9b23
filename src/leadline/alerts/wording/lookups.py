"""Where a value that was looked up comes from, in words."""

from collections.abc import Callable
from datetime import datetime

from leadline.model.facts.enrichment import Enriched


def origin_of_value(one: Enriched, when: Callable[[datetime], str]) -> str:
    """The provider, when it answered, and how sure it is: "apollo, 2026-03-02 12:00, 90 % sure"."""
    sure = "" if one.confidence is None else f", {round(one.confidence * 100)} % sure"
    return f"looked up: {one.provider}, {when(one.at)}{sure}"

"""Web addresses: scheme and host in lower case, the path unchanged, because its case matters."""

import re

from leadline.model.lead import Change
from leadline.model.texts.patterns import late
from leadline.refine import text

_SITE = late(r"(?P<head>(?:[a-z][a-z0-9+.-]*://)?[^/?#@\s]+)(?P<tail>[/?#].*)?", re.I)


def refine_website(written: str | None) -> tuple[str | None, tuple[Change, ...]]:
    """The refined address, and the changes; text that is not an address is only cleaned."""
    kept, changes = text.clean("website", written, text.bare)
    if kept is None or kept.islower() or not (site := _SITE.fullmatch(kept)):
        return kept, changes
    lowered = site["head"].lower() + (site["tail"] or "")
    if lowered == kept:
        return kept, changes
    return lowered, (*changes, text.altered("website", kept, lowered, "website.case"))

"""The links in messages."""

from collections.abc import Mapping

import msgspec

from leadline.model.lead import RefinedLead
from leadline.model.texts.record_links import RecordLinks


class Links(msgspec.Struct, frozen=True):
    """The links in messages. `show` is a URL with `{lead_id}` that opens the lead, or "".
    `records` says, by source, which links to CRM records are allowed; leads of other sources get
    no such link.
    """

    show: str = ""
    records: Mapping[str, RecordLinks] = {}

    def to(self, lead_id: str) -> str:
        """The URL that opens this lead, or ""."""
        return self.show.replace("{lead_id}", lead_id)

    def record(self, lead: RefinedLead) -> str:
        """The URL that opens the lead's record in the CRM, or "". It is checked whenever a message
        is made, so the current settings apply to leads that were refined earlier too."""
        url = lead.lead_details.crm_url
        rule = self.records.get(lead.received_from) if url else None
        return url if url and rule is not None and rule.allow(url) else ""

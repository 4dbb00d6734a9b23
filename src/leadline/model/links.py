"""Where alerts lead."""

from collections.abc import Mapping

import msgspec

from leadline.model.lead import RefinedLead
from leadline.model.record_links import RecordLinks


class Links(msgspec.Struct, frozen=True):
    """Where a message leads: `show` is a URL with `{lead_id}` that opens the lead, or "";
    `records` says by source which links to records in the CRM count. A lead of any other source
    has none.
    """

    show: str = ""
    records: Mapping[str, RecordLinks] = {}

    def to(self, lead_id: str) -> str:
        """The URL that opens this lead, or ""."""
        return self.show.replace("{lead_id}", lead_id)

    def record(self, lead: RefinedLead) -> str:
        """The URL that opens the lead's record in the CRM, or "". It is judged whenever it is
        shown, so a lead that was refined under other rules gets no other link."""
        url = lead.lead_details.crm_url
        rule = self.records.get(lead.received_from) if url else None
        return url if url and rule is not None and rule.allow(url) else ""

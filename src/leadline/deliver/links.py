"""Where alerts lead."""

import msgspec


class Links(msgspec.Struct, frozen=True):
    """Where a message leads: `show` is a URL with `{lead_id}` that opens the lead, or ""."""

    show: str = ""

    def to(self, lead_id: str) -> str:
        """The URL that opens this lead, or ""."""
        return self.show.replace("{lead_id}", lead_id)

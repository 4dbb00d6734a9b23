"""Names under which the calls to a CRM are paced and its failures are counted
(`ports.store.Channels`)."""


def reading_place(source: str) -> str:
    """The name for `Channels.reserve` and `hold` under which reads from a source's CRM are paced.
    Writes are paced separately (`crm_place`), so that they don't delay reads, for which alerts
    wait."""
    return f"crm:{source}:read"


def breaker_place(source: str) -> str:
    """What `Channels.trouble`, `reserve` and `hold` know the breaker of a source's CRM by."""
    return f"crm:{source}:down"


def crm_place(source: str) -> str:
    """The name for `Channels.reserve` and `hold` under which writes to a source's CRM are paced."""
    return f"crm:{source}"

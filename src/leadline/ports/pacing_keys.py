"""Names under which calls to a CRM, a provider or an ad network are paced, and the failures of a
CRM counted (`ports.store.Pacing`)."""


def read_pacing_key(source: str) -> str:
    """The name for `Pacing.reserve` and `pause` under which reads from a source's CRM are paced.
    Writes are paced separately (`pacing_key`), so that they don't delay reads, for which alerts
    wait."""
    return f"crm:{source}:read"


def breaker_key(source: str) -> str:
    """The name for `Pacing.health`, `reserve` and `pause` under which the breaker of a source's CRM
    is kept."""
    return f"crm:{source}:down"


def provider_key(name: str) -> str:
    """The name for `Pacing.health`, `reserve` and `pause` under which the breaker of a provider
    (`[enrich.NAME]`) is kept."""
    return f"enrich:{name}"


def pacing_key(source: str) -> str:
    """The name for `Pacing.reserve` and `pause` under which writes to a source's CRM are paced."""
    return f"crm:{source}"


def push_key(network: str) -> str:
    """The name for `Pacing.reserve` and `pause` under which requests to an ad network are paced."""
    return f"outcomes:{network}"

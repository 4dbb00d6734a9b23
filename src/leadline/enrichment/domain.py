"""What a company's domain says by itself: its website, and a guess at its name."""

from leadline.enrichment.conditions import Fits
from leadline.model.lead import RefinedLead
from leadline.ports.enriching import Answer, FactsFound, NothingFound, Query
from leadline.settings.connected.enrich import AnyEnrichConfig

_GUESS = 0.4
"""How sure it is that a company is called what its domain is."""
_SECOND_LEVEL = frozenset(("ac", "co", "com", "edu", "gov", "ltd", "net", "or", "org", "plc"))
_SHORTEST_WORD = 4


class DomainProvider:
    """`ports.enriching.FactProvider` for `kind = "domain"`."""

    needs = frozenset(("domain",))
    gives = frozenset(("company", "website"))
    is_local = True

    def __init__(self, config: AnyEnrichConfig, fits: Fits) -> None:
        self.config = config
        self._fits = fits

    def fits(self, lead: RefinedLead) -> bool:
        """See `FactProvider.fits`."""
        return self._fits(lead)

    def ask(self, query: Query, timeout: float) -> Answer:
        """See `FactProvider.ask`."""
        del timeout
        domain = query["domain"].lower().strip(".")
        if "." not in domain:
            return NothingFound()
        sure = self.config.confidence
        values = {"website": f"https://{domain}"}
        if name := guessed_name(domain):
            values["company"] = name
        return FactsFound(values, _GUESS if sure is None else sure)


def guessed_name(domain: str) -> str:
    """A company's name by its domain: `north-wind.co.uk` is "North Wind"; "" for none."""
    parts = domain.encode("ascii", "ignore").decode().split(".")[:-1]
    if len(parts) > 1 and parts[-1] in _SECOND_LEVEL:
        parts.pop()
    if not parts or parts[-1].startswith("xn--"):
        return ""
    words = [word for word in parts[-1].replace("_", "-").split("-") if word]
    return " ".join(w.upper() if len(w) < _SHORTEST_WORD else w.capitalize() for w in words)
